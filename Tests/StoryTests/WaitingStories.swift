// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Mail
import Orders
import Testing

@Suite("Stories: what happens while an answer waits, and after it", .timeLimit(.minutes(1)))
struct WaitingStories {
    static let order = Teeladen.order("2026-11834", of: "katrin.brandl@example.de")
    static let sent = Story.MailKind(folder: "Sent", role: .sent)

    /// The question has been asked and its answer waits.
    static var asked: Story {
        var story = Story(orders: [order])
        story.arrives("question", .question)
        story.passes(.seconds(60))
        return story
    }

    @Test(
        "A person's answer in Sent takes the waiting letter back; the team sees why",
        arguments: [
            // As a reply, to the customer's other address.
            Post(
                from: Teeladen.support,
                to: "kb@zweitpost.example",
                subject: "Re: Wo bleibt meine Bestellung?",
                id: "s1@teeladen.example",
                dmarc: nil,
                headers: ["In-Reply-To: <q1@example.de>"],
                body: "Es kommt morgen. Anna"
            ),
            // As a new mail, by a clock that is wrong by years.
            Post(
                from: Teeladen.support,
                to: "Katrin.Brandl@example.de",
                subject: "Ihr Paket",
                id: "s2@teeladen.example",
                dmarc: nil,
                body: "Es kommt morgen. Anna"
            ),
        ]
    )
    func person(letter: Post) async throws {
        var story = Self.asked
        story.arrives("person", letter, kind: Self.sent)
        story.passes(.seconds(600))
        let end = try await story.play()

        #expect(end.outcomes == ["question": .forwarded, "person": .own])
        #expect(end.letters.map(\.recipient) == [Teeladen.team])
        #expect(end.states["m1.answer"] == "withdrawn")
    }

    @Test(
        "After a person's letter the customer's reply to it goes to a person, also if we never saw its beginning"
    )
    func replyToPerson() async throws {
        var story = Story(orders: [Self.order])
        story.arrives(
            "person",
            Post(
                from: Teeladen.support,
                to: "x@example.net",
                subject: "Hallo",
                id: "s9@teeladen.example",
                dmarc: nil,
                body: "Guten Tag, Anna"
            ),
            kind: Self.sent
        )
        story.passes(.seconds(60))
        var reply = Post.question
        reply.headers = ["References: <s9@teeladen.example>"]
        story.arrives("reply", reply)
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.outcomes == ["person": .own, "reply": .forwarded])
    }

    @Test(
        "An order that changes while the answer waits takes it back; one that was only looked at again does not"
    )
    func orderChanges() async throws {
        var story = Self.asked
        var order = Self.order
        order.updated = Teeladen.start.addingTimeInterval(30)
        story.tells([order])
        story.passes(.seconds(600))
        #expect(try await story.play().outcomes == ["question": .answered])

        story = Self.asked
        order.parcels[0].status = .exception
        story.tells([order])
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .forwarded])
        #expect(end.letters.map(\.recipient) == [Teeladen.team])
    }

    @Test("An answer that became untrue by midnight is taken back")
    func midnight() async throws {
        var story = Story()
        story.passes(.seconds(13 * 3600 + 59 * 60))
        var order = Self.order
        order.parcels[0].expected = Day(year: 2026, month: 11, day: 21)
        order.updated = Teeladen.start.addingTimeInterval(13 * 3600)
        story.tells([order])
        story.arrives("question", .question)
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .forwarded])
        #expect(end.states["m1.answer"] == "withdrawn")
    }

    @Test("Nobody is asked for a number that the shop's system told us in the meantime")
    func orderComes() async throws {
        var story = Story()
        story.arrives("question", .questionWithoutNumber)
        story.passes(.seconds(60))
        story.tells([Teeladen.order("2026-11999", of: "miriam@example.org")])
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .forwarded])
        #expect(end.letters.map(\.recipient) == [Teeladen.team])
    }

    @Test("A second mail with another concern takes the waiting answer back: one person reads both")
    func anotherConcern() async throws {
        var story = Self.asked
        story.arrives(
            "second",
            Post(
                from: "Katrin Brandl <katrin.brandl@example.de>",
                subject: "Re: Wo bleibt meine Bestellung?",
                id: "q9@example.de",
                headers: ["References: <q1@example.de>"],
                body: "Ich habe es mir anders überlegt und storniere die Bestellung 2026-11834."
            )
        )
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .forwarded, "second": .forwarded])
        #expect(end.letters.allSatisfy { $0.recipient == Teeladen.team })
    }

    @Test("A copy of a mail in a second folder is a duplicate")
    func duplicate() async throws {
        var story = Story(orders: [Self.order])
        story.arrives("question", .question)
        var copy = Post.question
        copy.dmarc = nil
        copy.headers = ["Delivered-To: info@teeladen.example"]
        story.arrives("copy", copy, kind: Story.MailKind(folder: "Archive"))
        story.passes(.seconds(600))
        story.arrives("later", .question)
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.outcomes == ["question": .answered, "copy": .duplicate, "later": .duplicate])
        #expect(end.letters.count == 1)
    }

    @Test("Our own letter is recognised in Sent and when it comes back, but nobody else's under its id")
    func own() async throws {
        var story = Self.asked
        story.passes(.seconds(600))
        story.arrives("sent", kind: Self.sent) { $0.first?.bytes }
        story.arrives("returned") { $0.first?.bytes }
        story.arrives("borrowed") { letters in
            letters.first.map { letter in
                Post(
                    from: "katrin.brandl@example.de",
                    subject: "Storno",
                    id: letter.message.messageID ?? "",
                    body: "Ich storniere die Bestellung 2026-11834."
                ).raw
            }
        }
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(
            end.outcomes == ["question": .answered, "sent": .own, "returned": .own, "borrowed": .forwarded]
        )
    }

    @Test("A robot without any sign that answers each letter twenty times gets one")
    func robot() async throws {
        var story = Story(orders: [Self.order])
        for round in 0..<20 {
            story.arrives("mail \(round)") { letters in
                var post = Post.question.with(id: "loop\(round)@example.de")
                if let last = letters.last(where: { $0.recipient == "katrin.brandl@example.de" }) {
                    post.subject = "Re: \(last.message.subject)"
                    // Every second one as a new thread.
                    if round % 2 == 0 { post.headers = ["In-Reply-To: <\(last.message.messageID ?? "")>"] }
                }
                return post.raw
            }
            if [0, 9, 19].contains(round) { story.passes(.seconds(600)) }
        }
        let end = try await story.play()
        #expect(end.letters(to: "katrin.brandl@example.de").count == 1)
        #expect(end.outcomes.values.filter { $0 == .forwarded }.count == 19)
    }

    @Test("The shop's own breaker stops a loop that nobody foresaw")
    func breaker() async throws {
        var story = Story()
        story.shop.limits.perDay = 2
        for writer in 0..<4 {
            var post = Post.questionWithoutNumber.with(id: "w\(writer)@example.org")
            post.from = "w\(writer)@example.org"
            story.arrives("mail \(writer)", post)
        }
        story.passes(.seconds(600))
        let end = try await story.play()
        #expect(end.letters.filter { $0.recipient != Teeladen.team }.count == 2)
        #expect(end.outcomes.values.filter { $0 == .forwarded }.count == 2)
    }
}
