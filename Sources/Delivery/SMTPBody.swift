// SPDX-License-Identifier: MIT

/// A letter's bytes on their way out, portion by portion, so that a large one is not copied as a whole.
struct SMTPBody: Sendable {
    private let bytes: [UInt8]
    private let dotted: Bool
    private var position = 0

    /// The bytes for BDAT: as they are, since their number was said (RFC 3030).
    static func counted(_ bytes: [UInt8]) -> SMTPBody {
        SMTPBody(bytes: bytes, dotted: false)
    }

    /// The bytes for DATA: a dot at the start of a line is doubled, a lone dot ends them (RFC 5321, 4.5.2).
    static func dotted(_ bytes: [UInt8]) -> SMTPBody {
        SMTPBody(bytes: bytes, dotted: true)
    }

    private init(bytes: [UInt8], dotted: Bool) {
        self.bytes = bytes
        self.dotted = dotted
    }

    /// Appends about `room` further bytes; the ending is always appended as one piece.
    ///
    /// - Returns: Whether the letter is now complete.
    mutating func write(to buffer: inout [UInt8], room: Int) -> Bool {
        let end = min(position + max(room, 1), bytes.count)
        if dotted {
            writeDotted(to: &buffer, end: end)
        } else {
            buffer += bytes[position..<end]
        }
        position = end
        guard position == bytes.count else { return false }
        if dotted { buffer += [UInt8(ascii: "."), UInt8(ascii: "\r"), UInt8(ascii: "\n")] }
        return true
    }

    private func writeDotted(to buffer: inout [UInt8], end: Int) {
        var start = position
        while start < end {
            let isLineStart = start == 0 || bytes[start - 1] == UInt8(ascii: "\n")
            if isLineStart, bytes[start] == UInt8(ascii: ".") { buffer.append(UInt8(ascii: ".")) }
            let feed = bytes[start..<end].firstIndex(of: UInt8(ascii: "\n"))
            let next = feed.map { $0 + 1 } ?? end
            buffer += bytes[start..<next]
            start = next
        }
    }
}
