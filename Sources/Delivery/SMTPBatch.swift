// SPDX-License-Identifier: MIT

import Actions

/// The letters of one call to a courier, and what has become of each so far.
///
/// Every letter is settled exactly once; anything else is a fault of ours and stops the program, since it
/// could mean that a letter is lost or sent twice.
struct SMTPBatch: Sendable {
    private let consignments: [Consignment]
    private var deliveries: [Delivery?]
    /// The places of the letters that are to be given to a connection, in their order.
    private var queue: ArraySlice<Int>

    init(_ consignments: [Consignment]) {
        self.consignments = consignments
        deliveries = Array(repeating: nil, count: consignments.count)
        queue = Array(consignments.indices)[...]
    }

    /// Whether no letter waits to be given to a connection.
    var isEmpty: Bool { queue.isEmpty }

    /// The next letter for a connection; its tag is its place among the letters.
    mutating func next() -> SMTPLetter? {
        guard let place = queue.popFirst() else { return nil }
        let consignment = consignments[place]
        return SMTPLetter(
            tag: place,
            sender: consignment.sender,
            recipient: consignment.recipient,
            bytes: consignment.bytes
        )
    }

    /// Puts letters of which nothing was accepted back in front, for another connection.
    mutating func putBack(_ places: [Int]) {
        queue = places.sorted()[...] + queue
    }

    /// Writes down what became of the letter with this tag.
    mutating func settle(_ place: Int, as delivery: Delivery) {
        precondition(deliveries[place] == nil, "a letter was settled twice")
        deliveries[place] = delivery
    }

    /// Settles every letter that was not given to a connection.
    mutating func settleRest(as delivery: Delivery) {
        while let place = queue.popFirst() { settle(place, as: delivery) }
    }

    /// What became of each letter, in the order they were given in.
    var result: [Delivery] {
        let settled = deliveries.compactMap { $0 }
        precondition(settled.count == consignments.count, "a letter was not settled")
        return settled
    }
}
