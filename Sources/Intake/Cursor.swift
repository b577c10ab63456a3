// SPDX-License-Identifier: MIT

/// Up to which UID a list of messages is settled without a gap.
struct Cursor {
    private let uids: [UInt32]
    private var settled: Set<UInt32>
    private var front = 0

    /// - Parameters:
    ///   - uids: All that are to be settled, ascending.
    ///   - settled: Those that are already.
    init(_ uids: [UInt32], settled: Set<UInt32>) {
        self.uids = uids
        self.settled = settled
        advance()
    }

    /// The last UID before the first that is open; nothing while the very first is.
    var last: UInt32? { front > 0 ? uids[front - 1] : nil }

    func isSettled(_ uid: UInt32) -> Bool {
        settled.contains(uid) || last.map { uid <= $0 } ?? false
    }

    mutating func settle(_ uid: UInt32) {
        settled.insert(uid)
        advance()
    }

    private mutating func advance() {
        while front < uids.count, settled.remove(uids[front]) != nil { front += 1 }
    }
}
