// SPDX-License-Identifier: MIT

import Testing

@testable import Diagnostics

@Suite("Texts with a head")
struct HeadedTextTests {
    @Test("Head and body are told apart, and the body knows its lines")
    func parts() throws {
        let box = ComplaintBox()
        let source = SourceText(
            name: "answers/a.de.txt",
            text: "subject: Ihr Paket\r\ncovers: [wismo]\r\n---\r\nGuten Tag,\r\n\r\n---\r\nIhr {{shop}}\r\n"
        )
        let text = try #require(HeadedText.read(source, into: box))
        let head = text.head.mapping()
        #expect(head?.string("subject") == "Ihr Paket")
        #expect(head?.strings("covers") == ["wismo"])
        #expect(text.body == "Guten Tag,\n\n---\nIhr {{shop}}\n")
        #expect(text.bodyFirstLine == 4)
        box.error("unknown field `shop`", at: text.place(inBodyLine: 4, column: 7, length: 4))
        #expect(
            box.complaints.render() == """
                answers/a.de.txt:7:7: error: unknown field `shop`
                  |
                7 | Ihr {{shop}}
                  |       ^^^^

                """
        )
    }

    @Test("A line `---` at the very beginning is allowed and shifts no line")
    func openingLine() throws {
        let text = MarkedText("--- \n1️⃣subjct: x\n---\nbody")
        let box = ComplaintBox()
        let headed = try #require(HeadedText.read(text.source, into: box))
        #expect(headed.body == "body")
        #expect(headed.bodyFirstLine == 4)
        let head = headed.head.mapping()
        _ = head?.string("subject")
        head?.finish()
        #expect(
            box.complaints.all.map { "\($0.place): \($0.message)" } == [
                "\(text.at("1️⃣")): unknown key `subjct`"
            ]
        )
    }

    @Test("A missing line, a broken head and an empty head are complaints")
    func faults() {
        func lines(_ text: String) -> [String] {
            let box = ComplaintBox()
            _ = HeadedText.read(SourceText(name: "f", text: text), into: box)?.head.mapping()
            return box.complaints.all.map { "\($0.place): \($0.message)" }
        }
        let missing = "f: there is no line `---` between the head and the text"
        #expect(lines("") == [missing])
        #expect(lines("subject: x\n\ntext\n") == [missing])
        #expect(lines("---\ntext\n") == [missing])
        #expect(lines("subject: \"x\n---\ntext \"\n") == ["f:1:10: this quote is never closed"])
        #expect(lines("# nothing\n---\ntext\n") == ["f:2:1: expected keys with values, found nothing"])
        #expect(lines("subject: x\n---") == [])
    }
}
