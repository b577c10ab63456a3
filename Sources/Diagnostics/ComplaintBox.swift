// SPDX-License-Identifier: MIT

/// The place where readers drop complaints while they go on reading.
///
/// A class, because all fields and mappings of one run drop into the same box. It is used within one function
/// and never crosses a task; what leaves is the value ``complaints``.
package final class ComplaintBox {
    /// What has been dropped in so far.
    package private(set) var complaints = Complaints()

    /// An empty box.
    package init() {}

    /// Drops in one complaint.
    package func add(_ complaint: Complaint) {
        complaints.append(complaint)
    }

    /// Drops in an error about `place`, with an optional way out and other places that explain it.
    package func error(
        _ message: String,
        at place: Place,
        help: String? = nil,
        notes: [Complaint.Note] = []
    ) {
        add(Complaint(.error, message, at: place, helps: help.map { [$0] } ?? [], notes: notes))
    }

    /// Drops in a warning about `place`, with an optional way out and other places that explain it.
    package func warning(
        _ message: String,
        at place: Place,
        help: String? = nil,
        notes: [Complaint.Note] = []
    ) {
        add(Complaint(.warning, message, at: place, helps: help.map { [$0] } ?? [], notes: notes))
    }

    /// Drops in an error that nobody knows `word`, with the closest of `known` or, where they are few, all of
    /// them.
    ///
    /// `noun` says what it was looked up as: `condition`, `key`, `team`.
    package func unknown(_ noun: String, _ word: String, at place: Place, among known: [String]) {
        error("unknown \(noun) \(code(word))", at: place, help: Self.remedy(for: word, among: known))
    }

    /// Keeps the text of a file, so that complaints about it can show the line.
    package func know(_ source: SourceText) {
        complaints.know(source)
    }

    static func remedy(for word: String, among known: [String]) -> String? {
        if let closest = Suggestion.closest(to: word, among: known) { return "did you mean `\(closest)`?" }
        guard let first = known.first, known.count <= 12 else { return nil }
        guard known.count > 1 else { return "use `\(first)`" }
        return "use one of " + known.map { "`\($0)`" }.joined(separator: ", ")
    }
}

/// A word from a file in backticks, shortened where it is long.
func code(_ word: String) -> String {
    "`\(shortened(word))`"
}

/// The first 40 characters on one line, with a mark of omission where there are more.
func shortened(_ text: String) -> String {
    let line = text.split(whereSeparator: \.isNewline).first ?? ""
    guard line.count > 40 || line.count < text.count else { return text }
    return line.prefix(40) + "…"
}
