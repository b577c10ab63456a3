// SPDX-License-Identifier: MIT

import Testing

@testable import Diagnostics

@Suite("Complaints as people read them")
struct ComplaintTests {
    @Test("A complaint shows place, message, the line with carets, and the way out")
    func form() {
        let text = String(repeating: "#\n", count: 13) + "      intnet: where_is_my_order\n"
        let source = SourceText(name: "rules/20-wismo.yaml", text: text)
        let complaint = Complaint(
            .error,
            "unknown condition `intnet`",
            at: source.place(line: 14, column: 7, length: 6),
            helps: ["did you mean `intent`?"]
        )
        #expect(
            source.render(complaint) == """
                rules/20-wismo.yaml:14:7: error: unknown condition `intnet`
                   |
                14 |       intnet: where_is_my_order
                   |       ^^^^^^
                help: did you mean `intent`?
                """
        )
    }

    @Test("A complaint about a file as a whole has no line")
    func wholeFile() {
        let source = SourceText(name: "a.yaml", text: "")
        #expect(
            source.render(Complaint(.warning, "the file is empty", at: source.wholeFile))
                == "a.yaml: warning: the file is empty"
        )
    }

    @Test(
        "Carets stand under the word whatever is written before it",
        arguments: [
            ("ab: 1️⃣cd", "1 | ab: cd\n  |     ^^"),
            ("äöü: 1️⃣cd", "1 | äöü: cd\n  |      ^^"),
            ("a\u{308}: 1️⃣cd", "1 | a\u{308}: cd\n  |    ^^"),
            ("\t1️⃣cd", "1 |     cd\n  |     ^^"),
            ("a\tb\t1️⃣cd", "1 | a    b    cd\n  |           ^^"),
            ("注文: 1️⃣cd", "1 | 注文: cd\n  |       ^^"),
            ("📦❤️👨‍👩‍👧: 1️⃣cd", "1 | 📦❤️👨‍👩‍👧: cd\n  |         ^^"),
            ("\u{1B}[31m\u{202E}: 1️⃣cd", "1 | ␛[31m\u{FFFD}: cd\n  |         ^^"),
        ]
    )
    func carets(marked: String, expected: String) throws {
        let text = MarkedText(marked, name: "f")
        let column = try #require(text.spots["1️⃣"]?.split(separator: ":").last.flatMap { Int($0) })
        let complaint = Complaint(.error, "x", at: text.source.place(line: 1, column: column, length: 2))
        #expect(text.source.render(complaint) == "f:1:\(column): error: x\n  |\n" + expected)
    }

    @Test("A wide word has carets under all of its cells, a point behind the text has one")
    func caretWidth() {
        let source = SourceText(name: "f", text: "注文\r\nab")
        #expect(
            source.render(Complaint(.error, "x", at: source.place(line: 1, column: 1, length: 2)))
                == "f:1:1: error: x\n  |\n1 | 注文\n  | ^^^^"
        )
        #expect(
            source.render(Complaint(.error, "x", at: source.place(line: 2, column: 3, length: 0)))
                == "f:2:3: error: x\n  |\n2 | ab\n  |   ^"
        )
        #expect(
            source.render(Complaint(.error, "x", at: source.place(line: 3, column: 1)))
                == "f:3:1: error: x\n  |\n3 |\n  | ^"
        )
    }

    @Test("A line of 10,000 characters is shown as a window around the fault")
    func window() {
        let source = SourceText(
            name: "f",
            text: String(repeating: "a", count: 5000) + "BAD" + String(repeating: "z", count: 4997)
        )
        let middle = Complaint(.error, "x", at: source.place(line: 1, column: 5001, length: 3))
        let a = String(repeating: "a", count: 40)
        let z = String(repeating: "z", count: 55)
        #expect(
            source.render(middle) == """
                f:1:5001: error: x
                  |
                1 | …\(a)BAD\(z)…
                  | \(String(repeating: " ", count: 41))^^^
                """
        )
        let begin = Complaint(.error, "x", at: source.place(line: 1, column: 3, length: 9999))
        #expect(
            source.render(begin) == """
                f:1:3: error: x
                  |
                1 | \(String(repeating: "a", count: 99))…
                  |   \(String(repeating: "^", count: 97))
                """
        )
        let end = Complaint(.error, "x", at: source.place(line: 1, column: 10_001, length: 1))
        #expect(
            source.render(end) == """
                f:1:10001: error: x
                  |
                1 | …\(String(repeating: "z", count: 40))
                  | \(String(repeating: " ", count: 41))^
                """
        )
    }

    @Test("A warning about a hidden rule shows both places, also in two files")
    func twoPlaces() {
        let first = SourceText(name: "rules/10-a.yaml", text: "rules:\n  - name: All\n")
        let second = SourceText(name: "rules/20-b.yaml", text: "rules:\n  - name: Late\n")
        let box = ComplaintBox()
        box.know(first)
        box.know(second)
        box.warning(
            "this rule can never match",
            at: second.place(line: 2, column: 11, length: 4),
            help: "move it before `All`",
            notes: [
                Complaint.Note("this rule is reached first", at: first.place(line: 2, column: 11, length: 3))
            ]
        )
        #expect(
            box.complaints.render() == """
                rules/20-b.yaml:2:11: warning: this rule can never match
                  |
                2 |   - name: Late
                  |           ^^^^
                rules/10-a.yaml:2:11: note: this rule is reached first
                  |
                2 |   - name: All
                  |           ^^^
                help: move it before `All`

                """
        )
        #expect(!box.complaints.hasErrors)
    }

    @Test("All complaints of all files come sorted by file and line, and are counted in one line")
    func sorting() {
        let box = ComplaintBox()
        let one = SourceText(name: "b.yaml", text: "x\ny\n")
        let two = SourceText(name: "a.yaml", text: "x\ny\n")
        box.error("fifth", at: one.place(line: 2, column: 1))
        box.error("second", at: two.place(line: 1, column: 1))
        box.error("fourth", at: one.place(line: 1, column: 1))
        box.warning("third", at: two.place(line: 2, column: 1))
        box.error("first", at: two.wholeFile)
        #expect(box.complaints.sorted.map(\.message) == ["first", "second", "third", "fourth", "fifth"])
        #expect(box.complaints.summary == "4 errors, 1 warning in 2 files")
        #expect(
            box.complaints.render(limit: 2)
                == "a.yaml: error: first\n\na.yaml:1:1: error: second\n\n… and 3 more\n"
        )
    }

    @Test("The count knows one from many")
    func summary() {
        var complaints = Complaints()
        #expect(complaints.summary == "no complaints")
        #expect(complaints.render() == "")
        complaints.append(Complaint(.warning, "x", at: Place(file: "f")))
        #expect(complaints.summary == "1 warning in 1 file")
    }

    @Test("Programs get the complaints as JSON, one object per line")
    func json() {
        let box = ComplaintBox()
        let source = SourceText(name: "a\"b.yaml", text: "x\n")
        box.error(
            "bad\u{1B}\n\\",
            at: source.place(line: 1, column: 1),
            help: "ä",
            notes: [Complaint.Note("n", at: source.wholeFile)]
        )
        box.warning("w", at: source.wholeFile)
        #expect(
            box.complaints.json() == #"""
                [
                  {"file": "a\"b.yaml", "line": null, "column": null, "severity": "warning", "message": "w", "help": null, "notes": []},
                  {"file": "a\"b.yaml", "line": 1, "column": 1, "severity": "error", "message": "bad\u001B\n\\", "help": "ä", "notes": [{"file": "a\"b.yaml", "line": null, "column": null, "message": "n"}]}
                ]

                """#
        )
        #expect(Complaints().json() == "[]\n")
    }

    @Test("A file name cannot play tricks on the terminal")
    func fileName() {
        let source = SourceText(name: "a\u{1B}[2J.yaml", text: "")
        #expect(source.render(Complaint(.error, "x", at: source.wholeFile)) == "a␛[2J.yaml: error: x")
    }
}
