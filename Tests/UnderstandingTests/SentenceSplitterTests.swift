// SPDX-License-Identifier: MIT

import Testing

@testable import Understanding

@Suite("Sentences")
struct SentenceSplitterTests {
    private func sentences(_ text: String) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            SentenceSplitter.sentences(of: bytes).map { String(decoding: bytes[$0], as: UTF8.self) }
        }
    }

    @Test(
        "A mail is cut where its writer ended a thought",
        arguments: [
            ("Hallo. Wo ist es? Danke!", ["Hallo.", "Wo ist es?", "Danke!"]),
            ("Hallo,\nwo ist es\nDanke", ["Hallo,", "wo ist es", "Danke"]),
            ("Bestellung Nr. 4711 fehlt z.B. heute.", ["Bestellung Nr. 4711 fehlt z.B. heute."]),
            ("Bestellt am 3. Mai von Dr. M. Schulz.", ["Bestellt am 3. Mai von Dr. M. Schulz."]),
            ("Es sind 12. Die Kiste ist da.", ["Es sind 12. Die Kiste ist da."]),
            ("Am 11.11. bestellt. Am 11.11. Wo ist es?", ["Am 11.11. bestellt.", "Am 11.11.", "Wo ist es?"]),
            ("Es waren 2026. Die Kiste ist da.", ["Es waren 2026.", "Die Kiste ist da."]),
            (
                "Lampen, Kabel usw. fehlen. Lampen usw. Wo sind sie?",
                ["Lampen, Kabel usw. fehlen.", "Lampen usw.", "Wo sind sie?"]
            ),
            ("nichts angekommen.Wo bleibt es?", ["nichts angekommen.", "Wo bleibt es?"]),
            ("Wo ist es?Wann kommt es?", ["Wo ist es?", "Wann kommt es?"]),
            (
                "Siehe https://shop.example/a.b?c=d!e und www.x.example/q?r. Danke",
                ["Siehe https://shop.example/a.b?c=d!e und www.x.example/q?r.", "Danke"]
            ),
            (
                "Schreiben Sie an anna.m@shop.example. Danke",
                ["Schreiben Sie an anna.m@shop.example.", "Danke"]
            ),
            (
                "Es fehlen:\n- Lampe\n- Kabel\n1. Rechnung",
                ["Es fehlen:", "- Lampe", "- Kabel", "1. Rechnung"]
            ),
            (
                "Diese Zeile hat ein Programm umgebrochen, weil sie zu lang\nwar. Ende.",
                ["Diese Zeile hat ein Programm umgebrochen, weil sie zu lang\nwar.", "Ende."]
            ),
            (
                "Diese Zeile ist zwar lang, aber nach ihr kommt gleich eine leere\n\nEnde",
                ["Diese Zeile ist zwar lang, aber nach ihr kommt gleich eine leere", "Ende"]
            ),
            ("Wo ist es… Danke", ["Wo ist es…", "Danke"]),
            ("That would be best. Please cancel.", ["That would be best.", "Please cancel."]),
            ("Order no. 4711 costs 59.80 euros.", ["Order no. 4711 costs 59.80 euros."]),
            ("-----\n:-)\n???\nHallo", ["Hallo"]),
            (
                "Wann kommt das Paket und kann ich noch einen Deckel dazubestellen?",
                ["Wann kommt das Paket", "und kann ich noch einen Deckel dazubestellen?"]
            ),
            (
                "Where is my parcel, and could you also send me the invoice?",
                ["Where is my parcel,", "and could you also send me the invoice?"]
            ),
            (
                "Ich habe Tee und Tassen bestellt und seitdem nichts gehört.",
                ["Ich habe Tee und Tassen bestellt und seitdem nichts gehört."]
            ),
            ("", []), ("\n\n \n", []),
        ]
    )
    func cuts(text: String, expected: [String]) {
        #expect(sentences(text) == expected)
    }

    @Test("A text without any end is cut at blanks, and loses nothing")
    func endless() {
        let words = (0..<400).map { "wort\($0)" }
        let found = sentences(words.joined(separator: " "))
        #expect(found.allSatisfy { $0.utf8.count <= SentenceSplitter.longest + 10 })
        #expect(found.joined(separator: " ") == words.joined(separator: " "))
        let solid = String(repeating: "ü", count: 3000)
        #expect(sentences(solid).joined() == solid)
    }

    @Test(
        "Every way of writing a word is folded into one",
        arguments: [
            ("Für Größe", "fuer groesse"), ("Fu\u{308}r GRÖSSE", "fuer groesse"), ("Café  \n à", "cafe a"),
            ("geht\u{2019}s \u{201E}gut\u{201C}", "geht's \"gut\""), ("Pa\u{AD}ket\u{200B}", "paket"),
            ("ПОСЫЛКА", "посылка"), ("ß\u{1E9E}", "ssss"), ("\u{1F600}!", "\u{1F600}!"), ("", ""),
        ]
    )
    func folding(text: String, folded: String) {
        #expect(String(decoding: Folding.fold(text), as: UTF8.self) == folded)
    }
}
