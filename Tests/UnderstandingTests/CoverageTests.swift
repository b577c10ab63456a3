// SPDX-License-Identifier: MIT

import Testing

@testable import Understanding

/// The rule by itself, on readings put together by hand: no example file plays a part.
@Suite("What an answer covers")
struct CoverageTests {
    private typealias Sentence = Reading.SentenceReading

    private let wismo = Reading.Concern(
        covers: ["where_is_my_order", "not_received"],
        threshold: 0.8,
        veto: ["Rechnung", "zurückschick", "nach Frankreich"]
    )

    /// A reading that is covered, to be spoiled.
    private func reading(_ others: Sentence...) -> Reading {
        var reading = Reading()
        reading.textScores = ["where_is_my_order": 0.8]
        reading.intents = [.init(name: "where_is_my_order", score: 0.8, evidence: "Wo ist es?")]
        reading.sentences =
            [
                Sentence(text: "Hallo", label: "background", score: 0.9, isRequest: false),
                Sentence(text: "Wo ist es?", label: "where_is_my_order", score: 0.9, isRequest: true),
            ] + others
        return reading
    }

    private func reason(_ reading: Reading) -> String? {
        guard case .uncovered(let reason) = reading.coverage(of: wismo) else { return nil }
        return reason.description
    }

    @Test("The threshold is reached by being equal to it, by any intent that the answer covers")
    func threshold() {
        var reading = reading()
        #expect(reason(reading) == nil)
        reading.textScores = ["where_is_my_order": 0.1, "not_received": 0.8]
        #expect(reason(reading) == nil)
        reading.textScores["not_received"] = 0.79
        #expect(reason(reading) == "the whole text scores 0.79, the answer wants 0.80")
        reading.textScores = [:]
        #expect(reason(reading) == nil)
    }

    @Test("One sentence that is not understood is tolerated, unless it asks; two are not")
    func misunderstood() {
        let statement = Sentence(text: "Der Hund wartet.", label: "voucher", score: 0.1, isRequest: false)
        let question = Sentence(text: "Oder?", label: "voucher", score: 0.1, isRequest: true)
        #expect(reason(reading(statement)) == nil)
        #expect(
            reason(reading(statement, statement))
                == #"two sentences were not understood: "Der Hund wartet." and "Der Hund wartet.""#
        )
        #expect(reason(reading(question)) == #"sentence asks something that was not understood: "Oder?""#)
    }

    @Test("A sentence about something else is named")
    func other() {
        let wish = Sentence(text: "Passt sie auch?", label: "product_question", score: 0.7, isRequest: true)
        #expect(
            reason(reading(wish)) == #"sentence asks something else (product_question): "Passt sie auch?""#
        )
        // Two concerns in one sentence.
        let both = Sentence(
            text: "Wo ist es und passt es?",
            label: "where_is_my_order",
            score: 0.9,
            isRequest: true,
            alternatives: ["where_is_my_order": 0.9, "product_question": 0.6]
        )
        #expect(reason(reading(both)) != nil)
        // A statement says what it says most.
        let statement = Sentence(
            text: "Das Geld ist abgebucht, gekommen ist nichts.",
            label: "where_is_my_order",
            score: 0.8,
            isRequest: false,
            alternatives: ["where_is_my_order": 0.8, "payment_problem": 0.6]
        )
        #expect(reason(reading(statement)) == nil)
        let thanks = Sentence(text: "Danke!", label: "thanks", score: 0.9, isRequest: false)
        #expect(reason(reading(thanks)) == nil)
    }

    @Test("Another wanted concern, a threat and a matter taken back are named; a weak guess does no harm")
    func intents() {
        var reading = reading()
        reading.intents.append(.init(name: "voucher", score: 0.49, evidence: "x"))
        #expect(reason(reading) == nil)
        reading.intents[1].score = 0.5
        #expect(reason(reading) == #"another concern, voucher: "x""#)
        reading.intents[1] = .init(
            name: "cancel_order",
            score: 0.2,
            act: .threatens,
            evidence: "sonst storniere ich"
        )
        #expect(reason(reading) == #"the writer threatens: "sonst storniere ich""#)
        reading.intents[1].act = .withdraws
        #expect(reason(reading) == #"the writer takes something back: "sonst storniere ich""#)
        let threat = Sentence(
            text: "Sonst …",
            label: "background",
            score: 0.9,
            isRequest: false,
            act: .threatens
        )
        #expect(reason(self.reading(threat)) == #"the writer threatens: "Sonst …""#)
    }

    @Test(
        "A veto word counts at the beginning of a word, in any case and spelling",
        arguments: [
            ("die Rechnung", "rechnung"), ("RECHNUNGEN fehlen", "rechnungen"),
            ("ich will zurueckschicken", "zurueckschicken"),
            ("es geht nach\nFrankreich.", "nach frankreich"), ("die Abrechnung", nil), ("nach Hause", nil),
        ]
    )
    func veto(text: String, word: String?) {
        let sentence = Sentence(text: text, label: "background", score: 0.9, isRequest: false)
        #expect(reason(reading(sentence)) == word.map { "the word \"\($0)\" shows another concern" })
    }

    @Test("A guarded matter and an unread rest keep every answer away")
    func guarded() {
        var reading = reading()
        reading.guarded = [.init(name: "legal", evidence: "mein Anwalt")]
        #expect(reason(reading) == #"legal is for a person: "mein Anwalt""#)
        reading.guarded = []
        reading.isPartial = true
        #expect(reason(reading) == "the text is too long to be read to its end")
    }
}
