// SPDX-License-Identifier: MIT

/// A file that a person wrote: its name, its text, its lines.
///
/// A byte order mark at the start is dropped. Lines end at LF, CRLF or CR, as editors and YAML count them.
/// The text is not changed otherwise; whatever is shown of it goes through ``render(_:)``, which makes
/// control characters visible so that no file can play tricks on a terminal.
package struct SourceText: Sendable, Hashable {
    /// The largest file that the YAML readers of this room take: 1 MiB.
    package static let sizeLimit = 1 << 20

    /// The file's name as complaints show it.
    package let name: String
    /// The text, without byte order mark.
    package let text: String
    /// The lines without their endings; a final line ending begins no further line.
    package let lines: [Substring]

    /// The text of the file `name`.
    package init(name: String, text: String) {
        var text = text
        if text.unicodeScalars.first == "\u{FEFF}" { text.unicodeScalars.removeFirst() }
        text.makeContiguousUTF8()
        self.name = name
        self.text = text
        lines = Self.split(text)
    }

    /// The text in `bytes`; nil, with a complaint that names the byte, where they are not UTF-8.
    package static func decode(_ bytes: [UInt8], name: String, into box: ComplaintBox) -> SourceText? {
        let repaired = SourceText(name: name, text: String(decoding: bytes, as: UTF8.self))
        guard let offset = firstInvalidByte(in: bytes) else { return repaired }
        box.know(repaired)
        if bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) {
            box.error("the file is UTF-16", at: repaired.wholeFile, help: "save it as UTF-8")
            return nil
        }
        let before = SourceText(name: name, text: String(decoding: bytes[..<offset], as: UTF8.self))
        box.error(
            "byte 0x\(hexadecimal(bytes[offset], digits: 2)) at offset \(offset) is not UTF-8",
            at: Place(file: name, range: before.endOfText),
            help: "save the file as UTF-8"
        )
        return nil
    }

    /// The file as a whole.
    package var wholeFile: Place { Place(file: name) }

    /// The stretch of `length` Unicode scalars at `line` and `column`, all counted as in ``SourceRange``.
    package func place(line: Int, column: Int, length: Int = 1) -> Place {
        Place(file: name, range: SourceRange(line: line, column: column, length: length))
    }

    /// The line with this number, counted from 1; empty where the file is shorter.
    package func line(_ number: Int) -> Substring {
        lines.indices.contains(number - 1) ? lines[number - 1] : ""
    }

    /// The complaint as people read it: place, message, the line with carets, notes, help; without a final
    /// newline.
    ///
    /// Places in other files are named but not shown; ``Complaints/render(limit:)`` shows them all.
    package func render(_ complaint: Complaint) -> String {
        complaint.render { $0 == name ? self : nil }
    }

    /// The point behind the last character, where a reader noticed that something is missing.
    var endOfText: SourceRange {
        let endsWithBreak = text.utf8.last == 0x0A || text.utf8.last == 0x0D
        guard let last = lines.last, !endsWithBreak else {
            return SourceRange(line: lines.count + 1, column: 1)
        }
        return SourceRange(line: lines.count, column: last.unicodeScalars.count + 1)
    }

    private static func split(_ text: String) -> [Substring] {
        var lines: [Substring] = []
        let bytes = text.utf8
        var start = bytes.startIndex
        var index = start
        while index != bytes.endIndex {
            let byte = bytes[index]
            let next = bytes.index(after: index)
            guard byte == 0x0A || byte == 0x0D else {
                index = next
                continue
            }
            lines.append(text[start..<index])
            let isPair = byte == 0x0D && next != bytes.endIndex && bytes[next] == 0x0A
            index = isPair ? bytes.index(after: next) : next
            start = index
        }
        if start != bytes.endIndex { lines.append(text[start...]) }
        return lines
    }

    private static func firstInvalidByte(in bytes: [UInt8]) -> Int? {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var valid = 0
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): valid += UTF8.width(scalar)
            case .emptyInput: return nil
            case .error: return valid
            }
        }
    }
}

/// The number in upper-case hexadecimal, padded with zeros to `digits`.
func hexadecimal(_ number: some BinaryInteger, digits: Int) -> String {
    let plain = String(number, radix: 16, uppercase: true)
    return String(repeating: "0", count: max(0, digits - plain.count)) + plain
}
