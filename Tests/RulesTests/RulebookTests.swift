// SPDX-License-Identifier: MIT
import Testing

@testable import Rules

@Suite("From rules to a decision")
struct RulebookTests {
    private typealias Choice = Decision.Choice

    @Test("Every rule that matches adds its actions; the endings wait in order, the default team is the last")
    func order() {
        let decision = rulebook(
            """
            rules:
              - name: Tags
                when: {language: de}
                do: [{tag: [Deutsch, WISMO]}, {priority: low}]
              - name: Other language
                when: {language: en}
                do: [{tag: English}, {file: wrong}]
              - name: Answers
                do: [{answer: wismo-moving}, {tag: WISMO}, {priority: high}]
              - name: Second answer
                do: [{answer: wismo-delivered}, {untag: Deutsch}]
              - name: Team
                do: [{forward: finance}, {priority: normal}]
            """
        ).decide(facts())
        #expect(decision.tags == ["WISMO"])
        #expect(decision.priority == .high)
        #expect(!decision.neverAnswers)
        #expect(decision.answers == ["wismo-moving", "wismo-delivered"])
        #expect(
            decision.choices == [
                Choice(rule: "Answers", ending: .answer("wismo-moving")),
                Choice(rule: "Second answer", ending: .answer("wismo-delivered")),
                Choice(rule: "Team", ending: .forward(team: "finance")),
                Choice(rule: nil, ending: .forward(team: nil)),
            ]
        )
        #expect(decision.trace.map(\.rule) == ["Tags", "Other language", "Answers", "Second answer", "Team"])
        #expect(decision.trace.map(\.matched) == [true, false, true, true, true])
        #expect(decision.trace.map(\.line) == [2, 5, 8, 10, 12])
        #expect(
            decision.trace[1]
                == Decision.Step(
                    rule: "Other language",
                    file: "rules/a.yaml",
                    line: 5,
                    matched: false,
                    because: "language is de"
                )
        )
        #expect(decision.trace[2].because == "always")
    }

    @Test("Without any rule the default team gets it")
    func nothing() {
        let decision = Rulebook(rules: []).decide(facts())
        #expect(decision.choices == [Choice(rule: nil, ending: .forward(team: nil))])
        #expect(decision.priority == .normal)
        #expect(decision.trace.isEmpty)
    }

    @Test("`stop` ends the reading of rules, only where its rule matches")
    func stop() {
        let text = """
            rules:
              - name: First
                when: {language: LANGUAGE}
                do: [stop, {tag: Erste}]
              - name: Second
                do: [{tag: Zweite}, leave]
            """
        let stopped = rulebook(text.replacing("LANGUAGE", with: "de")).decide(facts())
        #expect(stopped.tags == ["Erste"])
        #expect(stopped.choices == [Choice(rule: nil, ending: .forward(team: nil))])
        #expect(stopped.trace.map(\.rule) == ["First"])
        let passed = rulebook(text.replacing("LANGUAGE", with: "en")).decide(facts())
        #expect(passed.tags == ["Zweite"])
        #expect(passed.choices.first == Choice(rule: "Second", ending: .leave))
    }

    @Test("`never: answer` forbids what rules before and after it ask for")
    func never() {
        for names in [["answer: wismo-moving", "never: answer"], ["never: answer", "answer: wismo-moving"]] {
            let rules = names.enumerated().map { "  - {name: R\($0), do: [{\($1)}]}" }
            let decision = rulebook("rules:\n" + rules.joined(separator: "\n") + "\n").decide(facts())
            #expect(decision.neverAnswers)
            #expect(decision.answers == ["wismo-moving"])
        }
    }

    static let endings: [(text: String, ending: Decision.Ending)] = [
        ("leave", .leave), ("{leave: }", .leave), ("forward", .forward(team: nil)),
        ("{forward: finance}", .forward(team: "finance")),
        ("{file: only thanks}", .file(reason: "only thanks")),
        ("{answer: wismo-moving}", .answer("wismo-moving")),
    ]

    @Test("Each ending can be written", arguments: endings)
    func ending(text: String, ending: Decision.Ending) {
        let decision = rulebook("rules:\n  - name: A\n    do: [\(text)]\n").decide(facts())
        #expect(decision.choices.first == Choice(rule: "A", ending: ending))
    }
}
