// SPDX-License-Identifier: MIT

/// The sentences that the corpus is made of, in one language.
///
/// `#` stands for an order number, `~` for an article.
struct CorpusWords: Sendable {
    var greetings: [String]
    var whereIsIt: [String]
    /// A subject and sentences for each of the other concerns.
    var concerns: [(subject: String, sentences: [String])]
    var whereSubjects: [String]
    var background: [String]
    var closings: [String]
    var articles: [String]
    var firstNames: [String]
    var lastNames: [String]
    /// The line above a quoted mail, and what the shop had written.
    var quoteHead: String
    var quoted: [String]
    /// Small print below a signature.
    var smallPrint: String
    var newsletter: [String]
    var outOfOffice: (subject: String, text: String)
}

extension CorpusWords {
    static let german = CorpusWords(
        greetings: [
            "Guten Tag,", "Hallo,", "Sehr geehrte Damen und Herren,", "Moin zusammen,", "Liebes Team,",
        ],
        whereIsIt: [
            "wo bleibt meine Bestellung #?", "ich warte seit Tagen auf das Paket zur Bestellung #.",
            "können Sie mir sagen, wann die Bestellung # bei mir ankommt?",
            "die Sendungsverfolgung zu # zeigt seit gestern nichts Neues. Wo ist das Paket gerade?",
            "ist meine Bestellung # schon unterwegs?",
            "Bestellung # sollte längst da sein, bisher kam nichts. Wie ist der Stand?",
        ],
        concerns: [
            (
                "Rechnung",
                [
                    "bitte schicken Sie mir die Rechnung zur Bestellung # als PDF.",
                    "Meine Buchhaltung braucht sie.",
                ]
            ),
            (
                "Rückgabe",
                [
                    "ich möchte ~ aus der Bestellung # zurückgeben.",
                    "Wie bekomme ich einen Rücksendeschein?", "Der Artikel ist unbenutzt.",
                ]
            ),
            (
                "Kaputt angekommen",
                [
                    "die Sendung # ist heute gekommen, aber ~ hat einen Sprung.",
                    "Ein Foto habe ich angehängt. Ich hätte gern Ersatz.",
                ]
            ),
            ("Storno", ["bitte stornieren Sie die Bestellung #.", "Ich habe mich vertan."]),
            ("Frage zum Produkt", ["ist ~ spülmaschinenfest?", "Und wie groß ist es genau?"]),
            ("Danke", ["alles ist gut angekommen, vielen Dank!", "~ gefällt uns sehr."]),
            (
                "Erstattung",
                [
                    "wann wird mir das Geld für die Bestellung # erstattet?",
                    "Die Ware ist längst wieder bei Ihnen.",
                ]
            ),
            ("Falsche Adresse", ["kann die Lieferadresse der Bestellung # noch geändert werden?"]),
        ],
        whereSubjects: [
            "Bestellung #", "Wo ist mein Paket?", "Lieferung #", "Frage zur Lieferung", "Noch nichts da",
        ],
        background: [
            "Bestellt hatte ich ~ am Montag.", "Es ist ein Geschenk für meine Schwester.",
            "Bezahlt habe ich gleich mit PayPal.", "Bei der letzten Bestellung ging es schneller.",
            "Der Tee vom letzten Mal war sehr gut.", "Wir trinken ihn jeden Tag.",
        ],
        closings: ["Viele Grüße", "Mit freundlichen Grüßen", "Beste Grüße", "Danke und schöne Grüße"],
        articles: [
            "die Teekanne", "der Becher", "das Teesieb", "die Dose Assam", "das Stövchen", "die Lampe",
        ],
        firstNames: ["Antje", "Bernd", "Cem", "Dörte", "Emil", "Frauke", "Günter", "Hülya", "Ilse", "Jörn"],
        lastNames: ["Ahlers", "Bößmann", "Carstens", "Demir", "Ehlers", "Führing", "Groß", "Harms", "Ihde"],
        quoteHead: "schrieb das Team vom Laden:",
        quoted: [
            "vielen Dank für Ihre Bestellung bei uns. Wir haben sie erhalten und packen sie so bald wie möglich.",
            "Sobald das Paket unser Haus verlässt, bekommen Sie eine weitere Nachricht mit der Sendungsnummer.",
            "Bei Fragen antworten Sie einfach auf diese Mail. Wir sind montags bis freitags für Sie da.",
            "Unsere Werkstatt fertigt in kleinen Mengen; darum kann es vor Feiertagen etwas länger dauern.",
        ],
        smallPrint: """
            Diese Nachricht ist nur für den Empfänger bestimmt. Sollten Sie sie versehentlich bekommen haben, \
            löschen Sie sie bitte und sagen uns Bescheid. Bitte denken Sie an die Umwelt, bevor Sie drucken.
            """,
        newsletter: [
            "Neu im Herbst: Keramik aus der Region, in drei Farben und vier Größen.",
            "Nur diese Woche liefern wir ab einer Bestellung von dreißig Euro ohne Versandkosten.",
            "Aus der Werkstatt: wie eine Kanne entsteht, vom Ton bis zur Glasur.",
            "Unsere Leser fragen, wir antworten: so bleibt Tee länger frisch.",
        ],
        outOfOffice: (
            "Abwesenheitsnotiz", "Ich bin zurzeit nicht im Büro und lese Ihre Mail nach meiner Rückkehr."
        )
    )

    static let english = CorpusWords(
        greetings: ["Hello,", "Hi there,", "Dear team,", "Good morning,"],
        whereIsIt: [
            "where is my order #?", "I have been waiting for the parcel of order # for days now.",
            "could you tell me when order # will arrive?",
            "the tracking page of # has shown nothing new since yesterday. Where is the parcel?",
            "has my order # been shipped yet?",
        ],
        concerns: [
            ("Invoice", ["please send me the invoice for order # as a PDF.", "My accountant asks for it."]),
            ("Return", ["I would like to return ~ from order #.", "How do I get a label?", "It is unused."]),
            (
                "Arrived broken",
                ["order # came today, but ~ is cracked.", "I attached a photo. I want a new one."]
            ),
            ("Please cancel", ["please cancel order #.", "I ordered by mistake."]),
            ("Question", ["does ~ go into the dishwasher?", "And how large is it exactly?"]),
            ("Thank you", ["everything arrived safely, thank you so much!", "We love ~."]),
            (
                "Refund",
                ["when will I get my money back for order #?", "You have had the goods for two weeks."]
            ),
        ],
        whereSubjects: ["Order #", "Where is my parcel?", "Delivery of #", "Not here yet"],
        background: [
            "I ordered ~ on Monday.", "It is a present for my sister.", "I paid by card right away.",
            "Last time it was faster.", "We drink your tea every day.",
        ],
        closings: ["Kind regards", "Best wishes", "Thanks", "Many thanks in advance"],
        articles: ["the teapot", "the mug", "the tea strainer", "the tin of Assam", "the lamp"],
        firstNames: ["Alice", "Brian", "Chloe", "Dev", "Erin", "Frank", "Grace", "Harry", "Isla"],
        lastNames: ["Archer", "Boyle", "Carter", "Dunn", "Ellis", "Fraser", "Grant", "Hughes"],
        quoteHead: "the shop's team wrote:",
        quoted: [
            "thank you for your order. We have received it and will pack it as soon as we can.",
            "As soon as your parcel leaves our house you will get another message with its tracking number.",
            "If you have a question, just reply to this mail. We are here from Monday to Friday.",
        ],
        smallPrint: """
            This message is for the addressee only. If it reached you by mistake, please delete it and let us \
            know. Please think of the environment before you print this mail.
            """,
        newsletter: [
            "New this autumn: local pottery in three colours and four sizes.",
            "This week only: no postage for orders above thirty euros.",
            "From the workshop: how a pot is made, from the clay to the glaze.",
        ],
        outOfOffice: ("Out of office", "I am away at the moment and will read your mail when I am back.")
    )
}
