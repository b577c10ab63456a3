// SPDX-License-Identifier: MIT

/// The name of a folder, as the server spells it and as people read it.
///
/// Two names are the same when the server's bytes are the same; `INBOX` is the same in any case (RFC 9051,
/// section 5.1). The bytes are sent back as they came: servers differ in what they take for modified UTF-7.
package struct FolderName: Sendable, Hashable, CustomStringConvertible {
    /// The bytes as they travel.
    package let wire: [UInt8]

    /// The name as people read it; where the bytes are not modified UTF-7 they are shown as UTF-8.
    package var text: String { ModifiedUTF7.decode(wire) ?? String(decoding: wire, as: UTF8.self) }

    /// The folder every account has.
    package static let inbox = FolderName(wire: Array("INBOX".utf8))

    /// The folder with this readable name, spelt in modified UTF-7 (RFC 3501, section 5.1.3).
    package init(_ text: String) {
        self.init(wire: ModifiedUTF7.encode(text))
    }

    /// The folder a server named with these bytes.
    package init(wire: [UInt8]) {
        let isInbox = wire.count == 5 && Ascii.uppercased(wire[...]) == "INBOX"
        self.wire = isInbox ? Array("INBOX".utf8) : wire
    }

    package var description: String { text }
}

extension FolderName: ExpressibleByStringLiteral {
    /// A readable name written in the source.
    package init(stringLiteral text: String) {
        self.init(text)
    }
}

/// IMAP's own way of writing names in ASCII (RFC 3501, section 5.1.3).
///
/// It differs from UTF-7 so that each name has one spelling: `&` opens, `-` closes, `,` stands for `/`, and
/// there is no padding.
enum ModifiedUTF7 {
    static func encode(_ text: String) -> [UInt8] {
        var result: [UInt8] = []
        var units: [UInt16] = []
        for scalar in text.unicodeScalars {
            guard scalar.value >= 0x20, scalar.value <= 0x7E else {
                units.append(contentsOf: UTF16.encode(scalar).map(Array.init) ?? [])
                continue
            }
            close(&units, into: &result)
            result.append(UInt8(scalar.value))
            if scalar == "&" { result.append(Ascii.minus) }
        }
        close(&units, into: &result)
        return result
    }

    /// The text, or nothing where the bytes break the rules: eight-bit bytes, a sequence that does not end or
    /// leaves bits over, half a surrogate pair.
    static func decode(_ bytes: [UInt8]) -> String? {
        var units: [UInt16] = []
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            guard byte >= 0x20, byte <= 0x7E else { return nil }
            index += 1
            guard byte == Ascii.ampersand else {
                units.append(UInt16(byte))
                continue
            }
            guard let end = bytes[index...].firstIndex(of: Ascii.minus) else { return nil }
            if end == index {
                units.append(UInt16(Ascii.ampersand))
            } else {
                guard let shifted = unshift(bytes[index..<end]) else { return nil }
                units.append(contentsOf: shifted)
            }
            index = end + 1
        }
        return String(validating: units, as: UTF16.self)
    }

    private static let alphabet = Array(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,".utf8
    )

    private static func close(_ units: inout [UInt16], into result: inout [UInt8]) {
        guard !units.isEmpty else { return }
        result.append(Ascii.ampersand)
        var bits: UInt32 = 0
        var count = 0
        for unit in units {
            bits = bits << 16 | UInt32(unit)
            count += 16
            while count >= 6 {
                count -= 6
                result.append(alphabet[Int(bits >> UInt32(count) & 0x3F)])
            }
            bits &= (1 << UInt32(count)) - 1
        }
        if count > 0 { result.append(alphabet[Int(bits << UInt32(6 - count) & 0x3F)]) }
        result.append(Ascii.minus)
        units = []
    }

    private static func unshift(_ bytes: ArraySlice<UInt8>) -> [UInt16]? {
        var units: [UInt16] = []
        var bits: UInt32 = 0
        var count = 0
        for byte in bytes {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            bits = bits << 6 | UInt32(digit)
            count += 6
            if count >= 16 {
                count -= 16
                units.append(UInt16(truncatingIfNeeded: bits >> UInt32(count)))
                bits &= (1 << UInt32(count)) - 1
            }
        }
        // Up to five bits fill the last digit, and they are zero; more would be half a character.
        return count < 6 && bits == 0 ? units : nil
    }
}
