// SPDX-License-Identifier: MIT

import Testing

@testable import Understanding

/// Readings with the shipped example files.
@Suite("Reading a mail")
struct ReaderTests {
    private func read(_ text: String, subject: String? = nil) throws -> Reading {
        try #require(Shipped.reader).read(text, subject: subject)
    }

    @Test(
        "A pure question for the order is covered",
        arguments: [
            "Wo bleibt mein Paket?",
            "Hallo, wo bleibt meine Bestellung 2026-1183? Viele Grüße, Jörg Müller",
            "Guten Tag,\n\nich habe am 3. November eine Lampe bestellt. Wann kommt meine Lieferung?\n\n"
                + "Mit freundlichen Grüßen\nJörg Müller",
            "Where is my order 2026-1183?\n\nKind regards\nAnna Smith",
            "Hello, when will my parcel arrive? Thank you!",
        ]
    )
    func covered(text: String) throws {
        let reading = try read(text)
        #expect(reading.intents.first?.name == "where_is_my_order")
        #expect(reading.coverage(of: Shipped.wismo) == .covered)
    }

    @Test(
        "A second concern, a threat, a question at the end or a guarded matter keeps the answer away",
        arguments: [
            "Wo bleibt mein Paket? Und bitte schicken Sie mir noch eine Rechnung.",
            "Wo bleibt mein Paket? Wenn es bis Freitag nicht da ist, storniere ich.",
            "Wo ist meine Bestellung? Kann ich die Lampe auch umtauschen?",
            "Wo ist meine Bestellung? Passt die Lampe auch in eine E14-Fassung?",
            "Wo bleibt mein Paket? Sonst gehe ich zum Anwalt.",
            "Wo bleibt mein Paket? Die Hochzeit ist am Samstag!",
            "Wo bleibt mein Paket? Es muss nach Frankreich.",
            "Where is my order? Can I also return the lamp?",
            "Where is my order? If it is not here by Friday I will cancel.",
            "Where is my parcel? Otherwise I want my money back.",
            "Wo bleibt meine Rechnung?", "Wo bleibt meine Erstattung?", "Bitte doch nicht stornieren!",
            "Guten Tag", "Vielen Dank, das Paket ist da!",
        ]
    )
    func uncovered(text: String) throws {
        #expect(try read(text).coverage(of: Shipped.wismo) != .covered)
    }

    @Test(
        "What is done with a concern is told apart",
        arguments: [
            ("Ich storniere die Bestellung.", Reading.Act.does),
            ("Kann ich die Bestellung noch stornieren?", .asks),
            ("Wenn es morgen nicht da ist, storniere ich die Bestellung.", .threatens),
            ("Bitte die Bestellung doch nicht stornieren.", .withdraws),
            ("I want to cancel my order.", .does),
            ("Is it possible to cancel my order?", .asks),
            ("If my order is not here tomorrow I will cancel it.", .threatens),
            ("Please don't cancel my order.", .withdraws),
        ]
    )
    func acts(text: String, act: Reading.Act) throws {
        let reading = try read(text)
        #expect(reading.sentences.first?.act == act)
        #expect(reading.intents.first { $0.name == "cancel_order" }?.act == act)
    }

    @Test(
        "A matter for a person is found, with its words",
        arguments: [
            ("Ich schalte meinen Anwalt ein.", "legal"), ("I will see you in court.", "legal"),
            ("Ich habe bei PayPal einen Fall eröffnet.", "chargeback"),
            ("I will start a chargeback.", "chargeback"),
            ("Das Netzteil hat gequalmt und ist geschmolzen.", "danger"),
            ("My son got a rash from it.", "danger"),
            ("Ich habe bei Ihnen nie etwas bestellt.", "fraud"), ("My account was hacked.", "fraud"),
            ("Ich bin Redakteurin der Zeitung und recherchiere.", "press"),
            ("Meine Mutter ist gestern verstorben.", "special_need"),
            ("My husband passed away.", "special_need"),
            ("Unsere Hochzeit ist am Samstag.", "deadline"),
            ("We need it for the wedding on Friday.", "deadline"),
        ]
    )
    func guarded(text: String, name: String) throws {
        #expect(try read("Guten Tag. \(text)").guarded.contains { $0.name == name && $0.evidence == text })
    }

    @Test("A subject counts as the first sentence, unless it is that of a reply")
    func subjects() throws {
        #expect(
            try read("Danke", subject: "Rechnung für 2026-1183").sentences.first?.text
                == "Rechnung für 2026-1183"
        )
        for subject in ["Re: Rechnung", "AW: Rechnung", "WG: Rechnung", "Re[2]: Rechnung", "Antw: Rechnung"] {
            #expect(try read("Danke", subject: subject).sentences.map(\.text) == ["Danke"])
        }
    }

    @Test("Findings point into the text, whatever the subject is")
    func offsets() throws {
        let reading = try read("Größe? Bestellung Nr. 2026-1183", subject: "Frage zu 2026-9999")
        #expect(reading.findings.map(\.start) == [20])
        #expect(reading.findings.map(\.end) == [33])
        #expect(try #require(Shipped.reader).findings(in: "Frage zu 2026-9999").map(\.value) == ["2026-9999"])
    }

    @Test(
        "What only sounds like a matter for a person is none",
        arguments: [
            "Die Teekanne kam zerbrochen an.", "Bitte eine Rechnung auf meinen Namen.",
            "Die Bestellung läuft auf meinen Namen.", "Ich habe noch nichts bestellt.",
            "Von dem, was ich bestellt habe, ist noch nichts da.", "Ich bitte um Prüfung.",
            "Ich weiß, dass vor Weihnachten viel los ist.",
            "Es geht um einen Fernseher und eine Salatschüssel.",
            "The box was brand new.", "It is for the doctor's surgery.",
            "I know it's a busy time before Christmas.", "When will I leave the waiting list?",
        ]
    )
    func unguarded(text: String) throws {
        #expect(try read(text).guarded == [])
    }

    @Test(
        "Of the intents' examples, less than one in a hundred sets off the phrases of a matter for a person"
    )
    func falseAlarms() {
        let examples = ExampleFile(reading: Shipped.sources.filter { $0.aspect == "intent" }).examples
        var alarms: [String: [String]] = [:]
        for example in examples {
            var text = example.text
            let names = text.withUTF8 { bytes in
                SentenceSplitter.sentences(of: bytes).flatMap { place in
                    let folded = Folding.fold(String(decoding: bytes[place], as: UTF8.self))
                    return folded.withUnsafeBufferPointer { Phrases.builtIn.meanings(in: $0) ?? [] }
                }
            }
            for case .guarded(let name) in Set(names) { alarms[name, default: []].append(example.text) }
        }
        for (name, texts) in alarms {
            #expect(texts.count * 100 < examples.count, "\(name): \(texts)")
        }
    }

    @Test(
        "A subject that only names the matter says nothing",
        arguments: [
            "Bestellung 2026-11834", "Lieferung", "Paket", "My order", "Delivery",
            "Frage zu meiner Bestellung",
            "Question about order 2026-1183", "Status", "Nachfrage", "Auftrag Nr. AB-20931",
            "My parcel, order number 4711",
        ]
    )
    func neutralSubjects(subject: String) throws {
        #expect(try read("", subject: subject).intents == [])
        #expect(try read(subject).intents == [])
        let text = "Guten Tag,\nwo bleibt mein Paket? Ich warte seit zwei Wochen.\nViele Grüße\nJörg Müller"
        #expect(try read(text, subject: subject).coverage(of: Shipped.wismo) == .covered)
    }

    @Test(
        "A subject that names a concern counts",
        arguments: [
            ("Stornierung", "cancel_order"), ("Stornierung 2026-1183", "cancel_order"),
            ("Rechnung", "invoice_request"), ("Rechnung zu meiner Bestellung", "invoice_request"),
            ("Cancellation", "cancel_order"), ("Invoice for order 4711", "invoice_request"),
        ]
    )
    func speakingSubjects(subject: String, intent: String) throws {
        let reading = try read("Guten Tag, wo bleibt mein Paket?", subject: subject)
        #expect(
            reading.intents.contains { $0.name == intent && $0.score >= Reading.wanted && $0.act == .does }
        )
        #expect(reading.coverage(of: Shipped.wismo) != .covered)
    }

    @Test(
        "Circumstances are background, whatever was bought",
        arguments: [
            "I ordered two packets of Earl Grey and two mugs yesterday evening.",
            "Ich habe gestern zwei Dosen Möbelwachs und einen Pinsel bestellt.",
            "Bezahlt habe ich per PayPal.",
            "Es geht um eine Wanduhr.", "Ich freue mich schon.", "Bestellt am 3. Mai.",
            "I paid by credit card on Monday.", "It's about a garden hose.",
        ]
    )
    func circumstances(text: String) throws {
        let sentence = try #require(try read(text).sentences.first)
        #expect(sentence.label == "background")
        #expect(sentence.score >= Reading.wanted)
    }

    @Test(
        "Waiting is a concern, no circumstance",
        arguments: ["Ich warte seit drei Wochen.", "I've been waiting for three weeks."]
    )
    func waiting(text: String) throws {
        let reading = try read(text)
        #expect(reading.sentences.first?.label == "where_is_my_order")
    }

    @Test("The language is told for nearly all held-out mails, the first concern for three in four")
    func heldOut() throws {
        for mails in [Shipped.heldOut, Shipped.fresh] {
            try #require(!mails.isEmpty)
            var languages = 0
            var intents = 0
            for mail in mails {
                let reading = try read(mail.text, subject: mail.subject)
                if reading.language == mail.lang { languages += 1 }
                if let first = reading.intents.first, mail.intents.contains(first.name) { intents += 1 }
            }
            #expect(languages * 100 >= mails.count * 97)
            #expect(intents * 100 >= mails.count * 75)
        }
    }

    @Test("Most held-out mails that only ask where the order is get the answer", arguments: ["de", "en"])
    func rightAnswers(language: String) throws {
        let pure = (Shipped.heldOut + Shipped.fresh).filter { $0.isPure && $0.lang == language }
        let right = try pure.filter {
            try read($0.text, subject: $0.subject).coverage(of: Shipped.wismo) == .covered
        }
        #expect(right.count * 100 >= pure.count * 55)
    }

    @Test("Of the held-out mails with another concern, hardly any gets the answer", arguments: ["de", "en"])
    func wrongAnswers(language: String) throws {
        for mails in [Shipped.heldOut, Shipped.fresh] {
            let wrong = try mails.filter {
                try !$0.isPure && $0.lang == language
                    && read($0.text, subject: $0.subject).coverage(of: Shipped.wismo) == .covered
            }
            #expect(wrong.count <= 1, "\(wrong.map(\.text))")
        }
    }

    @Test("Of the near misses, which are not learned, at most one in each language gets the answer")
    func nearMisses() throws {
        let near = ExampleFile(reading: Shipped.sources.filter { $0.aspect == "near" && $0.label == "wismo" })
        let wrong = try near.examples.filter { try read($0.text).coverage(of: Shipped.wismo) == .covered }
        #expect(near.examples.count >= 100)
        for language in ["de", "en"] {
            #expect(wrong.count { $0.language == language } <= 1, "\(wrong.map(\.text))")
        }
    }
}
