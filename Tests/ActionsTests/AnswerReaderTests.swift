// SPDX-License-Identifier: MIT
import Orders
import Testing

@testable import Actions

@Suite("Complaints about answer files")
struct AnswerReaderTests {
    @Test("An answer is read with all its languages")
    func reading() throws {
        let (answers, complaints) = read(
            (
                "rules/answers/wismo-moving.de.txt",
                """
                subject: "Re: {{subject}}"
                covers: where_is_my_order
                situations: [moving, handed_over]
                max_age: 12 h
                threshold: 0.9
                veto: [rechnung, storn]
                ---
                Guten Tag {{name}},
                """
            ),
            (
                "rules/answers/wismo-moving.en.txt",
                """
                ---
                subject: Your order
                covers: [where_is_my_order]
                situations: [handed_over, moving]
                max_age: 12 h
                veto: [invoice, storn]
                ---
                Hello {{name}},
                """
            )
        )
        #expect(complaints.isEmpty)
        let answer = try #require(answers["wismo-moving"])
        #expect(answers.count == 1)
        #expect(answer.covers == ["where_is_my_order"] && answer.situations == [.moving, .handedOver])
        #expect(answer.maxAge == 12 * 3600 && answer.threshold == 0.9)
        #expect(answer.veto == ["rechnung", "storn", "invoice"])
        #expect(answer.texts.keys.sorted() == ["de", "en"])
        #expect(answer.texts["en"]?.subject == "Your order")
    }

    @Test("Every fault of every file comes in one run, each at its place")
    func everything() {
        let (answers, complaints) = read(
            (
                "a/fields.de.txt",
                """
                subject: "Re: {{subjekt}} Größe {{#name}}"
                covers: [where_is_my_oder]
                situations: [movin]
                max_age: 12 moons
                vetos: [x]
                ---
                Größe 👍🏽 {{ordre.number}} {{ nam }} {{tracking}}
                {{#parcels}}{{number}}{{/parcels}}
                """
            ),
            (
                "a/names.de.txt",
                file(
                    "Größe 👍🏽 {{ordre.number}} {{ nam }} {{tracking}} {{.}}\n{{#parcels}}{{number}} {{tracking}}{{/parcels}}"
                )
            ),
            ("a/subject.de.txt", file("x", subject: "Re: {{subjekt}}")),
            ("a/open.de.txt", file("ok\nä {{#name}}\n{{#parcels}}x{{/parcels}}\n")),
            ("a/inverted.de.txt", file("{{^name}}")),
            ("a/closed.de.txt", file("a {{/name}}")),
            ("a/crossed.de.txt", file("{{#name}}{{#parcels}}{{/name}}{{/parcels}}")),
            ("a/brace.de.txt", file("ä {{name")),
            ("a/triple.de.txt", file("{{{name}}}")),
            ("a/partial.de.txt", file("{{> other}}")),
            ("a/nothing.de.txt", file("{{ }}")),
            ("a/blank.de.txt", file("  ")),
            ("a/headless.de.txt", "Guten Tag\n"),
            ("a/bare.de.txt", "subject: x\n---\ny\n"),
            ("a/empty.de.txt", "subject: x\ncovers: []\nsituations: []\n---\ny\n"),
            ("a/README.txt", "x"),
            ("a/x.DE.txt", file("x"))
        )
        #expect(Set(answers.keys).isSubset(of: ["blank", "empty"]))
        #expect(
            complaints == """
                a/README.txt: error: the file's name has no language
                help: name it like `wismo-moving.de.txt`

                a/bare.de.txt:1:1: error: `covers` is missing
                  |
                1 | subject: x
                  | ^^^^^^^
                help: add a line `covers: …`

                a/bare.de.txt:1:1: error: `situations` is missing
                  |
                1 | subject: x
                  | ^^^^^^^
                help: add a line `situations: …`

                a/blank.de.txt: error: the letter has no text
                help: write it below the line `---`

                a/brace.de.txt:6:3: error: `{{` is never closed on this line
                  |
                6 | ä {{name
                  |   ^

                a/closed.de.txt:6:6: error: `{{/name}}` closes nothing
                  |
                6 | a {{/name}}
                  |      ^

                a/crossed.de.txt:6:25: error: `{{/name}}` stands where `{{/parcels}}` was expected
                  |
                6 | {{#name}}{{#parcels}}{{/name}}{{/parcels}}
                  |                         ^

                a/empty.de.txt:2:1: error: `covers` names nothing
                  |
                2 | covers: []
                  | ^^^^^^
                help: name the intents it answers

                a/empty.de.txt:3:1: error: `situations` names nothing
                  |
                3 | situations: []
                  | ^^^^^^^^^^
                help: name when it is true

                a/fields.de.txt:1:36: error: `{{#name}}` is never closed
                  |
                1 | subject: "Re: {{subjekt}} Größe {{#name}}"
                  |                                    ^

                a/fields.de.txt:2:10: error: unknown intent `where_is_my_oder`
                  |
                2 | covers: [where_is_my_oder]
                  |          ^^^^^^^^^^^^^^^^
                help: did you mean `where_is_my_order`?

                a/fields.de.txt:3:14: error: unknown value for `situations`: `movin`
                  |
                3 | situations: [movin]
                  |              ^^^^^
                help: did you mean `moving`?

                a/fields.de.txt:4:13: error: unknown unit of time `moons`
                  |
                4 | max_age: 12 moons
                  |             ^^^^^
                help: write it like `90 s`, `10 min`, `4 h`, `3 days` or `2 weeks`

                a/fields.de.txt:5:1: error: unknown key `vetos`
                  |
                5 | vetos: [x]
                  | ^^^^^
                help: did you mean `veto`?

                a/headless.de.txt: error: there is no line `---` between the head and the text
                help: write the keys first, then a line `---`, then the text

                a/inverted.de.txt:6:4: error: `{{^name}}` is never closed
                  |
                6 | {{^name}}
                  |    ^

                a/names.de.txt:6:12: error: unknown field `ordre.number`
                  |
                6 | Größe 👍🏽 {{ordre.number}} {{ nam }} {{tracking}} {{.}}
                  |            ^^^^^^^^^^^^
                help: did you mean `order.number`?

                a/names.de.txt:6:30: error: unknown field `nam`
                  |
                6 | Größe 👍🏽 {{ordre.number}} {{ nam }} {{tracking}} {{.}}
                  |                              ^^^
                help: did you mean `name`?

                a/names.de.txt:6:39: error: `tracking` has a value only inside a list
                  |
                6 | Größe 👍🏽 {{ordre.number}} {{ nam }} {{tracking}} {{.}}
                  |                                       ^^^^^^^^
                help: write it between `{{#parcels}}` and `{{/parcels}}`

                a/names.de.txt:6:52: error: unknown field `.`
                  |
                6 | Größe 👍🏽 {{ordre.number}} {{ nam }} {{tracking}} {{.}}
                  |                                                    ^

                a/names.de.txt:7:15: error: `number` has a value only inside a list
                  |
                7 | {{#parcels}}{{number}} {{tracking}}{{/parcels}}
                  |               ^^^^^^
                help: write it between `{{#orders}}` and `{{/orders}}`

                a/nothing.de.txt:6:1: error: `{{ }}` names nothing
                  |
                6 | {{ }}
                  | ^

                a/open.de.txt:7:6: error: `{{#name}}` is never closed
                  |
                7 | ä {{#name}}
                  |      ^

                a/partial.de.txt:6:1: error: `{{> other}}` is not used here: only `{{name}}`, `{{#name}}`, `{{^name}}`, `{{/name}}`
                  |
                6 | {{> other}}
                  | ^

                a/subject.de.txt:1:17: error: unknown field `subjekt`
                  |
                1 | subject: "Re: {{subjekt}}"
                  |                 ^^^^^^^
                help: did you mean `subject`?

                a/triple.de.txt:6:1: error: `{{{name}}` is not used here: only `{{name}}`, `{{#name}}`, `{{^name}}`, `{{/name}}`
                  |
                6 | {{{name}}}
                  | ^

                a/x.DE.txt: error: the file's name has no language
                help: name it like `wismo-moving.de.txt`

                """
        )
    }

    @Test("Two languages of one answer agree in what they cover and when")
    func heads() {
        let text = "subject: x\ncovers: [where_is_my_order]\nsituations: [moving]\nmax_age: 12 h\n---\ny\n"
        let (_, complaints) = read(
            ("a/same.de.txt", text),
            ("a/same.en.txt", text),
            ("a/age.de.txt", text),
            ("a/age.en.txt", text.replacing("12 h", with: "13 h")),
            ("a/covers.de.txt", text),
            ("a/covers.en.txt", text.replacing("where_is_my_order", with: "thanks")),
            ("a/when.de.txt", text),
            ("a/when.en.txt", text.replacing("moving", with: "delivered"))
        )
        #expect(
            complaints == """
                a/age.en.txt: error: the head differs from the other language's in `covers`, `situations` or `max_age`
                a/age.de.txt: note: compared with this one
                help: write the same values in all languages of `age`

                a/covers.en.txt: error: the head differs from the other language's in `covers`, `situations` or `max_age`
                a/covers.de.txt: note: compared with this one
                help: write the same values in all languages of `covers`

                a/when.en.txt: error: the head differs from the other language's in `covers`, `situations` or `max_age`
                a/when.de.txt: note: compared with this one
                help: write the same values in all languages of `when`

                """
        )
    }
}
