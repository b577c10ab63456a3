// SPDX-License-Identifier: MIT

import Testing

@testable import Diagnostics

enum Mode: String, CaseIterable {
    case observe, draft, send
}

@Suite("Typed reading of YAML")
struct YAMLReadingTests {
    @Test("Five faults in one file come in one run, in the order of the file")
    func everything() {
        let text = MarkedText(
            """
            # Größenordnung: 注文
            rules:
              - name: Paket unterwegs
                on: message
                3️⃣moode: angry
                after: 1️⃣drei Tage
                limit: 2️⃣abc
                mode: 4️⃣snd
              - 5️⃣on: message

            """
        )
        let result = complaints(text) { root in
            guard let map = root.mapping() else { return }
            for item in map.list("rules") ?? [] {
                guard let rule = item.mapping() else { continue }
                _ = rule.string("name", required: true)
                #expect(rule.string("on") == "message")
                _ = rule.duration("after")
                _ = rule.int("limit")
                _ = rule.choice("mode", of: Mode.self)
                _ = rule.string("mood")
                rule.finish(noun: "condition")
            }
            map.finish()
        }
        #expect(
            result == """
                \(text.at("3️⃣")): error: unknown condition `moode`
                  |
                5 |     moode: angry
                  |     ^^^^^
                help: did you mean `mood`?

                \(text.at("1️⃣")): error: expected a duration, found the text "drei Tage"
                  |
                6 |     after: drei Tage
                  |            ^^^^^^^^^
                help: write it like `90 s`, `10 min`, `4 h`, `3 days` or `2 weeks`

                \(text.at("2️⃣")): error: expected a whole number, found the word "abc"
                  |
                7 |     limit: abc
                  |            ^^^

                \(text.at("4️⃣")): error: unknown value for `mode`: `snd`
                  |
                8 |     mode: snd
                  |           ^^^
                help: did you mean `send`?

                \(text.at("5️⃣")): error: `name` is missing
                  |
                9 |   - on: message
                  |     ^^
                help: add a line `name: …`

                """
        )
    }

    @Test("Keys and texts are what was written: YAML's own ideas of yes, numbers and dates do not apply")
    func asWritten() {
        let box = ComplaintBox()
        let text = """
            on: no
            yes: 0123
            1: 1_000
            07:30: 2026-11-21
            '1.10': 1.10
            list: [NO, 0x1F, "null", 1e3, 12:30:45, ~x, +49 40 1]
            text: |
              a
               b
            """
        let map = YAML.root(of: SourceText(name: "f", text: text), into: box)?.mapping()
        #expect(map?.entries.map(\.key) == ["on", "yes", "1", "07:30", "1.10", "list", "text"])
        #expect(map?.string("on") == "no")
        #expect(map?.string("yes") == "0123")
        #expect(map?.string("1") == "1_000")
        #expect(map?.string("07:30") == "2026-11-21")
        #expect(map?.string("1.10") == "1.10")
        #expect(map?.strings("list") == ["NO", "0x1F", "null", "1e3", "12:30:45", "~x", "+49 40 1"])
        #expect(map?.strings("on") == ["no"])
        #expect(map?.string("text") == "a\n b")
        map?.finish()
        #expect(box.complaints.render() == "")
    }

    /// What reading `value` under the key `k` complains about, without place, and the help.
    private func complaint<Value>(_ value: String, _ read: (YAMLField) -> Value?) -> [String] {
        let text = MarkedText("k: 1️⃣\(value)\n")
        return headlines(text) { root in
            if let field = root.mapping()?.field("k") { #expect(read(field) == nil) }
        }
        .map { $0.hasPrefix(text.at("1️⃣")) ? String($0.dropFirst(text.at("1️⃣").count + 9)) : $0 }
    }

    private func value<Value>(_ value: String, _ read: (YAMLField) -> Value?) -> Value? {
        let box = ComplaintBox()
        let root = YAML.root(of: SourceText(name: "f", text: "k: \(value)\n"), into: box)
        let result = root?.mapping()?.field("k").flatMap(read)
        #expect(box.complaints.render() == "")
        return result
    }

    @Test("A wrong type says what was expected and what was found")
    func wrongTypes() {
        #expect(complaint("[a]") { $0.string() } == ["expected a text, found a list"])
        #expect(complaint("{a: 1}") { $0.string() } == ["expected a text, found a group of keys"])
        #expect(complaint("''") { $0.string() } == ["expected a text, found an empty text"])
        #expect(complaint("~") { $0.string() } == ["expected a text, found nothing"])
        #expect(
            complaint("null") { $0.string() } == [
                "`null` can mean the word or no value at all",
                "help: write `\"null\"` for the word, or leave the line out",
            ]
        )
        #expect(
            complaint("12") { $0.mapping() } == [
                "expected keys with values, found the number 12", "help: write `key: value`",
            ]
        )
        #expect(
            complaint("\"12\"") { $0.list() } == [
                "expected a list, found the word \"12\"", "help: begin each item with `- `",
            ]
        )
        #expect(complaint("maybe") { $0.bool() } == ["expected `yes` or `no`, found the word \"maybe\""])
    }

    @Test("A key with nothing behind it is shown itself, an empty item is shown at its dash")
    func nothing() {
        let text = MarkedText("1️⃣name:\nlist:\n  - a\n  2️⃣-\n")
        let lines = headlines(text) { root in
            let map = root.mapping()
            #expect(map?.string("name") == nil)
            #expect(map?.strings("list") == nil)
        }
        #expect(
            lines == [
                "\(text.at("1️⃣")): error: expected a text, found nothing",
                "\(text.at("2️⃣")): error: expected a text, found nothing",
            ]
        )
    }

    @Test("Whole numbers are decimal digits within the limits")
    func integers() {
        #expect(value("993") { $0.int() } == 993)
        #expect(value("-5") { $0.int() } == -5)
        #expect(value("0") { $0.int(in: 0...1) } == 0)
        #expect(value("'12'") { $0.int() } == 12)
        #expect(complaint("abc") { $0.int() } == ["expected a whole number, found the word \"abc\""])
        #expect(complaint("1.5") { $0.int() } == ["expected a whole number, found the number 1.5"])
        #expect(
            complaint("017") { $0.int() } == [
                "expected a whole number, found the number 017", "help: write `17`",
            ]
        )
        #expect(
            complaint("1_000") { $0.int() } == [
                "expected a whole number, found the number 1_000", "help: write `1000`",
            ]
        )
        #expect(complaint("0x1F") { $0.int() } == ["expected a whole number, found the word \"0x1F\""])
        #expect(complaint("'-'") { $0.int() } == ["expected a whole number, found the word \"-\""])
        #expect(
            complaint("99999999999999999999") { $0.int() }
                == ["expected a whole number, found the number 99999999999999999999"]
        )
        #expect(
            complaint("200") { $0.int(in: 1...100) }
                == ["expected a whole number from 1 to 100, found the number 200"]
        )
        #expect(
            complaint("0") { $0.int(in: 1 ... .max) } == [
                "expected a whole number from 1, found the number 0"
            ]
        )
    }

    @Test("Numbers with decimals have a point")
    func numbers() {
        #expect(value("0.95") { $0.number(in: 0...1) } == 0.95)
        #expect(value("-3") { $0.number() } == -3)
        #expect(
            complaint("0,95") { $0.number() } == [
                "expected a number, found the number 0,95", "help: write `0.95`",
            ]
        )
        #expect(complaint("abc") { $0.number() } == ["expected a number, found the word \"abc\""])
        #expect(complaint(".inf") { $0.number() } == ["expected a number, found the word \".inf\""])
        #expect(
            complaint("2") { $0.number(in: 0...1) } == ["expected a number from 0 to 1, found the number 2"]
        )
    }

    @Test(
        "Yes and no may be written in every usual way",
        arguments: ["yes", "true", "on", "Yes", "TRUE", "\"on\""]
    )
    func yes(text: String) {
        #expect(value(text) { $0.bool() } == true)
    }

    @Test("Yes and no may be written in every usual way", arguments: ["no", "false", "off", "NO", "False"])
    func no(text: String) {
        #expect(value(text) { $0.bool() } == false)
    }

    @Test(
        "Durations are read as people write them",
        arguments: [
            ("90 s", 90), ("90s", 90), ("1 second", 1), ("10 min", 600), ("5m", 300), ("4h", 14_400),
            ("1 Hour", 3600),
            ("3 days", 259_200), ("1 day", 86_400), ("3d", 259_200), ("2 weeks", 1_209_600), ("0", 0),
            ("0 s", 0),
            ("1 h 30 min", 5400), ("1h30m", 5400), ("3653 days", 315_619_200),
        ]
    )
    func durations(text: String, seconds: Int) {
        #expect(value(text) { $0.duration() } == .seconds(seconds))
    }

    @Test(
        "A duration without a unit, with a fraction or a sign is answered with examples",
        arguments: ["3", "1.5 h", "-3 days", "days", "3 days ago 4", "3 days, 4 h", "[a]"]
    )
    func badDurations(text: String) {
        let lines = complaint(text) { $0.duration() }
        #expect(lines.first?.hasPrefix("expected a duration, found ") == true)
        #expect(lines.last == "help: \(WrittenDuration.help)")
    }

    @Test("An unknown unit is pointed at, also within quotes")
    func unknownUnit() {
        let text = MarkedText("a: 3 1️⃣dayz\nb: '10 2️⃣Tage'\nc: 4000 days\n")
        let lines = headlines(text) { root in
            let map = root.mapping()
            for key in ["a", "b", "c"] { #expect(map?.duration(key) == nil) }
        }
        #expect(
            lines == [
                "\(text.at("1️⃣")): error: unknown unit of time `dayz`", "help: did you mean `days`?",
                "\(text.at("2️⃣")): error: unknown unit of time `Tage`", "help: \(WrittenDuration.help)",
                "rules/a.yaml:3:4: error: expected a duration of at most 10 years, found the text \"4000 days\"",
            ]
        )
    }

    @Test("A time of day has hours and minutes")
    func timeOfDay() {
        #expect(value("07:30") { $0.timeOfDay() }?.description == "07:30")
        #expect(value("7:05") { $0.timeOfDay() }?.description == "07:05")
        #expect(value("\"23:59\"") { $0.timeOfDay() }?.hour == 23)
        for wrong in ["24:00", "7", "7:5", "07:60", "+7:30", "07:30:00", "seven"] {
            let lines = complaint(wrong) { $0.timeOfDay() }
            #expect(lines.first?.hasPrefix("expected a time of day, found ") == true)
            #expect(lines.last == "help: write it like `07:30`")
        }
    }

    @Test("A word out of a closed list is answered with the closest, else with the list")
    func closedLists() {
        #expect(value("draft") { $0.oneOf(["observe", "draft"]) } == "draft")
        #expect(value("send") { $0.choice(of: Mode.self) } == .send)
        #expect(value("[send, draft]") { $0.choices(of: Mode.self) } == [.send, .draft])
        #expect(value("send") { $0.choices(of: Mode.self) } == [.send])
        #expect(
            complaint("Draft") { $0.choice(of: Mode.self) } == [
                "unknown value for `k`: `Draft`", "help: did you mean `draft`?",
            ]
        )
        #expect(
            complaint("yes") { $0.choice(of: Mode.self) } == [
                "unknown value for `k`: `yes`", "help: use one of `observe`, `draft`, `send`",
            ]
        )
        let text = MarkedText("k: [send, 1️⃣snd, 2️⃣[x]]\n")
        let lines = headlines(text) { #expect($0.mapping()?.choices("k", of: Mode.self) == nil) }
        #expect(
            lines == [
                "\(text.at("1️⃣")): error: unknown value for `k`: `snd`", "help: did you mean `send`?",
                "\(text.at("2️⃣")): error: expected a word, found a list",
                "help: use one of `observe`, `draft`, `send`",
            ]
        )
    }

    @Test("A removed key says since when and what replaced it, a present key is not suggested")
    func removedKeys() {
        let text = MarkedText("1️⃣old: 1\nname: x\n2️⃣nam: y\n3️⃣x-note: z\nextra: 1\n")
        let lines = headlines(text) { root in
            let map = root.mapping()
            _ = map?.string("name")
            _ = map?.string("new")
            map?.finish(known: ["extra"], removed: ["old": "since 0.3 write `new`"])
        }
        #expect(
            lines == [
                "\(text.at("1️⃣")): error: the key `old` was removed", "help: since 0.3 write `new`",
                "\(text.at("2️⃣")): error: unknown key `nam`", "help: did you mean `name`?",
                "\(text.at("3️⃣")): error: unknown key `x-note`", "help: use one of `name`, `new`, `extra`",
            ]
        )
    }

    @Test(
        "A file that holds nothing says so",
        arguments: ["", "\n\n", "# only a comment\n", "---\n", "\u{FEFF}"]
    )
    func empty(text: String) {
        let box = ComplaintBox()
        let root = YAML.root(of: SourceText(name: "f", text: text), into: box)
        #expect(root?.isEmpty == true)
        #expect(box.complaints.isEmpty)
        #expect(root?.mapping() == nil)
        #expect(box.complaints.render() == "f: error: the file is empty\n")
    }

    @Test("A place knows its key, its value, and a part of its text")
    func places() {
        let box = ComplaintBox()
        let text = "größe: 'ab cd' # x\nurl: a b\n  c\nesc: \"a\\tb c\"\nblock: |-\n  ab\n"
        let map = YAML.root(of: SourceText(name: "f", text: text), into: box)?.mapping()
        #expect(map?.place(of: "größe").range == SourceRange(line: 1, column: 1, length: 5))
        #expect(map?.field("größe")?.place.range == SourceRange(line: 1, column: 8, length: 7))
        #expect(
            map?.field("größe")?.place(ofPartAt: 3, length: 2).range
                == SourceRange(line: 1, column: 12, length: 2)
        )
        #expect(map?.field("url")?.place.range == SourceRange(line: 2, column: 6, length: 3))
        #expect(
            map?.field("esc")?.place(ofPartAt: 4, length: 1).range
                == SourceRange(line: 4, column: 6, length: 8)
        )
        #expect(map?.field("block")?.place.range == SourceRange(line: 5, column: 8, length: 2))
        #expect(map?.place(of: "absent") == map?.place)
    }
}
