// SPDX-License-Identifier: MIT
import Actions
import Cases
import Foundation
import GRDB
import State
import Testing

@Suite("Claim and settle: the outbox", .timeLimit(.minutes(1)))
struct OutboxTests {
    static let start = Workbench.start

    @Test("A due effect is claimed once, with its attempt counted and its original")
    func claimed() async throws {
        let bench = try Workbench()
        try await bench.conclude(2)
        let first = try await bench.claim()
        #expect(first.map(\.effect.key.text) == ["m1.forward", "m2.forward"])
        #expect(first.map(\.attempt) == [1, 1])
        #expect(first.map(\.original) == [Array("mail 1".utf8), Array("mail 2".utf8)])
        #expect(try await bench.claim().isEmpty)
        #expect(try await bench.states() == ["m1.forward": "claimed", "m2.forward": "claimed"])
        #expect(try await bench.ledger.nextDue(mailbox: "support") == nil)
    }

    @Test("Nothing is claimed before it is due, nor for another mailbox")
    func due() async throws {
        let bench = try Workbench()
        try await bench.conclude(1)
        #expect(try await bench.claim(at: Self.start.addingTimeInterval(-1)).isEmpty)
        let other = try await bench.ledger.claim(
            mailbox: "other",
            limit: 9,
            now: Self.start,
            judging: { _, _ in .send }
        )
        #expect(other.isEmpty)
        #expect(try await bench.ledger.nextDue(mailbox: "support") == Self.start)
        #expect(try await bench.ledger.nextDue(mailbox: "other") == nil)
        #expect(try await bench.claim().count == 1)
    }

    @Test("Of large originals only a few are taken at a time")
    func large() async throws {
        let bench = try Workbench()
        try await bench.conclude(4)
        try bench.alter("UPDATE raw SET bytes = zeroblob(6000000)")
        #expect(try await bench.claim().count == 2)
        #expect(try await bench.claim().count == 2)
    }

    @Test("What became of an attempt is written down; a retry comes back when its time has come")
    func settled() async throws {
        let bench = try Workbench()
        try await bench.conclude(3)
        let claimed = try await bench.claim()
        let later = Self.start.addingTimeInterval(60)
        try await bench.ledger.settle(
            [
                (claimed[0], .delivered("250 Ok")), (claimed[1], .retry(at: later, "451")),
                (claimed[2], .rejected("550", nil)),
            ],
            now: Self.start
        )
        #expect(
            try await bench.states()
                == ["m1.forward": "delivered", "m2.forward": "waiting", "m3.forward": "rejected"]
        )
        #expect(try await bench.claim().isEmpty)
        #expect(try await bench.ledger.nextDue(mailbox: "support") == later)
        let again = try await bench.claim(at: later)
        #expect(again.map(\.attempt) == [2])
        #expect(try await bench.ledger.outbox().map(\.state) == ["claimed", "rejected"])
        #expect(try await bench.ledger.outbox().map(\.words) == ["451", "550"])
        #expect(try await bench.ledger.outboxCounts() == ["claimed": 1, "delivered": 1, "rejected": 1])
    }

    @Test("An answer withheld at the last moment leads to what takes its place, in the same commit")
    func withheld() async throws {
        let bench = try Workbench()
        try await bench.conclude(2, .answer)
        let taken = try await bench.ledger.claim(mailbox: "support", limit: 9, now: Self.start) {
            claimed,
            _ in
            claimed.id == 1 ? .replace(Workbench.forwarding(claimed.message), because: "person_wrote") : .send
        }
        #expect(taken.map(\.effect.key.text) == ["m2.answer"])
        #expect(
            try await bench.states()
                == ["m1.answer": "withdrawn", "m1.forward": "waiting", "m2.answer": "claimed"]
        )
        #expect(try await bench.outcomes() == [1: .forwarded, 2: .answered])
    }

    @Test("An effect that cannot be read or judged is held in sight and keeps no other one back")
    func poison() async throws {
        let bench = try Workbench()
        try await bench.conclude(3, .answer)
        try bench.alter("UPDATE effect SET effect = '{' WHERE id = 1")
        let taken = try await bench.ledger.claim(mailbox: "support", limit: 9, now: Self.start) {
            claimed,
            _ in
            if claimed.id == 2 { throw Poison() }
            return .send
        }
        #expect(taken.map(\.id) == [3])
        #expect(
            try await bench.states() == ["m1.answer": "held", "m2.answer": "held", "m3.answer": "claimed"]
        )
        #expect(try await bench.ledger.outbox().first { $0.id == 2 }?.words == "Poison()")
    }

    @Test("The disk's trouble during a claim takes the whole claim back")
    func diskFull() async throws {
        let bench = try Workbench()
        try await bench.conclude(2, .answer)
        await #expect(throws: DatabaseError.self) {
            try await bench.ledger.claim(mailbox: "support", limit: 9, now: Self.start) { claimed, _ in
                if claimed.id == 2 { throw DatabaseError(resultCode: .SQLITE_FULL) }
                return .send
            }
        }
        #expect(try await bench.states() == ["m1.answer": "waiting", "m2.answer": "waiting"])
    }

    @Test(
        "An answer that was refused or is in doubt ends, and its message goes to a person",
        arguments: [(true, "refused"), (false, "unknown")]
    )
    func replaced(isRefused: Bool, state: String) async throws {
        let bench = try Workbench()
        try await bench.conclude(1, .answer)
        let claimed = try await bench.claim()
        let plan = Workbench.forwarding(1)
        try await bench.ledger.settle(
            [(claimed[0], isRefused ? .rejected("550", plan) : .unknown("silence", plan))],
            now: Self.start
        )
        #expect(try await bench.states() == ["m1.answer": state, "m1.forward": "waiting"])
        #expect(try await bench.outcomes() == [1: .forwarded])
        let concluded = try await bench.ledger.reading { page in try page.concluded(1) }
        #expect(concluded?.record?.plan.outcome == .forwarded)
    }

    @Test("At the start claims of the last run are settled: inside the house again, to customers never")
    func recovered() async throws {
        let bench = try Workbench()
        try await bench.conclude(2)
        try await bench.conclude(2, .answer, from: 3)
        try bench.alter("UPDATE effect SET effect = '{' WHERE id = 2")
        _ = try await bench.claim()
        let found = try await bench.ledger.recoverClaims(now: Self.start) { claimed, _ in
            if claimed.message == 4 { throw Poison() }
            return Workbench.forwarding(claimed.message)
        }
        #expect(found == 3)
        #expect(
            try await bench.states() == [
                "m1.forward": "waiting", "m2.forward": "held", "m3.answer": "unknown",
                "m3.forward": "waiting",
                "m4.answer": "held",
            ]
        )
        let again = try await bench.ledger.recoverClaims(now: Self.start) { _, _ in Workbench.forwarding(0) }
        #expect(again == 0)
    }

    /// What a person may do in which state, and the state after it; `nil` where it is refused.
    static let whatAPersonMay: [(String, Ledger.Order, String?)] = [
        ("waiting", .retry, "waiting"), ("held", .retry, "waiting"), ("rejected", .retry, "waiting"),
        ("dropped", .retry, "waiting"), ("claimed", .retry, nil), ("delivered", .retry, nil),
        ("unknown", .retry, nil), ("withdrawn", .retry, nil), ("refused", .retry, nil),
        ("waiting", .hold, "held"), ("held", .hold, nil), ("rejected", .hold, nil), ("claimed", .hold, nil),
        ("delivered", .hold, nil),
        ("waiting", .drop, "dropped"), ("held", .drop, "dropped"), ("rejected", .drop, "dropped"),
        ("claimed", .drop, nil), ("delivered", .drop, nil), ("unknown", .drop, nil),
    ]

    @Test(
        "A person may retry, hold and drop a letter, but not one that left or is on its way",
        arguments: whatAPersonMay
    )
    func orders(state: String, order: Ledger.Order, after: String?) async throws {
        let bench = try Workbench()
        try await bench.conclude(1)
        try bench.alter("UPDATE effect SET state = ?", [state])
        #expect(try await bench.ledger.order(order, effect: 1, now: Self.start) == (after != nil))
        #expect(try await bench.states() == ["m1.forward": after ?? state])
        #expect(try await bench.ledger.order(order, effect: 99, now: Self.start) == false)
    }

    @Test(
        "Originals are dropped only after all letters of their message have settled",
        arguments: [
            ("waiting", false), ("claimed", false), ("held", false), ("rejected", false), ("delivered", true),
            ("withdrawn", true), ("unknown", true), ("refused", true), ("dropped", true),
        ]
    )
    func dropRaw(state: String, isDropped: Bool) async throws {
        let bench = try Workbench()
        try await bench.conclude(1)
        try await bench.ledger.admit([Workbench.arrival(2)], checkpoint: nil, now: Self.start)
        try bench.alter("UPDATE effect SET state = ?", [state])
        #expect(try await bench.ledger.dropRaw(concludedBefore: Self.start) == 0)
        let later = Self.start.addingTimeInterval(1)
        #expect(try await bench.ledger.dropRaw(concludedBefore: later) == (isDropped ? 1 : 0))
        // The open message keeps its bytes in any case.
        #expect(try bench.count("raw") == (isDropped ? 1 : 2))
    }

    @Test("The same key is queued once")
    func key() async throws {
        let bench = try Workbench()
        try await bench.ledger.admit([Workbench.arrival(1)], checkpoint: nil, now: Self.start)
        _ = try await bench.concludeOpen { open, page in
            let known = try page.openCase(writer: "w", order: nil, now: Self.start)
            let effect = Workbench.effect(open.id)
            return Conclusion(outcome: .forwarded, caseID: known.id, effects: [effect, effect])
        }
        #expect(try bench.count("effect") == 1)
    }
}
