// SPDX-License-Identifier: MIT

import Testing

@testable import Understanding

@Suite("The model")
struct ModelTests {
    private static let sources = [
        (
            "intent", "where_is_my_order", "de",
            "Wo bleibt mein Paket?\nWann kommt die Lieferung?\nwo ist meine Sendung"
        ),
        ("intent", "where_is_my_order", "en", "Where is my parcel?\nWhen will my order arrive?"),
        (
            "intent", "invoice_request", "de",
            "Bitte schicken Sie mir die Rechnung.\nIch brauche eine Rechnung."
        ),
        ("intent", "invoice_request", "en", "Please send me the invoice.\nI need a receipt."),
        ("intent", "background", "de", "Guten Tag\nMit freundlichen Grüßen\nIch habe am 3. Mai bestellt."),
        ("intent", "background", "en", "Hello\nKind regards\nI ordered it last week."),
        ("mood", "angry", "de", "Das ist eine Frechheit!"), ("mood", "calm", "de", "Danke für Ihre Mühe."),
    ].map { aspect, label, language, text in
        ExampleSource(
            name: "\(aspect)/\(label).\(language).txt",
            aspect: aspect,
            label: label,
            language: language,
            text: text
        )
    }

    @Test("The same files make the same model, in whatever order they come")
    func deterministic() {
        let first = Model.train(on: Self.sources).model
        let second = Model.train(on: Self.sources.reversed()).model
        #expect(first.digest == second.digest)
        #expect(first.sourceDigest == second.sourceDigest)
        #expect(first.sourceDigest == Model.digest(of: Self.sources))
        let fewer = Model.train(on: Array(Self.sources.dropLast())).model
        #expect(fewer.digest != first.digest)
        #expect(fewer.sourceDigest != first.sourceDigest)
    }

    @Test("A kept model reads as the learned one does")
    func kept() throws {
        let model = Model.train(on: Self.sources).model
        let again = try Model(decoding: model.encoded(), sourceDigest: model.sourceDigest)
        #expect(again.digest == model.digest)
        let text = "Guten Tag, wo bleiben meine Pakete? Grüße"
        #expect(try Reader(model: again).read(text) == Reader(model: model).read(text))
    }

    @Test("A kept model that is damaged, cut or of other files is refused")
    func damaged() {
        let model = Model.train(on: Self.sources).model
        let bytes = model.encoded()
        #expect(throws: ModelError.outdated) { try Model(decoding: bytes, sourceDigest: "other") }
        for cut in [0, 7, 8, 100, 200, 500, bytes.count - 1] {
            #expect(throws: ModelError.unreadable) {
                try Model(decoding: Array(bytes[..<cut]), sourceDigest: model.sourceDigest)
            }
        }
        for place in [3, 60, 90, 150, bytes.count - 2] {
            var changed = bytes
            changed[place] ^= 0x40
            #expect(throws: ModelError.self) {
                try Model(decoding: changed, sourceDigest: model.sourceDigest)
            }
        }
    }

    @Test("A model learned from nothing reads without concerns")
    func empty() throws {
        let reading = try Reader(model: Model.train(on: []).model).read("Wo ist mein Paket? 12.11.2026")
        #expect(reading.language == nil)
        #expect(reading.sentences.count == 2)
        #expect(reading.coverage(of: Shipped.wismo) != .covered)
    }

    @Test("A few examples are enough to tell concerns and languages apart")
    func few() throws {
        let reader = try Reader(model: Model.train(on: Self.sources).model)
        let reading = reader.read("Wo bleiben meine Pakete?")
        #expect(reading.intents.first?.name == "where_is_my_order")
        #expect(reading.language == "de")
        #expect(reader.read("Please send an invoice").intents.first?.name == "invoice_request")
        #expect(reader.read("Please send an invoice").language == "en")
    }
}
