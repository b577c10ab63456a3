// SPDX-License-Identifier: MIT
import Foundation
import Testing

@testable import Cases

@Suite("The signature in our Message-IDs")
struct LetterSignatureTests {
    static let key = Array(repeating: UInt8(7), count: 32)
    let signature = LetterSignature(secret: key, domain: "teeladen.example")
    var id: String { signature.messageID(case: Case.ID(4711), letter: "m17.answer") }

    @Test("A letter names its case, and we recognise it", arguments: [1, 4711, .max] as [Int64])
    func roundTrip(number: Int64) {
        let id = signature.messageID(case: Case.ID(number), letter: "m17.answer")
        #expect(signature.caseSigned(in: id) == Case.ID(number))
        #expect(id.hasSuffix("@teeladen.example"))
        #expect(id.utf8.count <= 120)
        #expect(
            id.utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "<") && $0 != UInt8(ascii: ">")
            }
        )
    }

    @Test("The same letter has the same id, another letter or case another one")
    func stable() {
        #expect(signature.messageID(case: Case.ID(4711), letter: "m17.answer") == id)
        #expect(signature.messageID(case: Case.ID(4711), letter: "m17.forward") != id)
        #expect(signature.messageID(case: Case.ID(4712), letter: "m17.answer") != id)
    }

    @Test("A relay that replaces the domain, drops it or changes the case of letters does no harm")
    func relays() throws {
        let left = try #require(id.split(separator: "@").first)
        #expect(signature.caseSigned(in: left + "@relay.example") == Case.ID(4711))
        #expect(signature.caseSigned(in: String(left)) == Case.ID(4711))
        #expect(signature.caseSigned(in: id.uppercased()) == Case.ID(4711))
    }

    @Test("Whoever changes the case, the letter or a sign of the proof is a stranger")
    func forged() {
        #expect(signature.caseSigned(in: id.replacing("ps.4711.", with: "ps.4712.")) == nil)
        for index in id.indices.prefix(while: { id[$0] != "@" }) {
            var forged = id
            forged.replaceSubrange(index...index, with: id[index] == "0" ? "1" : "0")
            #expect(signature.caseSigned(in: forged) == nil, "\(forged)")
        }
    }

    @Test("Another secret signs otherwise")
    func secret() {
        let other = LetterSignature(secret: Array(repeating: 8, count: 32), domain: "teeladen.example")
        #expect(other.caseSigned(in: id) == nil)
        #expect(other.messageID(case: Case.ID(4711), letter: "m17.answer") != id)
    }

    @Test("A new secret is long enough and never the same")
    func newSecret() {
        let secrets = (0..<8).map { _ in LetterSignature.makeSecret() }
        #expect(secrets.allSatisfy { $0.count == 32 })
        #expect(Set(secrets).count == 8)
    }

    @Test(
        "Other people's ids and garbage are not ours",
        arguments: [
            "", "@", "ps", "ps.", "ps...", "ps....", "ps.4711", "ps.4711.abc", "ps.4711.abc.def@x",
            "ps.x.y.z@teeladen.example",
            "ps.99999999999999999999.a.b@x", "CAF+abc@mail.gmail.com", "\u{0}", "ps.4711.é.é@x", "4711",
            "[#4711]",
            String(repeating: ".", count: 10_000),
        ]
    )
    func garbage(text: String) {
        #expect(signature.caseSigned(in: text) == nil)
    }
}
