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
                holds: false, because: "none of: " + verdicts.map(\.because).joined(separator: ", "))
        case .not(let part):
            let verdict = part.holds(for: facts)
            return Verdict(
                holds: !verdict.holds, because: verdict.holds ? "not wanted: \(verdict.because)" : verdict.because)
        case .test(let term, let comparison):
            let value = term.value(in: facts)
            let holds = comparison.holds(for: value)
            return Verdict(holds: holds, because: "\(term.rawValue) is \(value.shown)")
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

        /// For the trace; texts that customers wrote are not repeated in it.
        var shown: String {
            switch self {
            case .absent: "absent"
            case .flag(let flag): flag ? "true" : "false"
            case .words(let words): words.isEmpty ? "none" : words.map { String($0.prefix(60)) }.joined(separator: ", ")
            case .number(let number): number == number.rounded() ? String(Int(number)) : String(number)
            }
        }
    }
}
