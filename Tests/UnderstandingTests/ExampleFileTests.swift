// SPDX-License-Identifier: MIT

import Testing

@testable import Understanding

@Suite("Example files")
struct ExampleFileTests {
    private func source(
        _ text: String,
        aspect: String = "intent",
        label: String = "where_is_my_order",
        language: String = "de"
    ) -> ExampleSource {
        ExampleSource(
            name: "\(aspect)/\(label).\(language).txt",
            aspect: aspect,
            label: label,
            language: language,
            text: text
        )
    }

    private var parcels: ExampleSource {
        source("mein Paket\n# Österreich\nmein Packerl\n", aspect: "words", label: "parcel")
    }

    @Test(
        "The notation stands for these texts",
        arguments: [
            ("wo ist es", ["wo ist es"]),
            ("(wo ist|wo bleibt) es", ["wo ist es", "wo bleibt es"]),
            ("wo ist [denn] es", ["wo ist es", "wo ist denn es"]),
            (
                "(wo|wann) ist {parcel}",
                [
                    "wo ist mein Paket", "wann ist mein Paket", "wo ist mein Packerl",
                    "wann ist mein Packerl",
                ]
            ),
            ("(a|b [c])", ["a", "b", "b c"]),
            (#"\(kein\) Muster \{x\}"#, ["(kein) Muster {x}"]),
            ("Lampe (Bestellung 4711) fehlt :) oder 1)", ["Lampe Bestellung 4711 fehlt :) oder 1)"]),
            ("a | b", ["a | b"]),
        ]
    )
    func notation(line: String, texts: [String]) throws {
        let pattern = try ExamplePattern(line, words: ["parcel": ["mein Paket", "mein Packerl"]])
        #expect(Set(pattern.variants()) == Set(texts))
    }

    @Test(
        "A pattern with many texts is sampled: eight of them, always the same, of the weight of one example"
    )
    func sampling() throws {
        let line = "(a|b|c|d|e) (f|g|h|i|j) [k] (l|m)"
        let variants = try ExamplePattern(line, words: [:]).variants()
        #expect(variants.count == 8)
        #expect(Set(variants).count == 8)
        #expect(try ExamplePattern(line, words: [:]).variants() == variants)
        let weight = ExampleFile(reading: [source(line)]).examples.reduce(0) { $0 + $1.weight }
        #expect(abs(weight - 1) < 0.001)
    }

    @Test("A whole mail stands between two lines of dashes and is taken as it is; comments are not learned")
    func mails() {
        let file = ExampleFile(
            reading: [source("# note\n---\nHallo (ich),\n\n# 4711 fehlt\n---\n  \nWo ist es?\r\n#4711\n")]
        )
        #expect(file.examples.map(\.text) == ["Hallo (ich),\n\n# 4711 fehlt", "Wo ist es?"])
        #expect(file.complaints.isEmpty)
    }

    @Test(
        "A mistake is told with its place and its remedy, and costs only its line",
        arguments: [
            ("gut\nschlecht (a|b\n", 2, 10, "`(` is not closed"),
            ("gut\n[a", 2, 1, "`[` is not closed"),
            ("gut\nöö {parzel}", 2, 4, "unknown word list `parzel`"),
            ("gut\n{parcel", 2, 1, "`{` is not closed"),
            ("gut\n((((((((((a))))))))))", 2, 9, "too many brackets inside brackets"),
            ("gut\n---\nHallo", 2, 1, "this mail does not end"),
            ("gut\n---\n\n---\n", 4, 0, "there is no mail between these lines `---`"),
            ("# nichts\n", 0, 0, "there is no example in this file"),
        ]
    )
    func complaints(text: String, line: Int, column: Int, message: String) {
        let file = ExampleFile(reading: [source(text), parcels])
        #expect(file.complaints.map(\.message) == [message])
        #expect(file.complaints.first?.line == line)
        #expect(file.complaints.first?.column == column)
        #expect(file.complaints.first?.file == "intent/where_is_my_order.de.txt")
        #expect(file.examples.contains { $0.text == "gut" } == text.hasPrefix("gut"))
    }

    @Test("The complaint names the word lists there are")
    func help() {
        let file = ExampleFile(reading: [source("{parzel}"), parcels])
        #expect(
            file.complaints.first?.description == """
                intent/where_is_my_order.de.txt:1:1: unknown word list `parzel`
                help: the word lists of this language are: parcel
                """
        )
    }

    @Test(
        "A file that belongs nowhere is refused as a whole",
        arguments: [
            ("intnt", "x", "de", "unknown aspect `intnt`"),
            ("mood", "mad", "de", "`mad` is no answer to `mood`"),
            ("act", "ask", "de", "`ask` is no answer to `act`"),
            ("intent", "x", "deu", "`deu` is no language"),
        ]
    )
    func refused(aspect: String, label: String, language: String, message: String) {
        let file = ExampleFile(reading: [source("a", aspect: aspect, label: label, language: language)])
        #expect(file.complaints.map(\.message) == [message])
        #expect(file.examples.isEmpty)
    }

    @Test("A path says what a file teaches")
    func paths() {
        let source = ExampleSource(path: "/etc/x/understanding/guarded/legal.fr.txt", text: "a")
        #expect(source?.aspect == "guarded")
        #expect(source?.label == "legal")
        #expect(source?.language == "fr")
        #expect(ExampleSource(path: "guarded/legal.txt", text: "") == nil)
        #expect(ExampleSource(path: "legal.fr.txt", text: "") == nil)
    }

    @Test("The shipped files have no mistakes")
    func shipped() {
        #expect(Shipped.training.complaints.isEmpty)
        #expect(Shipped.training.model.exampleCount > 1000)
    }
}
