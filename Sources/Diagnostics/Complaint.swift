// SPDX-License-Identifier: MIT

/// One fault in a file that a person wrote, with its place and the way out.
///
/// Messages are lower case and have no full stop; they state the fault. Words from the file stand in
/// backticks. The remedy belongs in ``helps``, facts elsewhere in the files in ``notes``.
package struct Complaint: Sendable, Hashable {
    /// How much it matters.
    package enum Severity: String, Sendable, Hashable {
        /// The file cannot be used as it is.
        case error
        /// The file can be used, but hardly does what its writer meant.
        case warning
    }

    /// A fact that belongs to the complaint, such as the rule that hides this one.
    package struct Note: Sendable, Hashable {
        /// The fact, in the form of a message.
        package var message: String
        /// Where it can be seen, in the same file or in another.
        package var place: Place?

        /// The fact `message`, to be seen at `place`.
        package init(_ message: String, at place: Place? = nil) {
            self.message = message
            self.place = place
        }
    }

    /// How much it matters.
    package var severity: Severity
    /// The fault.
    package var message: String
    /// Where the fault is.
    package var place: Place
    /// The ways out, one sentence each.
    package var helps: [String]
    /// Facts that explain it, each with a place of its own where it has one.
    package var notes: [Note]

    /// The complaint `message` about `place`.
    package init(
        _ severity: Severity,
        _ message: String,
        at place: Place,
        helps: [String] = [],
        notes: [Note] = []
    ) {
        self.severity = severity
        self.message = message
        self.place = place
        self.helps = helps
        self.notes = notes
    }

    /// The complaint as people read it; `source` gives the text of a file by its name, where it is known.
    func render(source: (String) -> SourceText?) -> String {
        var parts = [Self.block(severity.rawValue, message, place, source)]
        parts += notes.map { Self.block("note", $0.message, $0.place, source) }
        parts += helps.map { "help: \(Excerpt.visible($0))" }
        return parts.joined(separator: "\n")
    }

    private static func block(
        _ kind: String,
        _ message: String,
        _ place: Place?,
        _ source: (String) -> SourceText?
    ) -> String {
        let words = "\(kind): \(Excerpt.visible(message))"
        guard let place else { return words }
        let head = "\(place): \(words)"
        guard let range = place.range, let text = source(place.file) else { return head }
        let excerpt = Excerpt(of: text.line(range.line), range: range)
        let number = String(range.line)
        let gutter = String(repeating: " ", count: number.count)
        let shown = excerpt.line.isEmpty ? "\(number) |" : "\(number) | \(excerpt.line)"
        return "\(head)\n\(gutter) |\n\(shown)\n\(gutter) | \(excerpt.carets)"
    }
}
