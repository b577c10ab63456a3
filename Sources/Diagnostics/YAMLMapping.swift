// SPDX-License-Identifier: MIT

/// A group of keys in a YAML file.
///
/// It remembers which keys were asked for, so that ``finish(noun:known:removed:)`` can complain about the
/// others. Readings by key give nil for an absent key, and nil after a complaint for a faulty value or, if
/// `required`, for an absent one.
package final class YAMLMapping {
    /// One key with its value.
    package struct Entry {
        /// The key exactly as written.
        package let key: String
        /// The key's place.
        package let place: Place
        /// What stands behind it.
        package let value: YAMLField
    }

    /// The keys in the order of the file; looking at them counts as asking for none.
    package let entries: [Entry]
    /// Where the group begins: its first key, or its bracket.
    package let place: Place
    /// Where its complaints go.
    package let box: ComplaintBox
    private let byKey: [String: Entry]
    private var asked: [String] = []

    init(entries: [YAMLNode.Entry], place: Place, name: String?, source: SourceText, box: ComplaintBox) {
        self.entries = entries.map { entry in
            Entry(
                key: entry.key,
                place: Place(file: source.name, range: entry.range),
                value: YAMLField(
                    node: entry.value,
                    name: entry.key,
                    source: source,
                    box: box,
                    fallback: entry.range
                )
            )
        }
        self.place = place
        self.box = box
        byKey = Dictionary(self.entries.map { ($0.key, $0) }) { first, _ in first }
    }

    /// The value under `key`, of whatever kind; a complaint where it is absent and `required`.
    package func field(_ key: String, required: Bool = false) -> YAMLField? {
        if !asked.contains(key) { asked.append(key) }
        if let entry = byKey[key] { return entry.value }
        if required { box.error("`\(key)` is missing", at: place, help: "add a line `\(key): …`") }
        return nil
    }

    /// The place of `key` itself; the group's place where it is absent.
    package func place(of key: String) -> Place {
        byKey[key]?.place ?? place
    }

    /// A text as written; see ``YAMLField/string()``.
    package func string(_ key: String, required: Bool = false) -> String? {
        field(key, required: required)?.string()
    }

    /// One text or a list of texts; see ``YAMLField/strings()``.
    package func strings(_ key: String, required: Bool = false) -> [String]? {
        field(key, required: required)?.strings()
    }

    /// A whole number; see ``YAMLField/int(in:)``.
    package func int(
        _ key: String,
        in limits: ClosedRange<Int> = .min ... .max,
        required: Bool = false
    ) -> Int? {
        field(key, required: required)?.int(in: limits)
    }

    /// A number with or without decimals; see ``YAMLField/number(in:)``.
    package func number(
        _ key: String,
        in limits: ClosedRange<Double>? = nil,
        required: Bool = false
    ) -> Double? {
        field(key, required: required)?.number(in: limits)
    }

    /// Yes or no; see ``YAMLField/bool()``.
    package func bool(_ key: String, required: Bool = false) -> Bool? {
        field(key, required: required)?.bool()
    }

    /// A duration; see ``YAMLField/duration()``.
    package func duration(_ key: String, required: Bool = false) -> Duration? {
        field(key, required: required)?.duration()
    }

    /// A time on the clock; see ``YAMLField/timeOfDay()``.
    package func timeOfDay(_ key: String, required: Bool = false) -> TimeOfDay? {
        field(key, required: required)?.timeOfDay()
    }

    /// One of `choices`; see ``YAMLField/oneOf(_:)``.
    package func oneOf(_ key: String, _ choices: [String], required: Bool = false) -> String? {
        field(key, required: required)?.oneOf(choices)
    }

    /// One case of `type`; see ``YAMLField/choice(of:)``.
    package func choice<Choice>(
        _ key: String,
        of type: Choice.Type = Choice.self,
        required: Bool = false
    ) -> Choice? where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        field(key, required: required)?.choice(of: type)
    }

    /// One case of `type` or a list of them; see ``YAMLField/choices(of:)``.
    package func choices<Choice>(
        _ key: String,
        of type: Choice.Type = Choice.self,
        required: Bool = false
    ) -> [Choice]? where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        field(key, required: required)?.choices(of: type)
    }

    /// A group of keys; see ``YAMLField/mapping()``.
    package func mapping(_ key: String, required: Bool = false) -> YAMLMapping? {
        field(key, required: required)?.mapping()
    }

    /// A list; see ``YAMLField/list()``.
    package func list(_ key: String, required: Bool = false) -> [YAMLField]? {
        field(key, required: required)?.list()
    }

    /// Complains about every key that was not asked for; to be called when all keys have been read.
    ///
    /// - Parameters:
    ///   - noun: What a key is here: `key`, `condition`, `action`.
    ///   - known: Further keys that are right here although this reader did not ask for them.
    ///   - removed: Keys of earlier versions, each with the way out: `since 0.3 write `new``.
    package func finish(noun: String = "key", known: [String] = [], removed: [String: String] = [:]) {
        let right = asked + known
        for entry in entries where !right.contains(entry.key) {
            if let remedy = removed[entry.key] {
                box.error("the \(noun) `\(entry.key)` was removed", at: entry.place, help: remedy)
            } else {
                let absent = right.filter { byKey[$0] == nil }
                let closest = Suggestion.closest(to: entry.key, among: absent)
                box.unknown(noun, entry.key, at: entry.place, among: closest.map { [$0] } ?? right)
            }
        }
    }
}
