// SPDX-License-Identifier: MIT
import Logging
package import Shops
package import State

/// Keeps the ledger's orders like the shop's: reads the orders file whenever it changed.
///
/// What was read and could not be kept, because the disk was full, is tried again at the next look: the file
/// does not change a second time for that.
package actor OrderFeed {
    private let ledger: Ledger
    private let file: OrdersFile
    private let events: EventLog
    private var pending: OrdersFile.Look?

    package init(ledger: Ledger, file: OrdersFile, events: EventLog) {
        self.ledger = ledger
        self.file = file
        self.events = events
    }

    /// Orders that share one commit.
    private static let batch = 1000

    /// One look at the file; its faults are logged by their place, without the line's content.
    package func refresh() async throws {
        if let look = await file.changes() { pending = look }
        guard let look = pending else { return }
        for complaint in look.complaints.prefix(20) {
            events.write(.ordersFaulty, .warning, ["words": "\(EventLog.withoutAddresses(complaint))"])
        }
        var changed = 0
        for start in stride(from: 0, to: look.lines.count, by: Self.batch) {
            let part = look.lines[start..<min(start + Self.batch, look.lines.count)]
            changed += try await ledger.shelve(part.map { ShelvedOrder($0.order, json: $0.json) })
        }
        pending = nil
        events.write(
            .ordersRead,
            .notice,
            ["orders": "\(look.lines.count)", "changed": "\(changed)", "faults": "\(look.complaints.count)"]
        )
    }
}
