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

    @Test("The language is told for nearly all held-out mails, the first concern for most")
    func heldOut() throws {
        try #require(!Shipped.heldOut.isEmpty)
        var languages = 0
        var intents = 0
        for mail in Shipped.heldOut {
            let reading = try read(mail.text, subject: mail.subject)
            if reading.language == mail.lang { languages += 1 }
            if let first = reading.intents.first, mail.intents.contains(first.name) { intents += 1 }
        }
        #expect(languages * 100 >= Shipped.heldOut.count * 97)
        #expect(intents * 100 >= Shipped.heldOut.count * 65)
    }

    @Test("Of the held-out mails with another concern, hardly any gets the answer to \"where is my order\"")
    func wrongAnswers() throws {
        let others = Shipped.heldOut.filter { $0.intents != ["where_is_my_order"] || !$0.guarded.isEmpty }
        let wrong = try others.filter {
            try read($0.text, subject: $0.subject).coverage(of: Shipped.wismo) == .covered
        }
        #expect(wrong.count <= 1, "\(wrong.map(\.text))")
    }

    @Test("Of the near misses, which are not learned, at most one in fifty gets the answer")
    func nearMisses() throws {
        let near = ExampleFile(reading: Shipped.sources.filter { $0.aspect == "near" && $0.label == "wismo" })
        let wrong = try near.examples.filter { try read($0.text).coverage(of: Shipped.wismo) == .covered }
        #expect(near.examples.count >= 100)
        #expect(wrong.count * 50 <= near.examples.count, "\(wrong.map(\.text))")
    }
}
