// SPDX-License-Identifier: MIT

/// What the rules want to happen with one message, and why.
///
/// A decision is data: nothing happens until the ledger keeps its effects.
package struct Decision: Sendable, Hashable, Codable {
    package var tags: [String] = []
    package var priority: Priority = .normal
    /// Whether a rule forbade any automatic answer.
    package var neverAnswers = false
    /// What may become of the message, best first; the next one takes the place of an answer that is withheld.
    package var choices: [Choice] = []
    /// Every rule that was looked at.
    package var trace: [Step] = []

    package init() {}

    /// The answers among the choices.
    package var answers: [String] {
        choices.compactMap { choice in
            if case .answer(let name) = choice.ending { name } else { nil }
        }
    }

    /// How urgent a message is shown.
    package enum Priority: String, Sendable, Hashable, Codable, CaseIterable, Comparable {
        case low, normal, high, urgent

        package static func < (left: Priority, right: Priority) -> Bool {
            (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
        }
    }

    /// A terminal action and the rule that asked for it.
    package struct Choice: Sendable, Hashable, Codable {
        /// The rule's name; `nil` for the default team at the end.
        package var rule: String?
        package var ending: Ending

        package init(rule: String?, ending: Ending) {
            self.rule = rule
            self.ending = ending
        }
    }

    /// The terminal actions.
    package enum Ending: Sendable, Hashable, Codable {
        /// Send this answer, if the guard lets it pass.
        case answer(String)
        /// Carry it to this team; `nil` is the default one.
        case forward(team: String?)
        /// Let it lie in the inbox.
        case leave
        /// Nobody needs it, for this reason.
        case file(reason: String)
    }

    /// One rule and whether it matched.
    package struct Step: Sendable, Hashable, Codable {
        package var rule: String
        package var file: String
        package var line: Int
        package var matched: Bool
        /// The condition that decided, in the words of the rule file with what was found.
        package var because: String

        package init(rule: String, file: String, line: Int, matched: Bool, because: String) {
            self.rule = rule
            self.file = file
            self.line = line
            self.matched = matched
            self.because = because
        }
    }
}
