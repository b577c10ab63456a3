// SPDX-License-Identifier: MIT
import Actions
import Delivery
import Foundation
import Mail
import Service
import State
import Synchronization
import TestSupport
import Testing

@Suite("An SMTP server makes trouble", .serialized, .timeLimit(.minutes(1)))
struct SMTPPeerTests {
    typealias Step = PeerPost.Moment.Step

    @Test("What is refused for now is tried again at its time, and arrives once",
        arguments: [Step.sender, .recipient, .data, .letter], [Customer.Question.parcel, .parcelAndInvoice])
    func refusedForNow(step: Step, question: Customer.Question) async throws {
        let post = PeerPost { $0.step == step && $0.attempt == 1 && $0.letters == 0 && $0.connection == 1 ? .say("451 4.7.1 come again later") : .usual }
        try await PeerShop.with(posts: [post]) { shop in
            shop.ask(1, question)
            try await shop.takeIn(1)
            try await shop.house.settleAll()
            let entry = try #require(try await shop.ledger.outbox().first)
            #expect(entry.state == "waiting")
            #expect(entry.attempt == 1)
            #expect(entry.words?.contains("`451 4.7.1 come again later`") == true)
            #expect(entry.due == Self.due(after: 1, of: entry.key, at: shop.now))
            // Before that nothing is tried.
            shop.wait(until: entry.due.addingTimeInterval(-1))
            try await shop.house.settleAll()
            #expect(post.accepted.isEmpty)
            shop.wait(until: entry.due)
            try await shop.house.settleAll()
            #expect(try await shop.entry(entry.key)?.state == "delivered")
            #expect(shop.log.lines(of: "effect.settled").count == 2)
            #expect(shop.log.lines(of: "effect.settled")[0].contains("451 4.7.1 come again later"))
        }
    }

    @Test("An answer that is refused for good becomes a person's message, with the server's reason",
        arguments: [Step.recipient, .letter])
    func answerRefused(step: Step) async throws {
        let words = "550 5.1.1 <zanderbek1@kunde.example> unknown here"
        let post = PeerPost { $0.step == step && $0.recipient == Customer(1).address ? .say(words) : .usual }
        try await PeerShop.with(posts: [post]) { shop in
            shop.ask(1)
            try await shop.takeIn(1)
            try await shop.settleInTime()
            #expect(try await shop.ledger.outcomes(mailbox: "support", folder: "INBOX") == [1: .forwarded])
            let answer = try #require(try await shop.entry("m1.answer"))
            #expect(answer.state == "refused")
            #expect(answer.words?.contains(words) == true)
            let forward = try #require(shop.letters(to: PeerShop.team, about: 1).first?.message)
            #expect(forward.text.replacing("\n│   ", with: " ").contains("our answer was refused"))
            #expect(forward.text.contains("550 5.1.1"))
            #expect(shop.letters(to: Customer(1).address, about: 1).allSatisfy { !$0.isAccepted })
        }
    }

    /// When the schedule lets a letter be tried again, in whole seconds.
    static func due(after attempt: Int, of key: String, at now: Date) -> Date? {
        guard case .retry(let wait) = RetrySchedule().next(
            afterAttempt: attempt, age: .zero, seed: Effect.Key(key).seed) else { return nil }
        return now.addingTimeInterval(Double(wait.components.seconds))
    }
}
