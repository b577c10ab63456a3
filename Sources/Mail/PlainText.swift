// SPDX-License-Identifier: MIT

/// Bytes of a text part → UTF-8 text as this room hands it on.
///
/// Charsets are tried in the order declared, UTF-8, windows-1252; the last of them accepts everything.
enum PlainText {
    /// Decodes and cleans; what was wrong with the charset is added to `damage`.
    static func decoded(_ bytes: [UInt8], charset: String?, damage: inout [String]) -> [UInt8] {
        cleaned(utf8(bytes, charset: charset, damage: &damage))
    }

    /// The bytes as valid UTF-8.
    static func utf8(_ bytes: [UInt8], charset: String?, damage: inout [String]) -> [UInt8] {
        let name = charset.map { MIME.oneLine($0).lowercased() } ?? ""
        switch name {
        case "", "utf-8", "utf8", "us-ascii", "ascii", "unknown-8bit", "default":
            break
        case "iso-8859-1", "iso8859-1", "latin1", "windows-1252", "cp1252":
            // Every mailer that says ISO-8859-1 and writes 0x80–0x9F means windows-1252.
            return windows1252(bytes)
        default:
            if let converted = MIME.converted(bytes, from: name) { return converted }
            damage.append("the text is not valid in its charset \(name.prefix(40))")
        }
        if isValid(bytes) { return bytes }
        if name.hasPrefix("utf") { damage.append("the text is not valid UTF-8") }
        return isMostlyUTF8(bytes) ? Array(String(decoding: bytes, as: UTF8.self).utf8) : windows1252(bytes)
    }

    /// Line ends as `\n`, no other control characters than tabs, no byte order mark.
    static func cleaned(_ bytes: [UInt8]) -> [UInt8] {
        var clean: [UInt8] = []
        clean.reserveCapacity(bytes.count)
        bytes.withUnsafeBufferPointer { bytes in
            var index = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
            var copied = index
            while index < bytes.count {
                let byte = bytes[index]
                if byte >= 0x20 && byte != 0x7F || byte == 0x0A || byte == 0x09 {
                    index += 1
                    continue
                }
                clean.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<index]))
                if byte == 0x0D {
                    let isPair = index + 1 < bytes.count && bytes[index + 1] == 0x0A
                    if !isPair { clean.append(0x0A) }
                } else if byte == 0x0C || byte == 0x0B {
                    clean.append(0x0A)
                }
                index += 1
                copied = index
            }
            clean.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[copied..<bytes.count]))
        }
        return clean
    }

    /// Joins the lines of `format=flowed`, RFC 3676 section 4.
    static func unflowed(_ text: [UInt8], deletesSpaces: Bool) -> [UInt8] {
        var joined: [UInt8] = []
        joined.reserveCapacity(text.count)
        var openDepth: Int?
        for line in text.split(separator: 0x0A, omittingEmptySubsequences: false) {
            let depth = line.prefix { $0 == 0x3E }.count
            var rest = line.dropFirst(depth)
            if rest.first == 0x20 { rest = rest.dropFirst() }
            if openDepth != depth {
                if !joined.isEmpty || openDepth != nil { joined.append(0x0A) }
                for _ in 0..<depth { joined.append(0x3E) }
                if depth > 0, !rest.isEmpty { joined.append(0x20) }
            }
            let isSignature = rest.elementsEqual([0x2D, 0x2D, 0x20])
            if isSignature, openDepth == depth { joined.append(0x0A) }
            let isSoft = rest.last == 0x20 && !isSignature
            joined.append(contentsOf: isSoft && deletesSpaces ? rest.dropLast() : rest)
            openDepth = isSoft ? depth : -1
        }
        return joined
    }

    static func isValid(_ bytes: [UInt8]) -> Bool {
        String(validating: bytes, as: UTF8.self) != nil
    }

    /// More whole UTF-8 sequences than broken ones: a damaged UTF-8 text, not another charset.
    private static func isMostlyUTF8(_ bytes: [UInt8]) -> Bool {
        var whole = 0
        var broken = 0
        for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars where scalar.value >= 0x80 {
            if scalar.value == 0xFFFD { broken += 1 } else { whole += 1 }
        }
        return whole > broken
    }

    /// windows-1252 as browsers read it: the five unassigned bytes are dropped later as control characters.
    static func windows1252(_ bytes: [UInt8]) -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count + bytes.count / 8)
        for byte in bytes {
            if byte < 0x80 {
                text.append(byte)
            } else {
                let scalar = byte < 0xA0 ? high[Int(byte) - 0x80] : Unicode.Scalar(byte)
                text.append(contentsOf: UTF8.encode(scalar) ?? .init())
            }
        }
        return text
    }

    private static let high = Array(
        "€\u{81}‚ƒ„…†‡ˆ‰Š‹Œ\u{8D}Ž\u{8F}\u{90}‘’“”•–—˜™š›œ\u{9D}žŸ".unicodeScalars
    )
}
