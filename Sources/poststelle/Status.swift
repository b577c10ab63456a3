// SPDX-License-Identifier: MIT
import Actions
import ArgumentParser
import Foundation
import Mail
import State

struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how the mailboxes, the books and the outbox stand.",
        discussion: """
            Reads the ledger; the service may run meanwhile.

            Example:   poststelle --shop teeladen status
            """
    )

    @OptionGroup var workplace: Workplace

    @Option(help: "text or json.")
    var format: Check.Format = .text

    func run() async throws {
        try await Terminal.run {
            let picture = try await Picture(of: try workplace.ledger())
            Terminal.say(format == .json ? try Terminal.json(picture, pretty: true) : picture.text)
        }
    }

    /// What is shown, in the form of the JSON output.
    private struct Picture: Encodable {
        var looks: [Look]
        var books: [String: Int]
        var open: Int
        var oldestOpen: Date?
        var outbox: [String: Int]
        var oldestWaiting: Date?
        var refused: [OutboxEntry]
        var orders: Int
        var folders: [Folder]

        struct Folder: Encodable {
            var mailbox: String
            var folder: String
            var role: String
            var lastUID: UInt32
        }

        init(of ledger: Ledger) async throws {
            looks = try await ledger.looks()
            let sums = try await ledger.books()
            books = Dictionary(uniqueKeysWithValues: sums.outcomes.map { ($0.key.rawValue, $0.value) })
            open = sums.open
            oldestOpen = sums.oldestOpen
            outbox = try await ledger.outboxCounts()
            let entries = try await ledger.outbox()
            oldestWaiting = entries.filter { $0.state == "waiting" }.map(\.queued).min()
            refused = entries.filter { $0.state == "rejected" }
            orders = try await ledger.orderCount()
            folders = try await ledger.checkpoints().map {
                Folder(mailbox: $0.mailbox, folder: $0.folder, role: $0.role.rawValue, lastUID: $0.lastUID)
            }
        }

        var text: String {
            var lines: [String] = []
            var table = Table(["mailbox", "last look", "state"], widths: [24, 20, 120])
            for look in looks {
                table.add([
                    look.mailbox, look.succeeded.map(Self.shown) ?? "never",
                    look.complaint.map { "failing since \(look.failingSince.map(Self.shown) ?? "?"): \($0)" }
                        ?? "fine",
                ])
            }
            if looks.isEmpty { table.add(["(none)", "never", "the service has not looked at a mailbox"]) }
            lines.append(table.text)
            let total = books.values.reduce(open, +)
            let sums = books.sorted { $0.value > $1.value }.map {
                "\($0.value) \($0.key.replacing("_", with: " "))"
            }
            lines.append("\nmessages  \(total) = " + (sums + ["\(open) open"]).joined(separator: " + "))
            if let oldestOpen { lines.append("          the oldest open one came \(Self.shown(oldestOpen))") }
            let states = outbox.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }
            lines.append("outbox    " + (states.isEmpty ? "empty" : states.joined(separator: ", ")))
            if let oldestWaiting {
                lines.append("          the oldest waiting letter is of \(Self.shown(oldestWaiting))")
            }
            for entry in refused {
                lines.append(
                    "          letter \(entry.id) was refused: \(entry.words ?? "?"); see `poststelle outbox`"
                )
            }
            lines.append("orders    \(orders)")
            return lines.joined(separator: "\n")
        }

        private static func shown(_ date: Date) -> String {
            date.formatted(.iso8601)
        }
    }
}
