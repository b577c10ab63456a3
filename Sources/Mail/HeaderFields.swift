// SPDX-License-Identifier: MIT

/// The header block of a mail exactly as it came, cut into fields without decoding anything.
///
/// Whatever must not depend on a decoder's leniency reads from here: the digest, the verdicts, the signs of
/// automatic mail. Cutting is total and linear. Lines that are no field are skipped and listed in ``damage``.
struct HeaderFields {
    /// The longest header block that is read, in bytes; what lies beyond is skipped.
    static let limit = 256 * 1024

    /// One field; the ranges are offsets in the whole mail.
    struct Field {
        var name: Range<Int>
        /// Everything behind the colon up to the line end, folds included.
        var value: Range<Int>
        /// The first eight bytes of the lower-case name and its length, to skip most comparisons.
        var key: UInt64
    }

    let bytes: [UInt8]
    private(set) var fields: [Field] = []
    /// Where the body begins; the end of the mail if there is none.
    private(set) var bodyStart = 0
    private(set) var damage: [String] = []

    init(_ bytes: [UInt8], from start: Int = 0, to end: Int? = nil) {
        self.bytes = bytes
        fields.reserveCapacity(32)
        cut(from: start, to: end ?? bytes.count)
    }

    /// The first field of this name; names are ASCII and lower case.
    func first(_ name: StaticString) -> Field? {
        let key = Self.key(of: name)
        return fields.first { $0.key == key && isNamed(name, $0) }
    }

    /// All fields of this name, topmost first.
    func all(_ name: StaticString) -> [Field] {
        let key = Self.key(of: name)
        return fields.filter { $0.key == key && isNamed(name, $0) }
    }

    /// Whether a field of this name is there.
    func has(_ name: StaticString) -> Bool {
        first(name) != nil
    }

    /// The value on one line: folds and control characters are spaces, ends trimmed.
    func unfolded(_ field: Field) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(field.value.count)
        for index in field.value {
            let byte = bytes[index]
            switch byte {
            case 0x0D, 0x0A: continue
            case 0..<0x20, 0x7F: if !line.isEmpty { line.append(0x20) }
            case 0x20: if !line.isEmpty { line.append(byte) }
            default: line.append(byte)
            }
        }
        while line.last == 0x20 { line.removeLast() }
        return line
    }

    /// The value on one line as text, undecoded.
    func text(_ field: Field) -> String {
        String(decoding: unfolded(field), as: UTF8.self)
    }

    /// The value of the first field of this name, on one line, undecoded.
    func text(_ name: StaticString) -> String? {
        first(name).map(text)
    }

    /// The name of a field in lower case.
    func name(_ field: Field) -> String {
        String(decoding: bytes[field.name].map(\.asciiLowercased), as: UTF8.self)
    }

    // MARK: Cutting

    private mutating func cut(from start: Int, to end: Int) {
        var position = start
        // Some stores leave blank lines or an mbox separator in front.
        while position < end, bytes[position] == 0x0D || bytes[position] == 0x0A { position += 1 }
        if position > start, position < end { damage.append("blank lines before the header") }
        let block = position
        var junk = 0
        while position < end {
            if position - block > Self.limit {
                damage.append(
                    "the header is longer than \(Self.limit / 1024) KB; the rest of it was not read"
                )
                bodyStart = bodyAfterBlankLine(from: position, to: end)
                return
            }
            let line = position..<lineEnd(from: position, to: end)
            position = afterLineEnd(line.upperBound, to: end)
            if line.isEmpty {
                bodyStart = position
                noteJunk(junk)
                return
            }
            let isFold = bytes[line.lowerBound] == 0x20 || bytes[line.lowerBound] == 0x09
            if isFold {
                if isBlank(line), position >= end || !isFieldOrFold(at: position, to: end) {
                    // A line of spaces between header and body, as some form mailers write.
                    bodyStart = position
                    noteJunk(junk + 1)
                    return
                }
                if let last = fields.indices.last {
                    fields[last].value = fields[last].value.lowerBound..<line.upperBound
                } else {
                    junk += 1
                }
                continue
            }
            if let field = field(in: line) {
                fields.append(field)
            } else if line.lowerBound == block, isSeparator(line) {
                continue
            } else if isFieldOrFold(at: position, to: end), !fields.isEmpty {
                junk += 1
            } else {
                // No header line follows: the blank line is missing and this is the body.
                damage.append("no blank line between header and body")
                bodyStart = line.lowerBound
                noteJunk(junk)
                return
            }
        }
        bodyStart = end
        noteJunk(junk)
        if end > start { damage.append("no body") }
    }

    private mutating func noteJunk(_ count: Int) {
        if count > 0 { damage.append("\(count) lines of the header are no fields") }
    }

    private func field(in line: Range<Int>) -> Field? {
        var index = line.lowerBound
        var key: UInt64 = 0
        while index < line.upperBound {
            let byte = bytes[index]
            if byte == 0x3A { break }
            guard byte > 0x20, byte < 0x7F else { break }
            let distance = index - line.lowerBound
            if distance < 7 { key |= UInt64(byte.asciiLowercased) << UInt64(8 * (distance + 1)) }
            index += 1
        }
        let name = line.lowerBound..<index
        // RFC 5322 section 4.5 allows blanks before the colon in old mail.
        while index < line.upperBound, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        guard !name.isEmpty, index < line.upperBound, bytes[index] == 0x3A else { return nil }
        return Field(
            name: name,
            value: (index + 1)..<line.upperBound,
            key: key | UInt64(min(name.count, 255))
        )
    }

    private func isFieldOrFold(at position: Int, to end: Int) -> Bool {
        guard position < end else { return false }
        let line = position..<lineEnd(from: position, to: min(end, position + 1000))
        guard let first = line.first else { return false }
        return bytes[first] == 0x20 || bytes[first] == 0x09 || field(in: line) != nil
    }

    /// `From somebody Mon Jan …`, the separator of mbox files, also with `>` in front.
    private func isSeparator(_ line: Range<Int>) -> Bool {
        bytes[line].starts(with: Array("From ".utf8)) || bytes[line].starts(with: Array(">From ".utf8))
    }

    private func isBlank(_ line: Range<Int>) -> Bool {
        line.allSatisfy { bytes[$0] == 0x20 || bytes[$0] == 0x09 }
    }

    private func lineEnd(from position: Int, to end: Int) -> Int {
        var index = position
        while index < end {
            let byte = bytes[index]
            if byte == 0x0A || byte == 0x0D { return index }
            index += 1
        }
        return end
    }

    private func afterLineEnd(_ index: Int, to end: Int) -> Int {
        guard index < end else { return end }
        if bytes[index] == 0x0D, index + 1 < end, bytes[index + 1] == 0x0A { return index + 2 }
        return index + 1
    }

    private func bodyAfterBlankLine(from position: Int, to end: Int) -> Int {
        var index = position
        while index < end {
            let stop = lineEnd(from: index, to: end)
            let next = afterLineEnd(stop, to: end)
            if stop == index { return next }
            index = next
        }
        return end
    }

    private static func key(of name: StaticString) -> UInt64 {
        name.withUTF8Buffer { buffer in
            var key = UInt64(min(buffer.count, 255))
            for index in 0..<min(buffer.count, 7) { key |= UInt64(buffer[index]) << UInt64(8 * (index + 1)) }
            return key
        }
    }

    /// Whether a field has this name; names are ASCII and lower case.
    func isNamed(_ name: StaticString, _ field: Field) -> Bool {
        name.withUTF8Buffer { buffer in
            guard buffer.count == field.name.count else { return false }
            for index in 0..<buffer.count
            where bytes[field.name.lowerBound + index].asciiLowercased != buffer[index] {
                return false
            }
            return true
        }
    }
}

extension UInt8 {
    /// The byte with `A`–`Z` made `a`–`z`.
    var asciiLowercased: UInt8 {
        self >= 0x41 && self <= 0x5A ? self | 0x20 : self
    }

    /// Whether it is `0`–`9`.
    var isASCIIDigit: Bool {
        self >= 0x30 && self <= 0x39
    }

    /// Whether it is `A`–`Z`, `a`–`z`.
    var isASCIILetter: Bool {
        asciiLowercased >= 0x61 && asciiLowercased <= 0x7A
    }
}
