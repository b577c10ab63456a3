// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Mail
import Testing

@Suite("Stories: a customer asks where the order is", .timeLimit(.minutes(1)))
struct AnswerStories {
    @Test("The question is answered once, in the customer's language, with the parcel's facts, in the thread")
    func german() async throws {
        var story = Story(orders: [Teeladen.order("2026-11834", of: "katrin.brandl@example.de")])
        story.arrives("question", .question)
        story.passes(.seconds(600))
        let end = try await story.play()

        #expect(end.outcomes == ["question": .answered])
        let letters = end.letters(to: "katrin.brandl@example.de")
        #expect(end.letters.count == 1)
        let letter = try #require(letters.first)
        #expect(letter.subject == "Re: Wo bleibt meine Bestellung?")
        #expect(letter.references == ["q1@example.de"])
        #expect(letter.automatic == .autoSubmitted)
        #expect(letter.from?.address == Teeladen.support)
        for fact in ["2026-11834", "DHL", "24. November", "00340434161094042557", "Assam 250 g"] {
            #expect(letter.text.contains(fact), "\(letter.text)")
        }
    }

    @Test("An English question gets an English answer")
    func english() async throws {
        var story = Story(orders: [Teeladen.order("2026-11851", of: "harriet@example.org", language: "de")])
        story.arrives("question", .englishQuestion)
        story.passes(.seconds(600))
        let end = try await story.play()

        #expect(end.outcomes == ["question": .answered])
        let letter = try #require(end.letters(to: "harriet@example.org").first)
        #expect(letter.text.hasPrefix("Hello"))
        #expect(letter.text.contains("November"))
        #expect(letter.text.contains("2026-11851"))
    }

    @Test("Who asks again before the answer has left gets one answer; the second mail is filed")
    func impatient() async throws {
        var story = Story(orders: [Teeladen.order("2026-11834", of: "katrin.brandl@example.de")])
        story.arrives("first", .question)
        story.passes(.seconds(60))
        story.arrives("second", .questionAgain)
        story.passes(.seconds(600))
        let end = try await story.play()

        #expect(end.outcomes == ["first": .answered, "second": .filed])
        #expect(end.letters.map(\.recipient) == ["katrin.brandl@example.de"])
    }

    @Test("Who asks again after the answer gets a person")
    func again() async throws {
        var story = Story(orders: [Teeladen.order("2026-11834", of: "katrin.brandl@example.de")])
        story.arrives("first", .question)
        story.passes(.seconds(600))
        story.arrives("second", .questionAgain)
        story.passes(.seconds(600))
        let end = try await story.play()

        #expect(end.outcomes == ["first": .answered, "second": .forwarded])
        #expect(end.letters.map(\.recipient) == ["katrin.brandl@example.de", Teeladen.team])
    }

    @Test("Who replies to the answer gets a person, also from a second address that then learns nothing")
    func reply() async throws {
        var story = Story(orders: [Teeladen.order("2026-11834", of: "katrin.brandl@example.de")])
        story.arrives("question", .question)
        story.passes(.seconds(600))
        story.arrives("reply") { letters in
            guard let id = letters.first.map({ $0.message.messageID ?? "" }) else { return nil }
            return Post(
                from: "kb@zweitpost.example",
                subject: "Re: Wo bleibt meine Bestellung?",
                id: "r1@zweitpost.example",
                headers: ["In-Reply-To: <\(id)>"],
                body: "Wo ist mein Paket denn jetzt?"
            ).raw
        }
        story.passes(.seconds(600))
        let end = try await story.play()

        #expect(end.outcomes == ["question": .answered, "reply": .forwarded])
        #expect(end.letters(to: "kb@zweitpost.example").isEmpty)
        // Both are one case for the team.
        #expect(end.letters(to: Teeladen.team).first?.subject.hasPrefix("[#1 ") == true)
    }

    @Test(
        "Without an order for the address its number is asked for once, if the provider vouches for the writer"
    )
    func unknownOrder() async throws {
        var story = Story()
        story.arrives("known", .questionWithoutNumber)
        story.passes(.seconds(60))
        story.arrives("impatient", .questionWithoutNumber.with(id: "u2@example.org"))
        story.passes(.seconds(600))
        story.arrives("again", .questionWithoutNumber.with(id: "u3@example.org"))
        var unproven = Post.questionWithoutNumber.with(id: "u4@example.org")
        unproven.from = "Tom Tau <tom@example.org>"
        unproven.dmarc = nil
        story.arrives("unproven", unproven)
        story.passes(.seconds(600))
        let end = try await story.play()

        #expect(
            end.outcomes == [
                "known": .answered, "impatient": .filed, "again": .forwarded, "unproven": .forwarded,
            ]
        )
        #expect(end.letters(to: "miriam@example.org").count == 1)
        #expect(end.letters(to: "tom@example.org").isEmpty)
    }
}

extension Post {
    /// Katrin Brandl asks about 2026-11834, which is hers.
    static let question = Post(
        from: "Katrin Brandl <katrin.brandl@example.de>",
        subject: "Wo bleibt meine Bestellung?",
        id: "q1@example.de",
        body: """
            Hallo liebes Teeladen-Team,

            ich warte noch auf meine Bestellung 2026-11834. Können Sie mir sagen, wo das Paket gerade
            steckt und wann ich damit rechnen kann?

            Viele Grüße
            Katrin Brandl
            """
    )

    static let englishQuestion = Post(
        from: "Harriet Cole <harriet@example.org>",
        subject: "Where is my parcel?",
        id: "q2@example.org",
        body: """
            Hello,

            I ordered two packets of Earl Grey last week. Where is my parcel? The order number is 2026-11851.

            Many thanks
            Harriet
            """
    )

    /// The same question about the same order, in a mail that refers to nothing.
    static let questionAgain = Post(
        from: "Katrin Brandl <katrin.brandl@example.de>",
        subject: "Nochmal: Bestellung 2026-11834",
        id: "q1b@example.de",
        body: """
            Hallo nochmal,

            ich warte immer noch auf mein Paket 2026-11834. Wo ist es denn jetzt?

            Katrin Brandl
            """
    )

    /// Miriam Falk, of whom the shop knows no order, asks without a number.
    static let questionWithoutNumber = Post(
        from: "Miriam Falk <miriam@example.org>",
        subject: "Wo ist mein Paket?",
        id: "u1@example.org",
        body: """
            Hallo,

            wo bleibt denn mein Paket? Ich habe letzte Woche bestellt.

            Viele Grüße
            Miriam Falk
            """
    )

    func with(id: String) -> Post {
        var post = self
        post.id = id
        return post
    }
}

extension Consignment {
    /// The letter as its receiver's program reads it.
    var message: Message { Message(parsing: bytes, in: Teeladen.shop.mailboxes[0]) }
}
