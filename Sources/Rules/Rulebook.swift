// SPDX-License-Identifier: MIT

/// All rules in order, immutable; replaced as a whole when the files change.
///
/// Every rule that matches adds its actions. Terminal actions are collected in order: the first one is the
/// outcome, the later ones wait for an answer that is withheld. `stop` ends the reading of further rules.
package struct Rulebook: Sendable {
    package var rules: [Rule]

    package init(rules: [Rule]) {
        self.rules = rules
    }

    /// Applies all rules to the facts.
    ///
    /// The last choice is always the default team: nothing falls through.
    package func decide(_ facts: Facts) -> Decision {
        var decision = Decision()
        var priority: Decision.Priority?
        for rule in rules {
            let verdict = rule.condition.holds(for: facts)
            decision.trace.append(
                Decision.Step(
                    rule: rule.name,
                    file: rule.file,
                    line: rule.line,
                    matched: verdict.holds,
                    because: verdict.because
                )
            )
            guard verdict.holds else { continue }
            for action in rule.actions {
                switch action {
                case .tag(let tag): if !decision.tags.contains(tag) { decision.tags.append(tag) }
                case .untag(let tag): decision.tags.removeAll { $0 == tag }
                case .priority(let level): priority = max(priority ?? level, level)
                case .neverAnswer: decision.neverAnswers = true
                case .end(let ending):
                    decision.choices.append(Decision.Choice(rule: rule.name, ending: ending))
                case .stop: break
                }
            }
            if rule.actions.contains(.stop) { break }
        }
        decision.priority = priority ?? .normal
        decision.choices.append(Decision.Choice(rule: nil, ending: .forward(team: nil)))
        return decision
    }
}

/// One rule: when it matches, and what it adds to the decision.
package struct Rule: Sendable {
    package var name: String
    /// The file's name as the administrator knows it.
    package var file: String
    package var line: Int
    package var condition: Condition
    package var actions: [Action]

    package init(name: String, file: String, line: Int, condition: Condition, actions: [Action]) {
        self.name = name
        self.file = file
        self.line = line
        self.condition = condition
        self.actions = actions
    }

    /// What a rule asks for.
    package enum Action: Sendable, Hashable {
        case tag(String)
        case untag(String)
        case priority(Decision.Priority)
        /// Forbids automatic answers, whatever follows.
        case neverAnswer
        case end(Decision.Ending)
        case stop

        /// Whether it may be the outcome of a message.
        var isEnding: Bool {
            if case .end = self { true } else { false }
        }

        /// Whether it is the outcome of whatever message reaches it; an answer may be withheld.
        var isCertainEnding: Bool {
            switch self {
            case .end(.forward), .end(.leave), .end(.file): true
            default: false
            }
        }
    }
}
