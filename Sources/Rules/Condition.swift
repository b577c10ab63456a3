// SPDX-License-Identifier: MIT
import FoundationEssentials
package import Understanding

/// What must be true for a rule to match: names with values, nested by `all`, `any` and `not`.
package indirect enum Condition: Sendable {
    case all([Condition])
    case any([Condition])
    case not(Condition)
    case test(Term, Comparison)

    /// Whether a condition holds, and the part of it that decided.
    package struct Verdict: Sendable, Hashable {
        package var holds: Bool
        package var because: String
    }

    /// Evaluates the condition; the first part that fails (or of `any` the first that holds) is the reason.
    package func holds(for facts: Facts) -> Verdict {
        switch self {
        case .all(let parts):
            var reasons: [String] = []
            for part in parts {
                let verdict = part.holds(for: facts)
                guard verdict.holds else { return verdict }
                reasons.append(verdict.because)
            }
            return Verdict(holds: true, because: reasons.isEmpty ? "always" : reasons.joined(separator: ", "))
        case .any(let parts):
            let verdicts = parts.map { $0.holds(for: facts) }
            if let held = verdicts.first(where: \.holds) { return held }
            return Verdict(
                holds: false,
                because: "none of: " + verdicts.map(\.because).joined(separator: ", ")
            )
        case .not(let part):
            let verdict = part.holds(for: facts)
            return Verdict(
                holds: !verdict.holds,
                because: verdict.holds ? "not wanted: \(verdict.because)" : verdict.because
            )
        case .test(let term, let comparison):
            let value = term.value(in: facts)
            let holds = comparison.holds(for: value)
            return Verdict(
                holds: holds,
                because: "\(term.rawValue) \(comparison.shown(value, holds, of: term))"
            )
        }
    }
}

extension Condition {
    /// What a value is compared with.
    package enum Comparison: Sendable, Hashable {
        /// Equal to any of these words, without regard to case.
        case oneOf([String])
        case flag(Bool)
        case number(Order, Double)
        /// Contains any of these, without regard to case.
        case contains([String])
        case matches(TextPattern)

        /// What was found, for the trace.
        ///
        /// Texts and addresses that people wrote are not repeated there: the rule's own words are.
        func shown(_ value: Value, _ holds: Bool, of term: Term) -> String {
            func quoted(_ words: [String]) -> String { words.map { "`\($0)`" }.joined(separator: ", ") }
            switch self {
            case .contains(let words):
                guard holds, case .words(let texts) = value else {
                    return "contains none of \(quoted(words))"
                }
                return "contains " + quoted(words.filter { Self.contains([$0]).holds(for: .words(texts)) })
            case .matches(let pattern):
                return (holds ? "matches" : "does not match") + " `\(pattern)`"
            case .oneOf(let words) where term.isWritten:
                guard holds, case .words(let texts) = value else { return "is none of \(quoted(words))" }
                return "is " + quoted(words.filter { Self.oneOf([$0]).holds(for: .words(texts)) })
            default: return "is \(value.shown(of: term))"
            }
        }

        /// How two numbers stand.
        package enum Order: String, Sendable, Hashable, CaseIterable {
            case atLeast = ">=", atMost = "<=", more = ">", less = "<"
        }

        func holds(for value: Value) -> Bool {
            switch (self, value) {
            case (.flag(let wanted), .flag(let found)): wanted == found
            case (.flag(let wanted), .absent): !wanted
            case (.flag(let wanted), .words(let words)): wanted == !words.isEmpty
            case (.oneOf(let wanted), .words(let words)):
                words.contains { word in wanted.contains { $0.lowercased() == word.lowercased() } }
            case (.contains(let wanted), .words(let words)):
                words.contains { word in
                    let word = word.lowercased()
                    return wanted.contains { word.contains($0.lowercased()) }
                }
            case (.matches(let pattern), .words(let words)): words.contains { pattern.occurs(in: $0) }
            case (.number(let order, let limit), .number(let found)):
                switch order {
                case .atLeast: found >= limit
                case .atMost: found <= limit
                case .more: found > limit
                case .less: found < limit
                }
            default: false
            }
        }
    }

    /// What a name stands for in one message.
    package enum Value: Sendable, Hashable {
        case absent
        case flag(Bool)
        case words([String])
        case number(Double)

        func shown(of term: Term) -> String {
            switch self {
            case .absent: "absent"
            case .flag(let flag): flag ? "true" : "false"
            case .words(let words): words.isEmpty ? "none" : words.joined(separator: ", ")
            case .number(let number) where term.kind == .duration: Self.duration(number)
            case .number(let number): Int(exactly: number).map { String($0) } ?? String(number)
            }
        }

        /// Days and hours, below a day hours and minutes.
        private static func duration(_ seconds: Double) -> String {
            let minutes = Int(max(0, min(seconds, 1e12)) / 60)
            let (days, hours) = (minutes / 1440, minutes / 60 % 24)
            return days > 0 ? "\(days) d \(hours) h" : "\(hours) h \(minutes % 60) min"
        }
    }
}
