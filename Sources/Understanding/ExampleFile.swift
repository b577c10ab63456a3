// SPDX-License-Identifier: MIT

/// A text that is learned, with what it is an example of.
struct Example {
    var aspect: String
    var label: String
    var language: String
    var text: String
    /// 1, or the part of a pattern line that this text is.
    var weight: Float
}

/// The examples and complaints of a set of sources.
struct ExampleFile {
    /// The aspects and, where they are fixed, their labels.
    static let aspects: [String: [String]?] = [
        "intent": nil, "guarded": nil, "near": nil, "words": nil,
        "act": Reading.Act.allCases.map(\.rawValue), "mood": Reading.Mood.allCases.map(\.rawValue),
    ]
    /// A file longer than this, in bytes, is not one that a person wrote.
    private static let largest = 8 << 20

    private(set) var examples: [Example] = []
    private(set) var complaints: [ExampleComplaint] = []

    /// Reads all sources; the order in which they are given does not matter.
    init(reading sources: [ExampleSource]) {
        let sorted = sources.sorted {
            ($0.aspect, $0.label, $0.language, $0.name) < ($1.aspect, $1.label, $1.language, $1.name)
        }
        let sound = sorted.filter { accepts($0) }
        var words: [String: [String: [String]]] = [:]
        for source in sound where source.aspect == "words" {
            let lines = Self.lines(of: source).map { $0.trimmed }.filter { !$0.isEmpty && !$0.hasPrefix("#") }
            words[source.language, default: [:]][source.label, default: []] += lines.map(String.init)
            if lines.isEmpty { complain(source, message: "this word list is empty") }
        }
        for source in sound where source.aspect != "words" {
            read(source, words: words[source.language] ?? [:])
        }
    }

    private static func lines(of source: ExampleSource) -> [Substring] {
        source.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    }

    private mutating func complain(
        _ source: ExampleSource,
        line: Int = 0,
        column: Int = 0,
        message: String,
        help: String? = nil
    ) {
        complaints.append(
            ExampleComplaint(file: source.name, line: line, column: column, message: message, help: help)
        )
    }

    private mutating func accepts(_ source: ExampleSource) -> Bool {
        guard let labels = Self.aspects[source.aspect] else {
            complain(
                source,
                message: "unknown aspect `\(source.aspect)`",
                help: "the folders are: " + Self.aspects.keys.sorted().joined(separator: ", ")
            )
            return false
        }
        if let labels, !labels.contains(source.label) {
            complain(
                source,
                message: "`\(source.label)` is no answer to `\(source.aspect)`",
                help: "the answers are: " + labels.joined(separator: ", ")
            )
            return false
        }
        let isLanguage = source.language.count == 2 && source.language.allSatisfy { ("a"..."z").contains($0) }
        guard isLanguage else {
            complain(
                source,
                message: "`\(source.language)` is no language",
                help: "name the file LABEL.LANG.txt, with two letters such as `de` or `en`"
            )
            return false
        }
        guard source.text.utf8.count <= Self.largest else {
            complain(
                source,
                message: "the file is larger than 8 MB",
                help: "keep the examples that differ most"
            )
            return false
        }
        return true
    }

    private mutating func read(_ source: ExampleSource, words: [String: [String]]) {
        let before = examples.count
        var mail: [Substring]?
        var opened = 0
        for (index, line) in Self.lines(of: source).enumerated() {
            let number = index + 1
            if line.trimmed == "---" {
                if let text = mail {
                    add(source, text.joined(separator: "\n"), weight: 1)
                    if text.allSatisfy({ $0.trimmed.isEmpty }) {
                        complain(source, line: number, message: "there is no mail between these lines `---`")
                    }
                }
                mail = mail == nil ? [] : nil
                opened = number
            } else if mail != nil {
                mail?.append(line)
            } else if !line.hasPrefix("#"), !line.trimmed.isEmpty {
                addPattern(source, String(line), number, words)
            }
        }
        if mail != nil {
            complain(
                source,
                line: opened,
                column: 1,
                message: "this mail does not end",
                help: "a whole mail stands between two lines `---`, each mail between its own two"
            )
        }
        if examples.count == before, !complaints.contains(where: { $0.file == source.name }) {
            complain(source, message: "there is no example in this file")
        }
    }

    private mutating func addPattern(
        _ source: ExampleSource,
        _ line: String,
        _ number: Int,
        _ words: [String: [String]]
    ) {
        do throws(ExamplePattern.Fault) {
            let variants = try ExamplePattern(line, words: words).variants()
            for text in variants { add(source, text, weight: 1 / Float(variants.count)) }
        } catch {
            complain(source, line: number, column: error.column, message: error.message, help: error.help)
        }
    }

    private mutating func add(_ source: ExampleSource, _ text: String, weight: Float) {
        guard !text.trimmed.isEmpty else { return }
        examples.append(
            Example(
                aspect: source.aspect,
                label: source.label,
                language: source.language,
                text: text,
                weight: weight
            )
        )
    }
}

extension StringProtocol {
    /// Without blanks at both ends.
    var trimmed: SubSequence {
        var rest = self[...]
        while let first = rest.first, first.isWhitespace { rest.removeFirst() }
        while let last = rest.last, last.isWhitespace { rest.removeLast() }
        return rest
    }
}
