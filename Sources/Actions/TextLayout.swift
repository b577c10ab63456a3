// SPDX-License-Identifier: MIT

/// Plain text that looks right in a fixed number of columns.
package enum TextLayout {
    /// Every line broken between words so that it has at most `columns` characters.
    ///
    /// Lines are never joined: in a template a paragraph is one line. Lines that begin with a blank are kept as
    /// they are, since they are tables; a word longer than the line (a link) is never broken.
    package static func wrapped(_ text: String, columns: Int) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false)
            .flatMap { line in line.first == " " ? [trimmed(line)] : broken(line, columns: columns) }
            .joined(separator: "\n")
            .replacing("\u{A0}", with: " ")
    }

    private static func trimmed(_ line: Substring) -> String {
        var line = line
        while line.last == " " { line.removeLast() }
        return String(line)
    }

    private static func broken(_ text: Substring, columns: Int) -> [String] {
        var lines: [String] = []
        var line = ""
        for word in text.split(separator: " ") {
            if line.isEmpty {
                line = String(word)
            } else if line.count + 1 + word.count <= columns {
                line += " " + word
            } else {
                lines.append(line)
                line = String(word)
            }
        }
        return lines + [line]
    }
}
