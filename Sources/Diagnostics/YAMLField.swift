// SPDX-License-Identifier: MIT

/// A value in a YAML file, to be read as what it ought to be.
///
/// Each reading gives the value, or nil after one complaint that says what was expected and what was found.
/// An item that has nothing written counts as a fault; that a key is absent is for ``YAMLMapping`` to judge.
package struct YAMLField {
    let node: YAMLNode
    /// The key it stands under; nil at the root and in lists.
    let name: String?
    let source: SourceText
    /// Where its complaints go.
    package let box: ComplaintBox
    private let fallback: SourceRange?

    init(
        node: YAMLNode,
        name: String?,
        source: SourceText,
        box: ComplaintBox,
        fallback: SourceRange? = nil
    ) {
        self.node = node
        self.name = name
        self.source = source
        self.box = box
        self.fallback = fallback
    }

    /// What complaints about it point at: its word, its first key, or its own key where nothing is written.
    package var place: Place { Place(file: source.name, range: node.range ?? fallback) }

    /// Whether nothing is written, or `~`.
    package var isEmpty: Bool {
        if case .empty = node.content { true } else { false }
    }

    /// Whether it is a list.
    package var isList: Bool {
        if case .list = node.content { true } else { false }
    }

    /// Whether it is a group of keys.
    package var isMapping: Bool {
        if case .mapping = node.content { true } else { false }
    }

    /// Its text exactly as written, without quotes; nil for lists, groups and nothing; never complains.
    package var writtenText: String? {
        if case .scalar(let text, _) = node.content { text } else { nil }
    }

    /// The place of a part of the text, counted in Unicode scalars from 0; the whole where that cannot be
    /// told.
    ///
    /// It can be told for texts on one line, in quotes only without escapes.
    package func place(ofPartAt offset: Int, length: Int) -> Place {
        guard case .scalar(let text, let style) = node.content, style != .block, let range = node.range else {
            return place
        }
        let quote = style == .quoted ? 1 : 0
        let written = source.line(range.line).unicodeScalars.dropFirst(range.column - 1 + quote)
        guard written.starts(with: text.unicodeScalars), offset + length <= text.unicodeScalars.count else {
            return place
        }
        return source.place(line: range.line, column: range.column + quote + offset, length: length)
    }

    // MARK: - Text

    /// The text as written: `007`, `no` and `2026-11-21` stay what they look like.
    ///
    /// An unquoted `null` is refused, since one means the word and another means nothing.
    package func string() -> String? {
        guard case .scalar(let text, let style) = node.content, !text.isEmpty else {
            return expected("a text")
        }
        if style == .plain, ["null", "Null", "NULL"].contains(text) {
            box.error(
                "`\(text)` can mean the word or no value at all",
                at: place,
                help: "write `\"\(text)\"` for the word, or leave the line out"
            )
            return nil
        }
        return text
    }

    /// One text, or a list of texts.
    package func strings() -> [String]? {
        all(oneOrMany()) { $0.string() }
    }

    // MARK: - Numbers and yes or no

    /// A whole number in decimal digits, within `limits`.
    package func int(in limits: ClosedRange<Int> = .min ... .max) -> Int? {
        let wanted =
            switch (limits.lowerBound, limits.upperBound) {
            case (.min, .max): "a whole number"
            case (let low, .max): "a whole number from \(low)"
            case (.min, let high): "a whole number up to \(high)"
            case (let low, let high): "a whole number from \(low) to \(high)"
            }
        guard let text = writtenText else { return expected(wanted) }
        guard let number = Self.wholeNumber(text) else {
            return expected(wanted, help: Self.plainNumber(text).map { "write `\($0)`" })
        }
        return limits.contains(number) ? number : expected(wanted)
    }

    /// A number with or without decimals, such as `0.95`, within `limits`.
    package func number(in limits: ClosedRange<Double>? = nil) -> Double? {
        let wanted =
            limits.map { "a number from \(Self.short($0.lowerBound)) to \(Self.short($0.upperBound))" }
            ?? "a number"
        guard let text = writtenText else { return expected(wanted) }
        let isDecimal = text.utf8.allSatisfy { (0x30...0x39).contains($0) || $0 == 0x2E || $0 == 0x2D }
        guard isDecimal, let number = Double(text) else {
            let pointed = String(text.map { $0 == "," ? "." : $0 })
            let help = pointed != text && Double(pointed) != nil ? "write `\(pointed)`" : nil
            return expected(wanted, help: help)
        }
        if let limits, !limits.contains(number) { return expected(wanted) }
        return number
    }

    /// Yes or no: `yes no true false on off` in any case.
    package func bool() -> Bool? {
        switch writtenText?.lowercased() {
        case "yes", "true", "on": true
        case "no", "false", "off": false
        default: expected("`yes` or `no`")
        }
    }

    // MARK: - Times

    /// A duration such as `90 s`, `10 min`, `4h`, `3 days`; see ``WrittenDuration``.
    package func duration() -> Duration? {
        guard let text = writtenText else { return expected("a duration", help: WrittenDuration.help) }
        do {
            return try WrittenDuration(text).duration
        } catch .unknownUnit(let unit, let offset) {
            let names = WrittenDuration.units.flatMap(\.names).filter { $0.count > 1 }
            let closest = Suggestion.closest(to: unit, among: names)
            box.error(
                "unknown unit of time \(code(unit))",
                at: place(ofPartAt: offset, length: unit.unicodeScalars.count),
                help: closest.map { "did you mean `\($0)`?" } ?? WrittenDuration.help
            )
            return nil
        } catch .tooLong {
            return expected("a duration of at most 10 years")
        } catch {
            return expected("a duration", help: WrittenDuration.help)
        }
    }

    /// A time on the clock such as `07:30`.
    package func timeOfDay() -> TimeOfDay? {
        guard let text = writtenText, let time = TimeOfDay(written: text) else {
            return expected("a time of day", help: "write it like `07:30`")
        }
        return time
    }

    // MARK: - Closed lists

    /// One of the words in `choices`; anything else is answered with the closest of them.
    package func oneOf(_ choices: [String]) -> String? {
        guard let text = writtenText, !text.isEmpty else {
            return expected("a word", help: ComplaintBox.remedy(for: "", among: choices))
        }
        guard choices.contains(text) else {
            box.unknown(name.map { "value for `\($0)`:" } ?? "value", text, at: place, among: choices)
            return nil
        }
        return text
    }

    /// One case of `type`, by its raw value.
    package func choice<Choice>(of type: Choice.Type = Choice.self) -> Choice?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        oneOf(type.allCases.map(\.rawValue)).flatMap(Choice.init(rawValue:))
    }

    /// One case of `type`, or a list of them.
    package func choices<Choice>(of type: Choice.Type = Choice.self) -> [Choice]?
    where Choice: RawRepresentable & CaseIterable, Choice.RawValue == String {
        all(oneOrMany()) { $0.choice(of: type) }
    }

    // MARK: - Groups and lists

    /// A group of keys; end reading it with ``YAMLMapping/finish(noun:known:removed:)``.
    package func mapping() -> YAMLMapping? {
        guard case .mapping(let entries) = node.content else {
            return expected("keys with values", help: "write `key: value`")
        }
        return YAMLMapping(entries: entries, place: place, name: name, source: source, box: box)
    }

    /// A list, possibly empty.
    package func list() -> [YAMLField]? {
        guard case .list(let items) = node.content else {
            return expected("a list", help: "begin each item with `- `")
        }
        return fields(items)
    }

    /// The items of a list, or the field itself where it is no list.
    package func oneOrMany() -> [YAMLField] {
        guard case .list(let items) = node.content else { return [self] }
        return fields(items)
    }

    // MARK: - Complaints

    /// Drops in an error about this value.
    package func error(_ message: String, help: String? = nil, notes: [Complaint.Note] = []) {
        box.error(message, at: place, help: help, notes: notes)
    }

    /// Drops in the error that `wanted` was expected here and something else found; always nil.
    package func expected<Value>(_ wanted: String, help: String? = nil) -> Value? {
        if node.range == nil, fallback == nil {
            box.error("the file is empty", at: place)
        } else {
            box.error("expected \(wanted), found \(node.found)", at: place, help: help)
        }
        return nil
    }

    private func fields(_ items: [YAMLNode]) -> [YAMLField] {
        items.map { item in
            YAMLField(node: item, name: name, source: source, box: box, fallback: node.range)
        }
    }

    /// All values, or nil where one of the items was faulty; every item is read.
    private func all<Value>(_ items: [YAMLField], _ read: (YAMLField) -> Value?) -> [Value]? {
        let values = items.map(read)
        return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
    }

    private static func wholeNumber(_ text: String) -> Int? {
        let digits = text.hasPrefix("-") ? text.dropFirst() : text[...]
        let isPlain = digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard isPlain, !digits.isEmpty, digits == "0" || !digits.hasPrefix("0") else { return nil }
        return Int(text)
    }

    /// The number that `0010` or `1_000` is probably meant to be.
    private static func plainNumber(_ text: String) -> Int? {
        let bare = text.filter { $0 != "_" }
        guard bare.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(bare)
    }

    private static func short(_ number: Double) -> String {
        Int(exactly: number).map { String($0) } ?? String(number)
    }
}
