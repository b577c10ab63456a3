// SPDX-License-Identifier: MIT

/// A file with a YAML head, a line `---`, and a text below it, such as an answer.
///
/// A line `---` at the very beginning, as other programs want it, is allowed and belongs to neither.
package struct HeadedText {
    /// The head, to be read as YAML.
    package let head: YAMLField
    /// The text below the line, exactly as written but with every line ending turned into LF.
    package let body: String
    /// The number of the body's first line in the file; places in the body are counted from here.
    package let bodyFirstLine: Int
    /// The file.
    package let source: SourceText

    /// Reads `source`; nil, with complaints in `box`, where the line is missing or the head is no YAML.
    package static func read(_ source: SourceText, into box: ComplaintBox) -> HeadedText? {
        box.know(source)
        let lines = source.lines
        let start = lines.first.map(isSeparator) == true ? 1 : 0
        guard let separator = lines.indices.dropFirst(start).first(where: { isSeparator(lines[$0]) }) else {
            box.error(
                "there is no line `---` between the head and the text",
                at: source.wholeFile,
                help: "write the keys first, then a line `---`, then the text"
            )
            return nil
        }
        // An empty line in the place of an opening `---` keeps the numbers of the others.
        let head = (start == 1 ? "\n" : "") + lines[start..<separator].joined(separator: "\n") + "\n"
        let rule = SourceRange(line: separator + 1, column: 1, length: 3)
        guard let field = YAML.root(of: source, reading: head, fallback: rule, into: box) else { return nil }
        var body = lines[(separator + 1)...].joined(separator: "\n")
        if source.text.utf8.last == 0x0A || source.text.utf8.last == 0x0D, !body.isEmpty { body += "\n" }
        return HeadedText(head: field, body: body, bodyFirstLine: separator + 2, source: source)
    }

    /// The place of `length` Unicode scalars in the body; `line` and `column` are counted from 1 in the body.
    package func place(inBodyLine line: Int, column: Int, length: Int = 1) -> Place {
        source.place(line: bodyFirstLine + line - 1, column: column, length: length)
    }

    private static func isSeparator(_ line: Substring) -> Bool {
        line.hasPrefix("---") && line.utf8.dropFirst(3).allSatisfy { $0 == 0x20 || $0 == 0x09 }
    }
}
