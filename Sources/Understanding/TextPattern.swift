// SPDX-License-Identifier: MIT

/// A regular expression that an administrator wrote, in RE2's syntax; searching is linear in the text.
package struct TextPattern: Sendable, Hashable, CustomStringConvertible {
    private let pattern: Pattern

    /// Compiles a pattern that ignores case.
    ///
    /// - Throws: ``PatternError`` with RE2's words.
    package init(_ source: String) throws(PatternError) {
        pattern = try Pattern(source, ignoringCase: true)
    }

    package var description: String { pattern.source }

    /// Whether it matches anywhere in the text.
    package func occurs(in text: String) -> Bool {
        var text = text
        return text.withUTF8 { !pattern.matches(in: $0, limit: 1).isEmpty }
    }

    package static func == (left: TextPattern, right: TextPattern) -> Bool {
        left.pattern.source == right.pattern.source
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(pattern.source)
    }
}
