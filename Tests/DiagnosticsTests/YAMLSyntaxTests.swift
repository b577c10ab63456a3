// SPDX-License-Identifier: MIT

import Testing

@testable import Diagnostics

@Suite("Faults in the syntax of YAML")
struct YAMLSyntaxTests {
    @Test("An unclosed quote is shown where it was opened")
    func unclosedQuote() {
        let text = MarkedText("name: 1️⃣\"Paket ist da\non: message\n")
        #expect(
            complaints(text) == """
                \(text.at("1️⃣")): error: this quote is never closed
                  |
                1 | name: "Paket ist da
                  |       ^
                help: close the text with `"`

                """
        )
    }

    @Test("A line that is indented wrongly is shown together with the group it should fit")
    func indentation() {
        let text = MarkedText("2️⃣when:\n    intent: x\n  1️⃣mood: y\n")
        #expect(
            complaints(text) == """
                \(text.at("1️⃣")): error: this line does not fit the lines above it
                  |
                3 |   mood: y
                  |   ^^^^^^^
                \(text.at("2️⃣")): note: its group begins here
                  |
                1 | when:
                  | ^
                help: begin it in the same column as the other keys of its group

                """
        )
    }

    @Test("A tab used for indentation is called a tab")
    func tab() {
        let text = MarkedText("when:\n1️⃣\tintent: x\n")
        #expect(
            complaints(text) == """
                \(text.at("1️⃣")): error: a tab is used for indentation
                  |
                2 |     intent: x
                  | ^^^^
                help: use ordinary spaces

                """
        )
    }

    @Test(
        "Every usual slip has a sentence of its own, at its exact place",
        arguments: [
            ("a: 1️⃣'x\nb: 1", "this quote is never closed"),
            ("name: Paket1️⃣: wo", "a second `:` on the line"),
            ("größe: 注文 ä1️⃣: wo", "a second `:` on the line"),
            ("a: b\n  c1️⃣: d", "a `:` is not possible here, the line above already has its value"),
            ("a: 1\n1️⃣foo\nb: 2", "a `:` is missing after this key"),
            ("a: \"x\" 1️⃣y", "text after the end of the value"),
            ("a: 'it'1️⃣s'", "text after the end of the value"),
            ("- a\n1️⃣b: 1", "this line does not fit the list above it"),
            ("a: 1️⃣[b, c\nd: 1", "this `[` is never closed"),
            ("a: 1️⃣{b: c", "this `{` is never closed"),
            ("a: [b1️⃣}", "a `,` or `]` is missing before this"),
            ("from: 1️⃣@example.de", "a value cannot begin with `@`"),
            ("from: 1️⃣*@example.de", "a value cannot begin with `*`"),
            ("from: 1️⃣*anna", "a value cannot begin with `*`"),
            ("a: 1️⃣& co", "a value cannot begin with `&`"),
            ("a: 1️⃣%x", "a value cannot begin with `%`"),
            ("a: 1️⃣`x`", "a value cannot begin with a backtick"),
            ("after: 1️⃣> 3 days", "a value cannot begin with `>`"),
            ("a: \"1️⃣\\d\"", "unknown escape after `\\` in a text in double quotes"),
            ("a: 1️⃣- b", "a list cannot begin here"),
            ("a: 1️⃣]", "a value is missing here"),
            ("a: [b, 1️⃣", "the closing `]` or `}` is missing"),
            ("a: {1️⃣", "the closing `]` or `}` is missing"),
            ("1️⃣: b", "a key is missing before the `:`"),
            ("a: 1\n1️⃣---\nb: 2", "a second document begins here"),
            ("\"a\" 1️⃣b", "this does not belong to anything above it"),
            ("a: |\n  x\n1️⃣\ty", "a tab is used for indentation"),
            ("a:\n  b: 1\n1️⃣\u{A0}\u{A0}c", "a no-break space (U+00A0) is used for indentation"),
            ("a: \u{A0}1️⃣\u{7}b", "invisible character U+0007"),
            ("a: b1️⃣\u{2028}", "invisible character U+2028"),
            ("a: b\u{301}1️⃣\u{FEFF}", "invisible character U+FEFF"),
            ("a: 1️⃣!new x", "tags (`!name`) are not supported"),
            ("1️⃣[a]: x", "a key must be a word"),
            ("1️⃣%FOO", nil),
        ] as [(String, String?)]
    )
    func sentences(marked: String, sentence: String?) {
        for ending in ["", "\n", "\r\n"] {
            let text = MarkedText(
                ending == "\r\n" ? marked.replacing("\n", with: "\r\n") + ending : marked + ending
            )
            let lines = headlines(text)
            if let sentence {
                #expect(lines.first == "\(text.at("1️⃣")): error: \(sentence)")
            } else {
                #expect(
                    lines == ["\(text.source.name):1:5: error: not valid YAML: found unknown directive name"]
                )
            }
        }
    }

    @Test("A byte order mark shifts no column, CRLF shifts no line")
    func marks() {
        let text = MarkedText("\u{FEFF}a: 1\r\nb: x1️⃣: y\r\n")
        #expect(headlines(text).first == "rules/a.yaml:2:5: error: a second `:` on the line")
        let first = SourceText(name: "f", text: "\u{FEFF}a: [b\n")
        let box = ComplaintBox()
        #expect(YAML.root(of: first, into: box) == nil)
        #expect(box.complaints.all.map(\.place.description) == ["f:1:4"])
    }

    @Test("A double key is shown with the one before it, and hides nothing that follows")
    func doubleKeys() {
        let text = MarkedText("2️⃣größe: 1\n1️⃣größe: 2\n'on': {4️⃣c: 1, 3️⃣c: 2}\n5️⃣unknwon: 1\n")
        let result = complaints(text) { root in
            let map = root.mapping()
            _ = map?.int("größe")
            #expect(map?.field("on")?.mapping()?.int("c") == 1)
            #expect(map?.string("unknown") == nil)
            map?.finish()
        }
        #expect(
            result == """
                \(text.at("1️⃣")): error: the key `größe` stands twice in its group
                  |
                2 | größe: 2
                  | ^^^^^
                \(text.at("2️⃣")): note: it stands here first
                  |
                1 | größe: 1
                  | ^^^^^
                help: keep one of them

                \(text.at("3️⃣")): error: the key `c` stands twice in its group
                  |
                3 | 'on': {c: 1, c: 2}
                  |              ^
                \(text.at("4️⃣")): note: it stands here first
                  |
                3 | 'on': {c: 1, c: 2}
                  |        ^
                help: keep one of them

                \(text.at("5️⃣")): error: unknown key `unknwon`
                  |
                4 | unknwon: 1
                  | ^^^^^^^
                help: did you mean `unknown`?

                """
        )
    }

    @Test("More double keys than can be untangled are still named with their places")
    func manyDoubleKeys() {
        let text = MarkedText((0..<30).map { "k\($0): {a: 1, a: 2}\n" }.joined())
        let lines = headlines(text).filter { !$0.hasPrefix("help") }
        #expect(lines.count == YAMLComposition.readings + 1)
        #expect(lines.allSatisfy { $0.hasSuffix("error: this key stands more than once in its group") })
        #expect(lines.first == "rules/a.yaml:1:6: error: this key stands more than once in its group")
    }

    @Test("Anchors and aliases are refused, once")
    func anchors() {
        let text = MarkedText("a: 1️⃣&base\n  x: 1\nb: *base\nc: *base\n")
        #expect(
            headlines(text) == [
                "\(text.at("1️⃣")): error: anchors (`&name`) and aliases (`*name`) are not supported",
                "help: write the value where it is needed, or in quotes if it is a text that begins with `&`",
            ]
        )
    }

    @Test("A billion laughs end in a complaint, at once", .timeLimit(.minutes(1)))
    func billionLaughs() {
        let inValues = (0..<12).map { level in
            "a\(level): &a\(level) [\((0..<9).map { _ in level == 0 ? "ha" : "*a\(level - 1)" }.joined(separator: ", "))]\n"
        }
        #expect(
            headlines(MarkedText(inValues.joined())).first
                == "rules/a.yaml: error: the file uses anchors (`&name`) and 99 aliases (`*name`); they are not supported"
        )
        let inKeys = (0..<15).map { "a\($0): &a\($0) [\($0 == 0 ? "ha" : "*a\($0 - 1), *a\($0 - 1)")]\n" }
        #expect(headlines(MarkedText(inKeys.joined() + "? *a14\n: x\n")).count == 30)
    }

    @Test("Fifty levels may stand in each other, not one more", .timeLimit(.minutes(1)))
    func depth() {
        func nested(_ levels: Int) -> MarkedText {
            MarkedText(String(repeating: "[", count: levels) + String(repeating: "]", count: levels))
        }
        let sentence = "error: lists and groups stand in each other more than 50 deep"
        #expect(complaints(nested(50)) == "")
        #expect(headlines(nested(51)) == ["rules/a.yaml:1:51: \(sentence)"])
        #expect(headlines(nested(900)) == ["rules/a.yaml:1:51: \(sentence)"])
        #expect(headlines(nested(100_000)).map { $0.hasSuffix(sentence) } == [true])
        #expect(
            headlines(MarkedText(String(repeating: "- ", count: 50_000))).map { $0.hasSuffix(sentence) } == [
                true
            ]
        )
    }

    @Test("A file above 1 MiB is refused, one of 1 MiB is read", .timeLimit(.minutes(1)))
    func size() {
        let full = "a: " + String(repeating: "x", count: SourceText.sizeLimit - 3)
        #expect(headlines(MarkedText("")).isEmpty)
        for (text, expected) in [(full, []), (full + "x", ["error: the file is larger than 1 MiB"])] {
            let box = ComplaintBox()
            _ = YAML.root(of: SourceText(name: "f", text: text), into: box)
            #expect(box.complaints.all.map { "\($0.severity): \($0.message)" } == expected)
        }
    }

    @Test("One line of many values costs no more than many lines", .timeLimit(.minutes(1)))
    func oneLine() {
        let box = ComplaintBox()
        let text = "[" + (0..<20_000).map { "{'k': ab}, \($0)" }.joined(separator: ", ") + "]"
        let items = YAML.root(of: SourceText(name: "f", text: text), into: box)?.list()
        #expect(items?.count == 40_000)
        #expect(items?.last?.writtenText == "19999")
    }
}
