// SPDX-License-Identifier: MIT

/// A stretch of one line of a text.
package struct SourceRange: Sendable, Hashable {
    /// The line, counted from 1; a line ends at LF, CRLF or CR.
    package var line: Int
    /// The first character, counted from 1 in Unicode scalars: a tab is one, `ä` written as two scalars is
    /// two.
    package var column: Int
    /// How many Unicode scalars it covers; 0 is the point before `column`.
    package var length: Int

    /// The stretch of `length` Unicode scalars that begins at `line` and `column`.
    package init(line: Int, column: Int, length: Int = 1) {
        precondition(line > 0 && column > 0 && length >= 0, "lines and columns are counted from 1")
        self.line = line
        self.column = column
        self.length = length
    }
}

/// A spot in a named file, or the file as a whole.
///
/// It is a plain value without the text, so that rules and answers can keep theirs for `explain`.
package struct Place: Sendable, Hashable {
    /// The file's name as the person is to see it.
    package var file: String
    /// The stretch in the file; nil means the file as a whole.
    package var range: SourceRange?

    /// The stretch `range` of `file`; without a range, the whole file.
    package init(file: String, range: SourceRange? = nil) {
        self.file = file
        self.range = range
    }
}

extension Place: CustomStringConvertible {
    /// The form that editors jump to: `file:line:column`, or the file's name alone.
    package var description: String {
        guard let range else { return Excerpt.visible(file) }
        return "\(Excerpt.visible(file)):\(range.line):\(range.column)"
    }
}

extension Place: Comparable {
    /// By file name, then by position; the file as a whole comes before its lines.
    package static func < (one: Place, other: Place) -> Bool {
        one.sortKey < other.sortKey
    }

    private var sortKey: (String, Int, Int, Int) {
        (file, range?.line ?? 0, range?.column ?? 0, range?.length ?? 0)
    }
}
