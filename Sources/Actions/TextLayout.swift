// SPDX-License-Identifier: MIT

/// Plain text that looks right in a fixed number of columns.
package enum TextLayout {
    /// Every line broken between words so that it has at most `columns` characters.
    ///
    /// Lines are never joined: in a template a paragraph is one line. A line that begins with a blank is a row of
    /// a table: its blanks are kept, and what does not fit goes on below its last column. A word longer than the
    /// line (a link) is never broken. No-break spaces hold words together and become blanks.
    package static func wrapped(_ text: String, columns: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { line in
                let label = line.first == " " ? label(of: line) : ""
                return broken(line.dropFirst(label.count), columns: columns, after: label)
            }
            .joined(separator: "\n")
            .replacing("\u{A0}", with: " ")
    }

    /// What stands left of the last column of a row: up to the last two blanks before a word.
    private static func label(of line: Substring) -> Substring {
        var end = line.startIndex
        var blanks = 0
        for index in line.indices {
            if line[index] != " ", blanks >= 2 || end == line.startIndex { end = index }
            blanks = line[index] == " " ? blanks + 1 : 0
        }
        return line[..<end]
    }

    private static func broken(_ text: Substring, columns: Int, after label: Substring) -> [String] {
        let indent = String(repeating: " ", count: label.count)
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(label + word)
            } else if line.count + 1 + word.count <= columns {
                line += " " + word
            } else {
                lines.append(line)
                line = indent + word
            }
        }
        return lines + [line]
    }
}
