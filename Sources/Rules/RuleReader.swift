// SPDX-License-Identifier: MIT
package import Diagnostics
import Understanding

/// Reads rule files; every mistake of every file becomes a complaint with its place.
///
/// A rulebook that was read with an error must not be used: half of one would answer what the other half forbids.
package struct RuleReader {
    private let vocabulary: Vocabulary
    private let box: ComplaintBox

    /// The names that rules may use and that depend on the installation.
    package struct Vocabulary: Sendable {
        package var intents: [String]
        package var guarded: [String]
        package var answers: [String]
        package var teams: [String]
        package var mailboxes: [String]

        package init(
            intents: [String],
            guarded: [String],
            answers: [String],
            teams: [String],
            mailboxes: [String]
        ) {
            self.intents = intents
            self.guarded = guarded
            self.answers = answers
            self.teams = teams
            self.mailboxes = mailboxes
        }
    }

    package init(vocabulary: Vocabulary, box: ComplaintBox) {
        self.vocabulary = vocabulary
        self.box = box
    }

    /// The rules of all files, in the order given; not to be used if there are errors in the box.
    package func read(_ sources: [SourceText]) -> Rulebook {
        var rules: [(rule: Rule, place: Place)] = []
        var places: [String: Place] = [:]
        for source in sources {
            box.know(source)
            guard let top = YAML.root(of: source, into: box)?.mapping() else { continue }
            for field in top.list("rules", required: true) ?? [] {
                guard let rule = self.rule(field, in: source) else { continue }
                if let first = places[rule.rule.name] {
                    box.error(
                        "the rule name `\(rule.rule.name)` is used twice",
                        at: rule.place,
                        help: "give each rule its own name",
                        notes: [Complaint.Note("first used here", at: first)]
                    )
                }
                places[rule.rule.name] = places[rule.rule.name] ?? rule.place
                rules.append(rule)
            }
            top.finish()
        }
        warnOfHidden(rules)
        return Rulebook(rules: rules.map(\.rule))
    }

    private func rule(_ field: YAMLField, in source: SourceText) -> (rule: Rule, place: Place)? {
        guard let fields = field.mapping() else { return nil }
        let name = fields.string("name", required: true)
        _ = fields.oneOf("on", ["message"])
        let condition = fields.field("when").map { conditions($0) } ?? .all([])
        let wanted = fields.field("do", required: true)?.oneOrMany()
        let actions = wanted?.flatMap { action($0) }
        fields.finish()
        guard let name, let actions else { return nil }
        if wanted?.isEmpty ?? false {
            box.error(
                "the rule does nothing",
                at: fields.place(of: "do"),
                help: "write for instance `- forward: TEAM`"
            )
        }
        let rule = Rule(
            name: name,
            file: source.name,
            line: fields.place.range?.line ?? 1,
            condition: condition,
            actions: actions
        )
        return (rule, fields.place(of: "name"))
    }

    // MARK: - Conditions

    private func conditions(_ field: YAMLField) -> Condition {
        if field.isList { return .all(field.oneOrMany().map { conditions($0) }) }
        guard let mapping = field.mapping() else { return .all([]) }
        let parts = mapping.entries.compactMap { condition($0) }
        return parts.count == 1 ? parts[0] : .all(parts)
    }

    private func condition(_ entry: YAMLMapping.Entry) -> Condition? {
        switch entry.key {
        case "all": return .all(entry.value.oneOrMany().map { conditions($0) })
        case "any":
            let parts = alternatives(entry.value)
            if parts.isEmpty { warnOfNothing("any", at: entry.place) }
            return .any(parts)
        case "not": return .not(conditions(entry.value))
        default: break
        }
        guard let term = Condition.Term(rawValue: entry.key) else {
            box.unknown(
                "condition",
                entry.key,
                at: entry.place,
                among: Condition.Term.allCases.map(\.rawValue) + ["all", "any", "not"]
            )
            return nil
        }
        return comparison(for: term, entry.value).map { .test(term, $0) }
    }

    /// A list without items can be met by nothing.
    private func warnOfNothing(_ name: String, at place: Place) {
        box.warning(
            "`\(name)` names nothing and is never met",
            at: place,
            help: "write a value, or leave the line out"
        )
    }

    /// `any:` takes a list of conditions, or one mapping whose entries are the alternatives.
    private func alternatives(_ field: YAMLField) -> [Condition] {
        guard !field.isList, let mapping = field.mapping() else {
            return field.oneOrMany().map { conditions($0) }
        }
        return mapping.entries.compactMap { condition($0) }
    }

    private func comparison(for term: Condition.Term, _ field: YAMLField) -> Condition.Comparison? {
        if field.isMapping { return textComparison(for: term, field) }
        if field.isList, field.oneOrMany().isEmpty, term.takesWords {
            warnOfNothing(term.rawValue, at: field.place)
            return .oneOf([])
        }
        switch term.kind {
        case .flag: return field.bool().map { .flag($0) }
        case .flagOrWords(let words):
            if let flag = flag(field) { return flag }
            return chosen(field, among: words, noun: "reason")
        case .words:
            if term == .mailbox { return chosen(field, among: vocabulary.mailboxes, noun: "mailbox") }
            return field.strings().map { .oneOf($0) }
        case .choice(let words):
            return chosen(field, among: words, noun: "value for `\(term.rawValue)`:")
        case .intent: return chosen(field, among: vocabulary.intents, noun: "intent")
        case .guarded:
            if let flag = flag(field) { return flag }
            return chosen(field, among: vocabulary.guarded, noun: "guarded finding")
        case .number, .duration: return numberComparison(for: term, field)
        }
    }

    private func flag(_ field: YAMLField) -> Condition.Comparison? {
        let words = ["true", "false", "yes", "no", "on", "off"]
        guard let text = field.writtenText, words.contains(text.lowercased()) else { return nil }
        return field.bool().map { .flag($0) }
    }

    private func chosen(_ field: YAMLField, among known: [String], noun: String) -> Condition.Comparison? {
        let items = field.oneOrMany()
        let words = items.compactMap { item -> String? in
            guard let word = item.string() else { return nil }
            guard known.contains(word) else {
                box.unknown(noun, word, at: item.place, among: known)
                return nil
            }
            return word
        }
        return words.count == items.count && !words.isEmpty ? .oneOf(words) : nil
    }

    private func numberComparison(for term: Condition.Term, _ field: YAMLField) -> Condition.Comparison? {
        guard let text = field.string() else { return nil }
        let isDuration = term.kind == .duration
        let help = isDuration ? "write for instance `\"> 3 days\"`" : "write for instance `\"> 2\"`"
        guard let order = Condition.Comparison.Order.allCases.first(where: { text.hasPrefix($0.rawValue) })
        else {
            field.error("`\(term.rawValue)` needs a comparison with `>`, `>=`, `<` or `<=`", help: help)
            return nil
        }
        let rest = text.dropFirst(order.rawValue.count).drop { $0 == " " }
        if isDuration {
            guard let written = parsedDuration(String(rest)) else {
                field.error("`\(rest)` is no duration", help: help)
                return nil
            }
            return .number(order, Double(written.components.seconds))
        }
        guard let number = Double(rest), rest.utf8.allSatisfy({ $0 == 0x2E || (0x30...0x39).contains($0) })
        else {
            field.error("`\(rest)` is no number", help: help)
            return nil
        }
        return .number(order, number)
    }

    private func parsedDuration(_ text: String) -> Duration? {
        do throws(WrittenDuration.Fault) {
            return try WrittenDuration(text).duration
        } catch {
            return nil
        }
    }

    private func textComparison(for term: Condition.Term, _ field: YAMLField) -> Condition.Comparison? {
        guard let mapping = field.mapping() else { return nil }
        guard term.kind == .words else {
            field.error("`\(term.rawValue)` cannot be searched", help: "compare it with a value")
            return nil
        }
        let contains = mapping.field("contains")
        let matches = mapping.field("matches")
        mapping.finish()
        guard contains == nil || matches == nil else {
            field.error(
                "`contains` and `matches` cannot stand together",
                help: "write two conditions below `all`"
            )
            return nil
        }
        if let contains {
            guard let words = contains.strings() else { return nil }
            if words.isEmpty { warnOfNothing("contains", at: contains.place) }
            return .contains(words)
        }
        guard let matches else {
            if mapping.entries.isEmpty {
                field.error(
                    "`contains` or `matches` is missing",
                    help: "write for instance `{contains: word}`"
                )
            }
            return nil
        }
        guard let source = matches.string() else { return nil }
        do throws(PatternError) {
            return .matches(try TextPattern(source))
        } catch {
            matches.error(
                "this pattern cannot be used: \(error.reason)",
                help: "patterns are written in RE2's syntax"
            )
            return nil
        }
    }

    // MARK: - Actions

    private static let actionNames = [
        "answer", "forward", "leave", "file", "tag", "untag", "priority", "never", "stop",
    ]

    private func action(_ field: YAMLField) -> [Rule.Action] {
        if let word = field.writtenText {
            switch word {
            case "leave": return [.end(.leave)]
            case "stop": return [.stop]
            case "forward": return [.end(.forward(team: nil))]
            default:
                box.unknown("action", word, at: field.place, among: Self.actionNames)
                return []
            }
        }
        guard let mapping = field.mapping() else { return [] }
        return mapping.entries.flatMap { action($0.key, $0.value, at: $0.place) }
    }

    private func action(_ name: String, _ value: YAMLField, at place: Place) -> [Rule.Action] {
        switch name {
        case "answer":
            return known(value, vocabulary.answers, "answer").map { [.end(.answer($0))] } ?? []
        case "forward":
            return known(value, vocabulary.teams, "team").map { [.end(.forward(team: $0))] } ?? []
        case "leave": return [.end(.leave)]
        case "file": return value.string().map { [.end(.file(reason: $0))] } ?? []
        case "tag": return value.strings()?.map { .tag($0) } ?? []
        case "untag": return value.strings()?.map { .untag($0) } ?? []
        case "priority":
            return value.choice(of: Decision.Priority.self).map { [.priority($0)] } ?? []
        case "never":
            return value.oneOf(["answer"]).map { _ in [.neverAnswer] } ?? []
        case "stop": return [.stop]
        default:
            box.unknown("action", name, at: place, among: Self.actionNames)
            return []
        }
    }

    private func known(_ field: YAMLField, _ names: [String], _ noun: String) -> String? {
        guard let name = field.string() else { return nil }
        guard names.contains(name) else {
            box.unknown(noun, name, at: field.place, among: names)
            return nil
        }
        return name
    }

    /// Rules that come too late: one without conditions has ended every message before.
    ///
    /// A `stop` hides later rules whole; another ending hides only their endings, their tags still count. An
    /// answer hides nothing, since it may be withheld.
    private func warnOfHidden(_ rules: [(rule: Rule, place: Place)]) {
        var hiding: (place: Place, name: String, stops: Bool)?
        for (rule, place) in rules {
            if let hiding, hiding.stops || rule.actions.contains(where: \.isEnding) {
                box.warning(
                    hiding.stops ? "this rule is never reached" : "the ending of this rule is never reached",
                    at: place,
                    help: "move it up, or give the earlier rule a condition",
                    notes: [Complaint.Note("`\(hiding.name)` takes every message before", at: hiding.place)]
                )
            }
            guard case .all(let parts) = rule.condition, parts.isEmpty, !(hiding?.stops ?? false) else {
                continue
            }
            let stops = rule.actions.contains(.stop)
            if stops || hiding == nil && rule.actions.contains(where: \.isCertainEnding) {
                hiding = (place, rule.name, stops)
            }
        }
    }
}
