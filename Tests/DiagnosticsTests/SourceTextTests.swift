// SPDX-License-Identifier: MIT

import Testing

@testable import Diagnostics

@Suite("Texts of files")
struct SourceTextTests {
    @Test(
        "Lines end at LF, CRLF or CR, and a missing final newline changes nothing",
        arguments: [
            ("", []),
            ("\n", [""]),
            ("a", ["a"]),
            ("a\n", ["a"]),
            ("a\nb", ["a", "b"]),
            ("a\r\nb\r\n", ["a", "b"]),
            ("a\rb", ["a", "b"]),
            ("a\n\r\nb", ["a", "", "b"]),
            ("\u{FEFF}a\n", ["a"]),
        ]
    )
    func lines(text: String, lines: [String]) {
        #expect(SourceText(name: "f", text: text).lines.map(String.init) == lines)
    }

    @Test("A byte that is not UTF-8 is named with its offset and place")
    func notUTF8() {
        let box = ComplaintBox()
        let bytes = Array("a: 1\nname: J".utf8) + [0xF6] + Array("rg\n".utf8)
        #expect(SourceText.decode(bytes, name: "f.yaml", into: box) == nil)
        #expect(
            box.complaints.render() == """
                f.yaml:2:8: error: byte 0xF6 at offset 12 is not UTF-8
                  |
                2 | name: J\u{FFFD}rg
                  |        ^
                help: save the file as UTF-8

                """
        )
    }

    @Test("The offset counts bytes and the column counts characters, from the first byte on")
    func offsets() {
        let box = ComplaintBox()
        #expect(SourceText.decode([0xC3, 0xA4, 0xE2, 0x82], name: "f", into: box) == nil)
        #expect(SourceText.decode([0x80], name: "g", into: box) == nil)
        #expect(
            box.complaints.sorted.map { "\($0.place): \($0.message)" } == [
                "f:1:2: byte 0xE2 at offset 2 is not UTF-8",
                "g:1:1: byte 0x80 at offset 0 is not UTF-8",
            ]
        )
    }

    @Test("UTF-16 is recognised, UTF-8 with a byte order mark is read")
    func encodings() {
        let box = ComplaintBox()
        #expect(SourceText.decode([0xFF, 0xFE, 0x61, 0x00], name: "f", into: box) == nil)
        #expect(box.complaints.render() == "f: error: the file is UTF-16\nhelp: save it as UTF-8\n")
        #expect(SourceText.decode([0xEF, 0xBB, 0xBF, 0x61], name: "f", into: box)?.text == "a")
    }
}
