// SPDX-License-Identifier: MIT
package import FoundationEssentials
import Logging
package import Mail
package import State
import Synchronization

/// Takes what the sources bring into the ledger and rings for the pipeline.
package final class FrontDesk: ArrivalDesk {
    private let ledger: Ledger
    private let bell: Bell
    private let events: EventLog
    private let now: @Sendable () -> Date
    /// The last complaint of each mailbox, so that the log tells changes, not repetitions.
    private let complaints = Mutex<[String: String]>([:])

    package init(ledger: Ledger, bell: Bell, events: EventLog, now: @escaping @Sendable () -> Date) {
        self.ledger = ledger
        self.bell = bell
        self.events = events
        self.now = now
    }

    package func checkpoint(mailbox: String, folder: String) async throws -> Checkpoint? {
        try await ledger.checkpoint(mailbox: mailbox, folder: folder)
    }

    package func admit(_ arrivals: [Arrival], checkpoint: Checkpoint?) async throws {
        let new = try await ledger.admit(arrivals, checkpoint: checkpoint, now: now())
        if new > 0 { await bell.ring() }
    }

    package func renumber(_ found: [UInt32: MessageSketch], at place: UIDPlace) async throws -> [UInt32] {
        try await ledger.renumber(found, at: place)
    }

    package func missing(_ uids: [UInt32], at place: UIDPlace) async throws -> [UInt32] {
        try await ledger.missing(uids, at: place)
    }

    package func looked(at mailbox: String, complaint: String?) async {
        let before = complaints.withLock { known in
            defer { known[mailbox] = complaint }
            return known[mailbox]
        }
        if let complaint, complaint != before {
            events.write(
                .mailboxFailing,
                .warning,
                ["source": "\(mailbox)", "words": "\(EventLog.withoutAddresses(complaint))"]
            )
        } else if complaint == nil, before != nil {
            events.write(.mailboxBack, .notice, ["source": "\(mailbox)"])
        }
        do {
            try await ledger.noteLook(mailbox: mailbox, at: now(), complaint: complaint)
        } catch {
            events.failed("look", error)
        }
    }
}
