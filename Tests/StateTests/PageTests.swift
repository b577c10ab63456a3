// SPDX-License-Identifier: MIT
import Actions
import Cases
import Foundation
import GRDB
import Orders
import State
import Testing

@Suite("Look-ups: cases, history, orders", .timeLimit(.minutes(1)))
struct PageTests {
    static let start = Workbench.start

    static func order(_ number: String, email: String? = nil, relay: String? = nil, tracking: [String] = [])
        -> ShelvedOrder
    {
        var order = Order(number: number, customer: Order.Customer(email: email, relay: relay))
        order.parcels = tracking.map { Parcel(tracking: $0, status: .moving) }
        let json = (try? JSONEncoder().encode(order)).map { String(decoding: $0, as: UTF8.self) }
        return ShelvedOrder(order, json: json ?? "")
    }

    @Test(
        "An order is found by its number, however it is written",
        arguments: ["AB-1183", "ab-1183", "#AB-1183", " ab - 1183 ", "# AB-1183", "##ab-1183"]
    )
    func numbers(written: String) async throws {
        let bench = try Workbench()
        try await bench.ledger.shelve([Self.order("#AB-1183")])
        #expect(
            try await bench.ledger.reading { page in try page.order(numbered: written)?.number } == "#AB-1183"
        )
        #expect(try await bench.ledger.reading { page in try page.order(numbered: "AB-118") } == nil)
    }

    @Test("An order is found by address, relay alias and tracking number, in any case and with blanks")
    func addresses() async throws {
        let bench = try Workbench()
        try await bench.ledger.shelve([
            Self.order("1", email: "Jörg@Example.de", tracking: ["JD01 4600", "JD01 4600", "H-2"]),
            Self.order("2", email: "jörg@example.de", relay: "X1@Marketplace.example"),
        ])
        let found = try await bench.ledger.reading { page in
            [
                try page.orders(of: "JÖRG@example.DE").map(\.number),
                try page.orders(of: "x1@marketplace.example").map(\.number),
                try page.orders(of: "").map(\.number), try page.orders(tracked: "jd014600").map(\.number),
                try page.orders(tracked: "h-2").map(\.number), try page.orders(tracked: "none").map(\.number),
            ]
        }
        #expect(found == [["1", "2"], ["2"], [], ["1"], ["1"], []])
    }

    @Test("A newer state of an order takes the older one's place, and an unchanged one costs nothing")
    func changed() async throws {
        let bench = try Workbench()
        let old = Self.order("1", email: "a@example.de", tracking: ["OLD"])
        #expect(try await bench.ledger.shelve([old, Self.order("2")]) == 2)
        #expect(try await bench.ledger.shelve([old]) == 0)
        #expect(
            try await bench.ledger.shelve([Self.order("1", email: "b@example.de", tracking: ["NEW"])]) == 1
        )
        let found = try await bench.ledger.reading { page in
            [
                try page.orders(of: "a@example.de").count, try page.orders(of: "b@example.de").count,
                try page.orders(tracked: "OLD").count, try page.orders(tracked: "NEW").count,
            ]
        }
        #expect(found == [0, 1, 0, 1])
        #expect(try await bench.ledger.orderCount() == 2)
    }

    /// Opens cases and looks at them, in one transaction that concludes a message.
    func write<Result: Sendable>(
        _ bench: Workbench,
        _ work: @escaping @Sendable (Page) throws -> Result
    ) async throws -> Result {
        let uid = UInt32(try bench.count("message") + 1)
        try await bench.ledger.admit([Workbench.arrival(uid)], checkpoint: nil, now: Self.start)
        let box = Box<Result>()
        _ = try await bench.concludeOpen { _, page in
            box.value = try work(page)
            return Conclusion(outcome: .left)
        }
        return try #require(box.value)
    }

    @Test("References lead to the cases that know them, the newest reference first")
    func references() async throws {
        let bench = try Workbench()
        let found = try await write(bench) { page in
            let first = try page.openCase(writer: "a@x", order: "1", now: Self.start)
            let second = try page.openCase(writer: "b@x", order: nil, now: Self.start)
            try page.thread(["m1", "m2"], to: first.id)
            try page.thread(["m2", "m3"], to: second.id)
            try page.thread(["p1"], to: Case.ID(0), isPerson: true)
            return [
                try page.cases(referredToBy: ["m1", "m3"]).map(\.id.number),
                try page.cases(referredToBy: ["m2"]).map(\.id.number),
                try page.cases(referredToBy: ["p1", "unknown"]).map(\.id.number),
                try page.isPersonsLetter(anyOf: ["m1", "p1"]) ? [1] : [],
                try page.isPersonsLetter(anyOf: ["m1", "m2"]) ? [1] : [],
            ]
        }
        #expect(found == [[2, 1], [2, 1], [], [1], []])
    }

    @Test("A case is found by its order and by its writer's recent mail; a person's word stays in it")
    func cases() async throws {
        let bench = try Workbench()
        let later = Self.start.addingTimeInterval(3600)
        let known = try await write(bench) { page in
            let known = try page.openCase(writer: "a@x", order: nil, now: Self.start)
            try page.continueCase(known.id, order: "7", now: later)
            try page.continueCase(known.id, order: "8", now: later)
            try page.personWrote(in: known.id, at: later)
            try page.personWrote(in: known.id, at: Self.start)
            return [
                try page.existingCase(known.id), try page.cases(aboutOrder: "7").first,
                try page.cases(ofWriters: ["A@X"], since: Self.start).first,
                try page.cases(ofWriters: ["a@x"], since: later).first, try page.existingCase(Case.ID(99)),
            ]
        }
        let expected = Case(
            id: Case.ID(1),
            opened: Self.start,
            writer: "a@x",
            order: "7",
            personWrote: later,
            lastMessage: later
        )
        #expect(known == [expected, expected, expected, nil, nil])
    }

    @Test(
        "What was sent before is known by case, by address and by answer",
        arguments: [
            // state of the earlier answer; answer waits, answered same, letters in case, to the peer
            ("waiting", true, false, 0, 1), ("claimed", true, false, 0, 1), ("delivered", false, true, 1, 1),
            ("unknown", false, true, 1, 1), ("held", false, true, 1, 1), ("withdrawn", false, false, 0, 0),
            ("refused", false, false, 0, 0), ("dropped", false, false, 0, 0),
        ]
    )
    func history(state: String, waits: Bool, same: Bool, inCase: Int, toPeer: Int) async throws {
        let bench = try Workbench()
        try await bench.conclude(1, .answer)
        try bench.alter("UPDATE effect SET state = ?", [state])
        let (own, foreign, itself) = try await bench.ledger.reading { page in
            (
                try page.history(
                    case: Case.ID(1),
                    peer: "C1@example.de",
                    answers: ["other", "wismo"],
                    order: nil,
                    now: Self.start
                ),
                try page.history(
                    case: Case.ID(2),
                    peer: "else@example.de",
                    answers: ["wismo"],
                    order: nil,
                    now: Self.start
                ),
                try page.history(
                    case: Case.ID(1),
                    peer: "c1@example.de",
                    answers: ["wismo"],
                    order: nil,
                    now: Self.start,
                    except: 1
                )
            )
        }
        var expected = ReplyGuard.History()
        (expected.answerWaits, expected.answeredSame) = (waits, same)
        (expected.lettersInCase, expected.lettersToPeer, expected.lettersToday) = (inCase, toPeer, toPeer)
        #expect(own == expected)
        var others = ReplyGuard.History()
        others.lettersToday = toPeer
        #expect(foreign == others)
        #expect(itself == ReplyGuard.History())
    }

    @Test("The same answer about another order, or a day later, is another matter")
    func otherOrder() async throws {
        let bench = try Workbench()
        try await bench.conclude(1, .answer)
        try bench.alter("UPDATE effect SET state = 'delivered', order_number = '7'")
        let tomorrow = Self.start.addingTimeInterval(86_401)
        let histories = try await bench.ledger.reading { page in
            [
                try page.history(
                    case: nil,
                    peer: "c1@example.de",
                    answers: ["wismo"],
                    order: "7",
                    now: tomorrow
                ),
                try page.history(
                    case: nil,
                    peer: "c1@example.de",
                    answers: ["wismo"],
                    order: "8",
                    now: tomorrow
                ),
            ]
        }
        #expect(histories.map(\.answeredSame) == [true, false])
        #expect(histories.map(\.lettersToPeer) == [0, 0])
    }
}

/// Carries a value out of a transaction.
private final class Box<Value>: @unchecked Sendable {
    /// Written once by the transaction, read after it.
    var value: Value?
}
