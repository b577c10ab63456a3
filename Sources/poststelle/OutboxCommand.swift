// SPDX-License-Identifier: MIT
import ArgumentParser
import Foundation
import State

struct OutboxCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox",
        abstract: "Show letters that have not left, and retry, hold or drop them.",
        discussion: """
            Without an order it lists what waits, is held, or was refused, with the server's last words. A letter
            that is being sent cannot be changed, a delivered one cannot be taken back.

            Examples:   poststelle outbox
                        poststelle outbox --retry 17
                        poststelle outbox --drop 17 --yes
            """
    )

    @OptionGroup var workplace: Workplace

    @Flag(help: "List settled letters too.")
    var all = false

    @Option(help: ArgumentHelp("Try this letter again now.", valueName: "number"))
    var retry: Int64?

    @Option(help: ArgumentHelp("Keep this letter back until `--retry`.", valueName: "number"))
    var hold: Int64?

    @Option(help: ArgumentHelp("Never send this letter.", valueName: "number"))
    var drop: Int64?

    @Flag(help: "Really drop; without it only what would happen is said.")
    var yes = false

    @Option(help: "text, json or jsonl.")
    var format: Format = .text

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, jsonl
    }

    func run() async throws {
        try await Terminal.run {
            let orders: [(Ledger.Order, Int64)] =
                [(.retry, retry), (.hold, hold), (.drop, drop)].compactMap { order, id in
                    id.map { (order, $0) }
                }
            guard orders.count <= 1 else {
                throw Refusal("give one of --retry, --hold, --drop at a time", .usage)
            }
            let ledger = try workplace.ledger()
            guard let (order, id) = orders.first else { return try list(try await ledger.outbox(all: all)) }
            try await carryOut(order, id, ledger)
        }
    }

    private func carryOut(_ order: Ledger.Order, _ id: Int64, _ ledger: Ledger) async throws {
        if order == .drop, !yes {
            guard let entry = try await ledger.outbox(all: true).first(where: { $0.id == id }) else {
                throw Refusal("there is no letter \(id)", .complaints)
            }
            Terminal.say(
                "letter \(id) (\(entry.kind), case #\(entry.caseID), \(entry.state)) would never be sent; add --yes"
            )
            return
        }
        guard try await ledger.order(order, effect: id, now: Date()) else {
            throw Refusal(
                "letter \(id) does not exist or is in a state that does not allow `\(order.rawValue)`",
                .complaints
            )
        }
        Terminal.say("letter \(id): \(order.rawValue)")
    }

    private func list(_ entries: [OutboxEntry]) throws {
        switch format {
        case .json: Terminal.say(try Terminal.json(entries))
        case .jsonl:
            for entry in entries { Terminal.say(try Terminal.json(entry)) }
        case .text:
            guard !entries.isEmpty else { return Terminal.say("the outbox is empty") }
            var table = Table(
                ["letter", "case", "kind", "state", "tries", "next try", "last words"],
                widths: [8, 8, 10, 10, 5, 20, 90]
            )
            for entry in entries {
                table.add([
                    "\(entry.id)", "#\(entry.caseID)", entry.kind, entry.state, "\(entry.attempt)",
                    entry.state == "waiting" ? entry.due.formatted(.iso8601) : "–", entry.words ?? "",
                ])
            }
            Terminal.say(table.text)
        }
    }
}
