// SPDX-License-Identifier: MIT

/// All faults that were found in one run, over all files.
package struct Complaints: Sendable, Hashable {
    /// The complaints in the order in which they were found.
    package private(set) var all: [Complaint] = []
    private var sources: [String: SourceText] = [:]

    /// No complaints yet.
    package init() {}

    /// Whether there are none.
    package var isEmpty: Bool { all.isEmpty }
    /// Whether at least one makes a file unusable.
    package var hasErrors: Bool { all.contains { $0.severity == .error } }

    /// The complaints by file name, line and column; those about the same spot stay in the order they were
    /// found.
    package var sorted: [Complaint] {
        all.enumerated()
            .sorted { ($0.element.place, $0.offset) < ($1.element.place, $1.offset) }
            .map(\.element)
    }

    /// Adds one complaint.
    package mutating func append(_ complaint: Complaint) {
        all.append(complaint)
    }

    /// Adds all of `others`, with the texts they speak of.
    package mutating func append(contentsOf others: Complaints) {
        all += others.all
        sources.merge(others.sources) { _, new in new }
    }

    /// Keeps the text of a file, so that complaints about it can show the line.
    package mutating func know(_ source: SourceText) {
        sources[source.name] = source
    }

    /// All complaints as people read them, sorted, an empty line between two, a newline at the end.
    ///
    /// At most `limit` are shown; a last line says how many are not. Empty where there are none.
    package func render(limit: Int = 200) -> String {
        guard !isEmpty else { return "" }
        var blocks = sorted.prefix(limit).map { complaint in complaint.render { sources[$0] } }
        if all.count > limit { blocks.append("… and \(all.count - limit) more") }
        return blocks.joined(separator: "\n\n") + "\n"
    }

    /// The count in one line: `3 errors, 1 warning in 2 files`.
    package var summary: String {
        let errors = all.count { $0.severity == .error }
        let counts = [Self.count(errors, "error"), Self.count(all.count - errors, "warning")]
        let files = Set(all.map(\.place.file)).count
        guard files > 0 else { return "no complaints" }
        return counts.compactMap(\.self).joined(separator: ", ") + " in \(files) file\(files == 1 ? "" : "s")"
    }

    /// The complaints, sorted, as a JSON array with one object per line and a newline at the end.
    ///
    /// Keys are `file line column severity message help notes`; `line` and `column` are null for a file as a
    /// whole, `help` is null or all helps joined by `; `, a note has `file line column message`.
    package func json() -> String {
        guard !isEmpty else { return "[]\n" }
        return "[\n" + sorted.map { "  " + Self.json($0) }.joined(separator: ",\n") + "\n]\n"
    }

    private static func count(_ number: Int, _ noun: String) -> String? {
        number == 0 ? nil : "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    private static func json(_ complaint: Complaint) -> String {
        let help = complaint.helps.isEmpty ? "null" : json(complaint.helps.joined(separator: "; "))
        let notes = complaint.notes.map { #"{\#(json($0.place)), "message": \#(json($0.message))}"# }
        return #"{\#(json(complaint.place)), "severity": "\#(complaint.severity.rawValue)", "#
            + #""message": \#(json(complaint.message)), "help": \#(help), "#
            + #""notes": [\#(notes.joined(separator: ", "))]}"#
    }

    private static func json(_ place: Place?) -> String {
        let file = place.map { json($0.file) } ?? "null"
        let line = place?.range.map { String($0.line) } ?? "null"
        let column = place?.range.map { String($0.column) } ?? "null"
        return #""file": \#(file), "line": \#(line), "column": \#(column)"#
    }

    /// A JSON string (RFC 8259 section 7).
    private static func json(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where Excerpt.isObeyed(scalar):
                result += scalar.utf16.map { "\\u" + hexadecimal($0, digits: 4) }.joined()
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
