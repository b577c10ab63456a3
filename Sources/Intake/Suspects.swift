// SPDX-License-Identifier: MIT

/// The messages of one folder that did not come when they were asked for.
///
/// A suspect is asked for alone and after all others, so that it delays nobody, and less and less often: a
/// server's own bad hour must not be taken for a broken message. After ``headerAfter`` failures only its
/// header is asked for, after ``nothingAfter`` nothing any more.
struct Suspects: Sendable {
    static let headerAfter = 3
    static let nothingAfter = 6

    private struct Record {
        var failures = 0
        var due: ContinuousClock.Instant
    }

    private var validity: UInt32 = 0
    private var records: [UInt32: Record] = [:]
    private var large: Set<UInt32> = []

    var isEmpty: Bool { records.isEmpty }

    /// When the next one may be asked for.
    var firstDue: ContinuousClock.Instant? { records.values.map(\.due).min() }

    /// Forgets everything about another generation of UIDs.
    mutating func begin(validity: UInt32) {
        guard validity != self.validity else { return }
        self = Suspects()
        self.validity = validity
    }

    func contains(_ uid: UInt32) -> Bool { records[uid] != nil }

    func isDue(_ uid: UInt32) -> Bool { records[uid].map { $0.due <= .now } ?? true }

    /// Whether one up to this UID may be asked for.
    func isAnyDue(upTo last: UInt32) -> Bool {
        records.contains { $0.key <= last && $0.value.due <= .now }
    }

    /// How often it failed when nobody else could be blamed.
    func failures(of uid: UInt32) -> Int { records[uid]?.failures ?? 0 }

    /// Whether it turned out to be larger than the server said.
    func isLarge(_ uid: UInt32) -> Bool { large.contains(uid) }

    /// It was missing among others: it will be asked for alone.
    mutating func suspect(_ uid: UInt32) {
        if records[uid] == nil { records[uid] = Record(due: .now) }
    }

    /// It was larger than it was said to be.
    mutating func foundLarge(_ uid: UInt32) {
        large.insert(uid)
        suspect(uid)
    }

    /// It did not come though it was asked for alone.
    mutating func failed(_ uid: UInt32, _ pauses: IMAPSource.Pauses) {
        var record = records[uid] ?? Record(due: .now)
        let limit = pauses.longest * 4
        record.due = .now + BackOff.doubled(pauses.message, times: record.failures, atMost: limit)
        record.failures += 1
        records[uid] = record
    }

    /// It is in the ledger, or gone.
    mutating func clear(_ uid: UInt32) {
        records[uid] = nil
        large.remove(uid)
    }

    /// Forgets those in a range that the server does not have any more.
    mutating func forget(in range: ClosedRange<UInt32>, but there: Set<UInt32>) {
        for uid in records.keys where range.contains(uid) && !there.contains(uid) { clear(uid) }
    }
}
