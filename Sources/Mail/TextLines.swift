// SPDX-License-Identifier: MIT

/// A text cut into lines, with the comparisons that reading quotes and headers in it needs.
struct TextLines {
    let bytes: [UInt8]
    /// The lines without their ends and without blanks around them.
    private(set) var lines: [Range<Int>] = []

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        var start = 0
        for index in bytes.indices where bytes[index] == 0x0A {
            lines.append(trimmed(start..<index))
            start = index + 1
        }
        if start < bytes.count { lines.append(trimmed(start..<bytes.count)) }
    }

    init(_ text: String) {
        self.init(Array(text.utf8))
    }

    var count: Int { lines.count }

    func isBlank(_ line: Int) -> Bool {
        lines[line].isEmpty
    }

    /// Whether the line is somebody else's, marked by `>`.
    func isQuoted(_ line: Int) -> Bool {
        lines[line].first.map { bytes[$0] == 0x3E } ?? false
    }

    func text(_ line: Int) -> String {
        String(decoding: bytes[lines[line]], as: UTF8.self)
    }

    /// The line with ASCII capitals made small.
    func lowercased(_ line: Int) -> [UInt8] {
        bytes[lines[line]].map(\.asciiLowercased)
    }

    /// Whether the line begins so; `prefix` is in lower case, ASCII capitals of the line count as small.
    func begins(_ line: Int, with prefix: StaticString) -> Bool {
        let range = lines[line]
        return prefix.withUTF8Buffer { buffer in
            guard buffer.count <= range.count else { return false }
            for index in 0..<buffer.count
            where bytes[range.lowerBound + index].asciiLowercased != buffer[index] {
                return false
            }
            return true
        }
    }

    /// Whether the line begins with one of these; `false` quickly if its first byte begins none of them.
    func begins(_ line: Int, withAnyOf table: PrefixTable) -> Bool {
        guard let first = lines[line].first else { return false }
        guard let candidates = table.byFirst[bytes[first].asciiLowercased] else { return false }
        return candidates.contains { begins(line, with: $0) }
    }

    /// The index of the next line that is not blank.
    func nextLine(after line: Int) -> Int? {
        var index = line + 1
        while index < count, isBlank(index) { index += 1 }
        return index < count ? index : nil
    }

    /// Without blanks, also wide ones, at both ends.
    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var range = range
        while let first = range.first {
            if bytes[first] == 0x20 || bytes[first] == 0x09 {
                range.removeFirst()
            } else if range.count > 1, bytes[first] == 0xC2, bytes[first + 1] == 0xA0 {
                range.removeFirst(2)
            } else {
                break
            }
        }
        while let last = range.last {
            if bytes[last] == 0x20 || bytes[last] == 0x09 {
                range.removeLast()
            } else if range.count > 1, bytes[last] == 0xA0, bytes[last - 1] == 0xC2 {
                range.removeLast(2)
            } else {
                break
            }
        }
        return range
    }

    /// Beginnings of lines, sorted by their first byte.
    struct PrefixTable: Sendable {
        let byFirst: [UInt8: [StaticString]]

        init(_ prefixes: [StaticString]) {
            byFirst = Dictionary(grouping: prefixes) { $0.utf8Start.pointee }
        }
    }
}

extension [UInt8] {
    /// Whether these bytes begin so.
    func begins(with prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { prefix in
            guard count >= prefix.count else { return false }
            for index in 0..<prefix.count where self[index] != prefix[index] { return false }
            return true
        }
    }

    /// Whether these bytes end so.
    func ends(with suffix: StaticString) -> Bool {
        suffix.withUTF8Buffer { count >= $0.count && self[(count - $0.count)...].elementsEqual($0) }
    }

    /// Whether these bytes stand anywhere in it; for short texts.
    func holds(_ words: StaticString) -> Bool {
        words.withUTF8Buffer { words in
            guard let first = words.first, count >= words.count else { return false }
            return withUnsafeBufferPointer { text in
                for start in 0...(text.count - words.count) where text[start] == first {
                    var length = 1
                    while length < words.count, text[start + length] == words[length] { length += 1 }
                    if length == words.count { return true }
                }
                return false
            }
        }
    }
}
