// SPDX-License-Identifier: MIT
import Actions
import Cases
import Foundation
import GRDB
import Mail
import Orders
import State
import Synchronization
import Testing

@Suite("Growth: what the ledger holds does not slow it down", .timeLimit(.minutes(1)))
struct GrowthTests {
    /// One thing the house does again and again, with made-up mail.
    struct Work: Sendable {
        var name: String
        var run: @Sendable (Workbench, _ round: UInt32) async throws -> Void
    }

    static let works: [Work] = [
        Work(name: "admit") { bench, round in
            let first = 1_000_000 + round * 20
            try await bench.ledger.admit(
                (first..<first + 20).map { Workbench.arrival($0) },
                checkpoint: Workbench.checkpoint(first + 19),
                now: Workbench.start
            )
        },
        Work(name: "recognise after a new UIDVALIDITY") { bench, round in
            let first = 2_000_000 + round * 20
            try await bench.ledger.admit(
                (first..<first + 20).map { Workbench.arrival($0, validity: 9) },
                checkpoint: nil,
                now: Workbench.start
            )
            let sketches = (0..<20).map { number in
                (first + number, MessageSketch(messageID: "new\(number)", size: 6, arrived: Workbench.start))
            }
            _ = try await bench.ledger.renumber(
                Dictionary(uniqueKeysWithValues: sketches),
                at: Workbench.place(0, validity: 10)
            )
        },
        Work(name: "conclude with all look-ups") { bench, _ in
            _ = try await bench.concludeOpen { open, page in
                _ = try page.original(ofDigest: open.digest, before: open.id)
                _ = try page.cases(referredToBy: ["new\(open.id)"])
                _ = try page.isPersonsLetter(anyOf: ["new\(open.id)"])
                _ = try page.cases(aboutOrder: "new")
                _ = try page.cases(ofWriters: ["new"], since: Workbench.start)
                _ = try page.order(numbered: "new")
                _ = try page.orders(of: "new")
                _ = try page.orders(tracked: "new")
                _ = try page.customerWroteAgain(after: open.id, in: Case.ID(5))
                _ = try page.history(
                    case: Case.ID(5),
                    peer: "new",
                    answers: ["wismo"],
                    order: nil,
                    now: Workbench.start
                )
                let effect = Workbench.effect(open.id)
                return Conclusion(
                    outcome: .forwarded,
                    caseID: try page.openCase(writer: "new", order: nil, now: .distantPast).id,
                    messageID: "concluded\(open.id)",
                    effects: [effect]
                )
            }
        },
        Work(name: "claim and settle") { bench, _ in
            _ = try await bench.ledger.nextDue(mailbox: "support")
            let claimed = try await bench.claim(limit: 20)
            try await bench.ledger.settle(claimed.map { ($0, .delivered("250")) }, now: Workbench.start)
        },
        Work(name: "look into an outbox without anything") { bench, _ in
            _ = try await bench.ledger.nextDue(mailbox: "quiet")
        },
        Work(name: "start") { bench, _ in
            try await bench.ledger.recoverClaims(now: Workbench.start) { _, _ in Workbench.forwarding(0) }
            try await bench.ledger.suspectOpenMessages()
            _ = try await bench.ledger.openMessages(limit: 50)
        },
        Work(name: "drop originals") { bench, _ in
            _ = try await bench.ledger.dropRaw(concludedBefore: .distantPast)
        },
    ]

    /// Indexes that hold only what is not done yet, so that walking one of them stays cheap.
    static let short = [
        "message_open", "effect_due", "effect_unsettled", "effect_claimed", "effect_troubled",
    ]

    /// The tables that grow with the years, under the names and aliases they have in statements.
    ///
    /// `raw` is not among them: it holds the last days only.
    static let growing = [
        "message", "m", "effect", "e", "cases", "c", "thread", "t", "shop_order", "o", "shop_parcel", "p",
    ]

    @Test("No commit and no look-up walks through a table that grows")
    func plans() async throws {
        let seen = Mutex<Set<String>>([])
        let bench = try Workbench { sql in seen.withLock { _ = $0.insert(sql) } }
        for work in Self.works { try await work.run(bench, 0) }
        let statements = seen.withLock { $0 }.filter { sql in
            ["SELECT", "INSERT", "UPDATE", "DELETE"].contains { sql.hasPrefix($0) }
        }
        #expect(statements.count > 25, "the works must say what the house says")
        for sql in statements.sorted() {
            let steps = try await bench.stranger().read { db in
                let plan = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
                plan.setUncheckedArguments([])
                return try Row.fetchAll(plan).map { $0["detail"] as String }
            }
            let walks = steps.filter { step in
                let words = step.split(separator: " ")
                return words.count > 1 && words[0] == "SCAN" && Self.growing.contains(String(words[1]))
                    && !Self.short.contains { step.contains("INDEX \($0)") }
            }
            #expect(walks.isEmpty, "\(walks) in \(sql)")
        }
    }
}
