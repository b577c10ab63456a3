// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Glibc
import Mail
import State
import TestSupport
import Testing

@Suite(
    "kill -9",
    .enabled(if: MailServers.unavailable == nil, "\(MailServers.unavailable ?? "")"),
    .timeLimit(.minutes(10))
)
struct KillTests {
    private static let messages = 500
    private static let kills = 50

    @Test(
        "500 mails flow while the program is killed 50 times: each has one outcome, nobody gets two answers"
    )
    func killed() async throws {
        let servers = try await MailServers.shared()
        let orders = (0..<Self.messages).map {
            TestShop.order("2026-\(10_000 + $0)", email: Self.customer($0))
        }
        let shop = try TestShop("killed", servers: servers, orders: orders)
        // The first look at the empty mailbox: from here on every mail counts.
        try await shop.stop(try await shop.startWatching())

        let ledger = try shop.ledger()
        var random = SeededNumbers(seed: 20_261_121)
        let part = Self.messages / Self.kills
        for round in 0..<Self.kills {
            let mails = (round * part..<(round + 1) * part).map { Array(Self.mail($0, shop).utf8) }
            try await servers.deliverMany(mails, to: shop.support)
            let service = try await shop.start()
            if round % 2 == 0 {
                // Anywhere between the start and the end of the work.
                try await Task.sleep(for: .milliseconds(100 + Int(random.next() % 500)))
            } else {
                // While letters are on their way: the moment nobody can know about.
                // Where the letters are gone before anybody saw them claimed, the kill comes after them.
                let end = ContinuousClock.now + .seconds(5)
                while try await ledger.outboxCounts()["claimed", default: 0] == 0, ContinuousClock.now < end {
                    try await Task.sleep(for: .milliseconds(1))
                }
                try await Task.sleep(for: .milliseconds(Int(random.next() % 4)))
            }
            service.kill()
            try await service.wait()
        }
        let last = try await shop.start()
        let outcomes = try await shop.settled(count: Self.messages, within: .seconds(120))
        try await shop.stop(last)

        // The books balance against the server's own list.
        let uids = try await servers.uids(of: shop.support)
        #expect(uids.count == Self.messages)
        #expect(Set(outcomes.keys) == Set(uids))
        let books = try await shop.ledger().books(mailbox: "support")
        #expect(books.open == 0)
        #expect(books.total == Self.messages)

        try await allArrived(at: shop)

        // Counted in the receiving mailboxes: at most one letter for each, and none lost.
        let forwarded = try await Set(shop.messages(of: shop.team).flatMap(\.references))
        var answered = 0
        for index in 0..<Self.messages where Self.isQuestion(index) {
            let letters = servers.count(of: Self.customer(index))
            #expect(letters <= 1, "\(Self.customer(index)) got \(letters) answers")
            answered += letters
            #expect(letters == 1 || forwarded.contains(Self.id(index)), "message \(index) reached nobody")
        }
        for index in 0..<Self.messages where !Self.isQuestion(index) {
            #expect(servers.count(of: Self.customer(index)) == 0)
            #expect(forwarded.contains(Self.id(index)), "message \(index) is lost")
        }
        let unknown = try await shop.ledger().outboxCounts()["unknown", default: 0]
        print(
            "kill -9: \(answered) answered, \(forwarded.count) at the team, \(unknown) letters in doubt went to a person"
        )
        #expect(answered > Self.messages / 4)
    }

    /// Waits until the mail server has put every letter it took into its mailbox.
    private func allArrived(at shop: TestShop) async throws {
        let delivered = try await shop.ledger().outboxCounts()["delivered", default: 0]
        func arrived() -> Int {
            let customers = (0..<Self.messages).map { shop.servers.count(of: Self.customer($0)) }
            return customers.reduce(shop.servers.count(of: shop.team), +)
        }
        let end = ContinuousClock.now + .seconds(90)
        while arrived() < delivered, ContinuousClock.now < end {
            // Asking for one more than there is makes the server look at its queue again.
            let next = shop.servers.count(of: shop.team) + 1
            _ = try? await shop.servers.waitUntil(count: next, of: shop.team, within: .seconds(1))
        }
        #expect(arrived() >= delivered, "the mail server keeps letters back")
    }

    private static func customer(_ index: Int) -> String { "kunde\(index)@getoetet.example" }
    private static func id(_ index: Int) -> String { "kill-\(index)@getoetet.example" }
    private static func isQuestion(_ index: Int) -> Bool { index % 5 != 0 }

    private static func mail(_ index: Int, _ shop: TestShop) -> String {
        isQuestion(index)
            ? shop.mail(
                from: customer(index),
                subject: "Wo bleibt mein Paket?",
                id: id(index),
                text: "Guten Tag, wo bleibt mein Paket? Bestellnummer 2026-\(10_000 + index)"
            )
            : shop.mail(
                from: customer(index),
                subject: "Tasse kaputt",
                id: id(index),
                text:
                    "Guten Tag, die Tasse aus Bestellung 2026-\(10_000 + index) kam zerbrochen an. Ich möchte Ersatz."
            )
    }
}

/// Numbers that are the same on every run: SplitMix64.
struct SeededNumbers {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
