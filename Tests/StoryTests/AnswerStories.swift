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
}

extension Post {
    /// Katrin Brandl asks about 2026-11834, which is hers.
    static let question = Post(
        from: "Katrin Brandl <katrin.brandl@example.de>", subject: "Wo bleibt meine Bestellung?", id: "q1@example.de",
        body: """
            Hallo liebes Teeladen-Team,

            ich warte noch auf meine Bestellung 2026-11834. Können Sie mir sagen, wo das Paket gerade
            steckt und wann ich damit rechnen kann?

            Viele Grüße
            Katrin Brandl
            """)

    static let englishQuestion = Post(
        from: "Harriet Cole <harriet@example.org>", subject: "Where is my parcel?", id: "q2@example.org",
        body: """
            Hello,

            where is my order 2026-11851? When will the parcel arrive?

            Many thanks
            Harriet
            """)
}
