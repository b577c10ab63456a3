// SPDX-License-Identifier: MIT
package import FoundationEssentials

/// One concern of one customer: a thread of messages and letters, shown as `#4711`.
package struct Case: Sendable, Hashable, Codable {
    package var id: ID
    package var opened: Date
    /// The address of whoever wrote first; where nobody can be named, empty.
    package var writer: String
    /// The order it is about, if one was found.
    package var order: String?
    /// When a person of the shop last wrote in it; from then on nothing automatic is sent.
    package var personWrote: Date?
    /// When the last message came.
    package var lastMessage: Date

    package init(
        id: ID,
        opened: Date,
        writer: String,
        order: String? = nil,
        personWrote: Date? = nil,
        lastMessage: Date
    ) {
        self.id = id
        self.opened = opened
        self.writer = writer
        self.order = order
        self.personWrote = personWrote
        self.lastMessage = lastMessage
    }

    /// The number of a case, unique in one ledger.
    package struct ID: Sendable, Hashable, Codable, Comparable, CustomStringConvertible {
        package var number: Int64

        package init(_ number: Int64) { self.number = number }

        package init(from decoder: any Decoder) throws {
            number = try decoder.singleValueContainer().decode(Int64.self)
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(number)
        }

        package var description: String { "#\(number)" }

        package static func < (left: ID, right: ID) -> Bool { left.number < right.number }
    }
}

extension Case {
    /// Why a message belongs to a case.
    package enum Tie: String, Sendable, Hashable, Codable {
        /// It answers a letter of ours, whose signature it carries back.
        case token
        /// It refers to a message or letter of the case.
        case references
        /// The same writer asks about the same order again, shortly after.
        case sameOrder = "same_order"
    }

    /// The open cases a message may belong to, each found in another way.
    package struct Candidates: Sendable, Hashable {
        /// By a signature of ours that was checked.
        package var byToken: Case?
        /// By an id in its `References`, newest reference first.
        package var byReference: [Case]
        /// Open cases of the same order.
        package var byOrder: [Case]

        package init(byToken: Case? = nil, byReference: [Case] = [], byOrder: [Case] = []) {
            self.byToken = byToken
            self.byReference = byReference
            self.byOrder = byOrder
        }
    }

    /// How long after the last message a second one about the same order still is the same concern.
    package static let patience: TimeInterval = 7 * 86_400

    /// The case a message of `writer` joins, or `nil` for a new one.
    ///
    /// A signature of ours joins whoever brings it back, since customers answer from second addresses; what
    /// may be told to that address is the guard's question. A reference, which anybody can write down, joins
    /// only the case's own writer. A number in the subject never joins anything.
    package static func joined(
        by writer: String,
        at now: Date,
        among candidates: Candidates
    ) -> (case: Case, tie: Tie)? {
        let writer = writer.lowercased()
        if let found = candidates.byToken { return (found, .token) }
        // Messages of which nobody can say who wrote them have nothing in common.
        guard !writer.isEmpty else { return nil }
        if let found = candidates.byReference.first(where: { $0.writer == writer }) {
            return (found, .references)
        }
        let recent = candidates.byOrder.first { candidate in
            candidate.writer == writer && now.timeIntervalSince(candidate.lastMessage) < patience
        }
        return recent.map { ($0, .sameOrder) }
    }
}
