// SPDX-License-Identifier: MIT

import Testing

@testable import Understanding

@Suite("Hostile texts")
struct HostileTextTests {
    private static let million = 1_000_000

    @Test(
        "Any text is read in bounded time",
        .timeLimit(.minutes(1)),
        arguments: [
            String(repeating: "Wo ist mein Paket? ", count: million / 19),
            String(repeating: "\n", count: million),
            String(repeating: "a", count: million), String(repeating: "ü", count: million / 2),
            String(repeating: "1", count: million), String(repeating: "1 ", count: million / 2),
            String(repeating: "2026-1183 ", count: million / 10),
            String(repeating: "(a<a@", count: million / 5),
            String(repeating: "a.", count: million / 2),
            String(repeating: "wenn sonst ", count: million / 11),
            String(repeating: "e\u{301}\u{302}", count: million / 5),
            String(repeating: "\u{1F468}\u{200D}", count: million / 8),
            String(repeating: "http://", count: million / 7), String(repeating: "+49 ", count: million / 4),
            String(repeating: "€$?!", count: million / 6), String(repeating: "\0", count: million), "",
        ]
    )
    func bounded(text: String) throws {
        let reader = try #require(Shipped.reader)
        let clock = ContinuousClock()
        var reading = Reading()
        let time = clock.measure { reading = reader.read(text, subject: text) }
        #expect(time < .seconds(3))
        if text.utf8.count > Reader.longestText {
            #expect(reading.isPartial)
            #expect(reading.coverage(of: Shipped.wismo) != .covered)
        }
        #expect(reading.sentences.count <= Reader.mostSentences)
        #expect(reading.findings.count <= 200)
    }

    @Test("Bytes that are no UTF-8 become replacement characters and are read")
    func invalid() throws {
        let bytes: [UInt8] =
            [0x57, 0x6F, 0xFF, 0xC3, 0x28, 0xE2, 0x82, 0xF0, 0x9F, 0x20] + Array("ist mein Paket?".utf8)
        let reading = try #require(Shipped.reader).read(String(decoding: bytes, as: UTF8.self))
        #expect(reading.sentences.count == 1)
    }
}
