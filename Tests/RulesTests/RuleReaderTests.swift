// SPDX-License-Identifier: MIT
import Testing

@testable import Rules

@Suite("Complaints about rule files")
struct RuleReaderTests {
    @Test("Every fault of every file comes in one run, each with its place and the way out")
    func everything() {
        let (_, complaints) = read(
            (
                "rules/10.yaml",
                """
                rules:
                  - name: Moving
                    when:
                      intnet: where_is_my_order
                      intent: [thanks, where_is_my_oder]
                      order.situation: movin
                      guarded: lgal
                      mailbox: suport
                      attachments: 2
                      order.age: "> 3 moons"
                      subject: {matches: "(a"}
                      mood: {contains: x}
                      spam: maybe
                      text: {contain: x}
                    do:
                      - answer: wismo-movin
                      - forward: finanz
                      - tagg: x
                      - leaf
                      - priority: hgh
                      - never: reply
                  - when: {spam: true}
                  - name: Empty
                    do: []
                """
            ),
            (
                "rules/20.yaml",
                """
                rules:
                  - name: Moving
                    do: [leave]
                    then: [leave]
                """
            )
        )
        #expect(
            complaints == """
                rules/10.yaml:4:7: error: unknown condition `intnet`
                  |
                4 |       intnet: where_is_my_order
                  |       ^^^^^^
                help: did you mean `intent`?

                rules/10.yaml:5:24: error: unknown intent `where_is_my_oder`
                  |
                5 |       intent: [thanks, where_is_my_oder]
                  |                        ^^^^^^^^^^^^^^^^
                help: did you mean `where_is_my_order`?

                rules/10.yaml:6:24: error: unknown value for `order.situation`: `movin`
                  |
                6 |       order.situation: movin
                  |                        ^^^^^
                help: did you mean `moving`?

                rules/10.yaml:7:16: error: unknown guarded finding `lgal`
                  |
                7 |       guarded: lgal
                  |                ^^^^
                help: did you mean `legal`?

                rules/10.yaml:8:16: error: unknown mailbox `suport`
                  |
                8 |       mailbox: suport
                  |                ^^^^^^
                help: did you mean `support`?

                rules/10.yaml:9:20: error: `attachments` needs a comparison with `>`, `>=`, `<` or `<=`
                  |
                9 |       attachments: 2
                  |                    ^
                help: write for instance `"> 2"`

                rules/10.yaml:10:18: error: `3 moons` is no duration
                   |
                10 |       order.age: "> 3 moons"
                   |                  ^^^^^^^^^^^
                help: write for instance `"> 3 days"`

                rules/10.yaml:11:26: error: this pattern cannot be used: missing ): (a
                   |
                11 |       subject: {matches: "(a"}
                   |                          ^^^^
                help: patterns are written in RE2's syntax

                rules/10.yaml:12:13: error: `mood` cannot be searched
                   |
                12 |       mood: {contains: x}
                   |             ^
                help: compare it with a value

                rules/10.yaml:13:13: error: expected `yes` or `no`, found the word "maybe"
                   |
                13 |       spam: maybe
                   |             ^^^^^

                rules/10.yaml:14:14: error: unknown key `contain`
                   |
                14 |       text: {contain: x}
                   |              ^^^^^^^
                help: did you mean `contains`?

                rules/10.yaml:16:17: error: unknown answer `wismo-movin`
                   |
                16 |       - answer: wismo-movin
                   |                 ^^^^^^^^^^^
                help: did you mean `wismo-moving`?

                rules/10.yaml:17:18: error: unknown team `finanz`
                   |
                17 |       - forward: finanz
                   |                  ^^^^^^
                help: did you mean `finance`?

                rules/10.yaml:18:9: error: unknown action `tagg`
                   |
                18 |       - tagg: x
                   |         ^^^^
                help: did you mean `tag`?

                rules/10.yaml:19:9: error: unknown action `leaf`
                   |
                19 |       - leaf
                   |         ^^^^
                help: use one of `answer`, `forward`, `leave`, `file`, `tag`, `untag`, `priority`, `never`, `stop`

                rules/10.yaml:20:19: error: unknown value for `priority`: `hgh`
                   |
                20 |       - priority: hgh
                   |                   ^^^
                help: did you mean `high`?

                rules/10.yaml:21:16: error: unknown value for `never`: `reply`
                   |
                21 |       - never: reply
                   |                ^^^^^
                help: use `answer`

                rules/10.yaml:22:5: error: `name` is missing
                   |
                22 |   - when: {spam: true}
                   |     ^^^^
                help: add a line `name: …`

                rules/10.yaml:22:5: error: `do` is missing
                   |
                22 |   - when: {spam: true}
                   |     ^^^^
                help: add a line `do: …`

                rules/10.yaml:24:5: error: the rule does nothing
                   |
                24 |     do: []
                   |     ^^
                help: write for instance `- forward: TEAM`

                rules/20.yaml:2:5: error: the rule name `Moving` is used twice
                  |
                2 |   - name: Moving
                  |     ^^^^
                rules/10.yaml:2:5: note: first used here
                  |
                2 |   - name: Moving
                  |     ^^^^
                help: give each rule its own name

                rules/20.yaml:4:5: error: unknown key `then`
                  |
                4 |     then: [leave]
                  |     ^^^^
                help: did you mean `when`?

                """
        )
    }

    @Test("A rule behind one that takes every message is pointed out with both places")
    func hidden() {
        let (_, complaints) = read(
            (
                "rules/10.yaml",
                """
                rules:
                  - name: Answer
                    do: [{answer: wismo-moving}]
                  - name: All
                    do: [forward]
                  - name: Tag
                    do: [{tag: x}]
                """
            ),
            (
                "rules/20.yaml",
                """
                rules:
                  - name: Late
                    do: [leave]
                  - name: Stop
                    when: {}
                    do: [stop]
                  - name: Later
                    when: {spam: true}
                    do: [{tag: y}]
                """
            )
        )
        #expect(
            complaints == """
                rules/20.yaml:2:5: warning: the ending of this rule is never reached
                  |
                2 |   - name: Late
                  |     ^^^^
                rules/10.yaml:4:5: note: `All` takes every message before
                  |
                4 |   - name: All
                  |     ^^^^
                help: move it up, or give the earlier rule a condition

                rules/20.yaml:7:5: warning: this rule is never reached
                  |
                7 |   - name: Later
                  |     ^^^^
                rules/20.yaml:4:5: note: `Stop` takes every message before
                  |
                4 |   - name: Stop
                  |     ^^^^
                help: move it up, or give the earlier rule a condition

                """
        )
    }

    @Test("Conditions that nothing can meet are pointed out")
    func empty() {
        let (_, complaints) = read(
            (
                "rules/a.yaml",
                """
                rules:
                  - name: A
                    when:
                      any: []
                      intent: []
                      subject: {contains: []}
                    do: [leave]
                """
            )
        )
        #expect(
            complaints == """
                rules/a.yaml:4:7: warning: `any` names nothing and is never met
                  |
                4 |       any: []
                  |       ^^^
                help: write a value, or leave the line out

                rules/a.yaml:5:15: warning: `intent` names nothing and is never met
                  |
                5 |       intent: []
                  |               ^
                help: write a value, or leave the line out

                rules/a.yaml:6:27: warning: `contains` names nothing and is never met
                  |
                6 |       subject: {contains: []}
                  |                           ^
                help: write a value, or leave the line out

                """
        )
    }

    static let kinds: [(text: String, complaint: String)] = [
        ("", "rules/a.yaml: error: the file is empty\n"),
        (
            "- a\n",
            "rules/a.yaml:1:1: error: expected keys with values, found a list\n  |\n1 | - a\n  | ^\nhelp: write `key: value`\n"
        ),
        (
            "rules: leave\n",
            "rules/a.yaml:1:8: error: expected a list, found the word \"leave\"\n  |\n1 | rules: leave\n  |        ^^^^^\nhelp: begin each item with `- `\n"
        ),
        (
            "rules: []\nrule: []\n",
            "rules/a.yaml:2:1: error: unknown key `rule`\n  |\n2 | rule: []\n  | ^^^^\nhelp: did you mean `rules`?\n"
        ),
        (
            "rules:\n  - name: A\n    when: where_is_my_order\n    do: [leave]\n",
            "rules/a.yaml:3:11: error: expected keys with values, found the word \"where_is_my_order\"\n  |\n3 |     when: where_is_my_order\n  |           ^^^^^^^^^^^^^^^^^\nhelp: write `key: value`\n"
        ),
        (
            "rules:\n  - name: A\n    when:\n    do: [leave]\n",
            "rules/a.yaml:3:5: error: expected keys with values, found nothing\n  |\n3 |     when:\n  |     ^^^^\nhelp: write `key: value`\n"
        ),
        (
            "rules:\n  - name: A\n    on: order.shipped\n    do: [leave]\n",
            "rules/a.yaml:3:9: error: unknown value for `on`: `order.shipped`\n  |\n3 |     on: order.shipped\n  |         ^^^^^^^^^^^^^\nhelp: use `message`\n"
        ),
        (
            "rules:\n  - name: A\n    when: {subject: {contains: a, matches: b}}\n    do: [leave]\n",
            "rules/a.yaml:3:21: error: `contains` and `matches` cannot stand together\n  |\n3 |     when: {subject: {contains: a, matches: b}}\n  |                     ^\nhelp: write two conditions below `all`\n"
        ),
        (
            "rules:\n  - name: A\n    when: {subject: {}}\n    do: [leave]\n",
            "rules/a.yaml:3:21: error: `contains` or `matches` is missing\n  |\n3 |     when: {subject: {}}\n  |                     ^\nhelp: write for instance `{contains: word}`\n"
        ),
        (
            "rules:\n  - name: A\n    when: {attachments: '> many'}\n    do: [leave]\n",
            "rules/a.yaml:3:25: error: `many` is no number\n  |\n3 |     when: {attachments: '> many'}\n  |                         ^^^^^^^^\nhelp: write for instance `\"> 2\"`\n"
        ),
        (
            "rules:\n  - name: A\n    when: {order.age: 3 days}\n    do: [leave]\n",
            "rules/a.yaml:3:23: error: `order.age` needs a comparison with `>`, `>=`, `<` or `<=`\n  |\n3 |     when: {order.age: 3 days}\n  |                       ^^^^^^\nhelp: write for instance `\"> 3 days\"`\n"
        ),
        (
            "rules:\n  - name: A\n    do: [[leave]]\n",
            "rules/a.yaml:3:10: error: expected keys with values, found a list\n  |\n3 |     do: [[leave]]\n  |          ^\nhelp: write `key: value`\n"
        ),
    ]

    @Test("What cannot be read says what was expected", arguments: kinds)
    func kind(text: String, complaint: String) {
        #expect(read(("rules/a.yaml", text)).complaints == complaint)
    }

    @Test("An empty list of rules is right")
    func noRules() {
        #expect(read(("rules/a.yaml", "rules: []\n")).complaints.isEmpty)
    }
}
