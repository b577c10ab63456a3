// SPDX-License-Identifier: MIT

/// One form for the many ways of writing the same words.
///
/// Lower case; `ä` and `ae` alike (two letters, since that can be reached from both), `ß` as `ss`, no
/// accents, straight quotes, no invisible characters, one blank for any white space. Works on UTF-8 and never
/// fails.
enum Folding {
    /// The folded form of a whole text.
    static func fold(_ text: String) -> [UInt8] {
        var copy = text
        var folded: [UInt8] = []
        copy.withUTF8 { fold($0, into: &folded) }
        return folded
    }

    /// Appends the folded form of `text` to `folded`.
    static func fold(_ text: UnsafeBufferPointer<UInt8>, into folded: inout [UInt8]) {
        folded.reserveCapacity(folded.count + text.count + text.count / 8)
        let begin = folded.count
        var at = 0
        while at < text.count {
            let byte = text[at]
            if byte < 0x80 {
                at += 1
                switch byte {
                case 0x41...0x5A: folded.append(byte | 0x20)
                case 0x09...0x0D, 0x20: blank(&folded, begin)
                default: folded.append(byte)
                }
                continue
            }
            let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2
            guard at + length <= text.count else { return }
            let scalar = decode(text, at, length)
            at += length
            append(scalar, to: &folded, begin)
        }
    }

    private static func blank(_ folded: inout [UInt8], _ begin: Int) {
        if folded.count > begin, folded[folded.count - 1] != 0x20 { folded.append(0x20) }
    }

    private static func decode(_ text: UnsafeBufferPointer<UInt8>, _ at: Int, _ length: Int) -> UInt32 {
        var value = UInt32(text[at]) & (length == 2 ? 0x1F : length == 3 ? 0x0F : 0x07)
        for offset in 1..<length { value = value << 6 | UInt32(text[at + offset] & 0x3F) }
        return value
    }

    /// The letters without accent of U+00C0 to U+00FF; `*` marks those that become two letters or stay.
    private static let latin = Array("aaaa*a*ceeeeiiii*noooo*/ouuu*y**aaaa*a*ceeeeiiii*noooo*/ouuu*y*y".utf8)

    private static func append(_ scalar: UInt32, to folded: inout [UInt8], _ begin: Int) {
        switch scalar {
        case 0xC4, 0xE4, 0xC6, 0xE6: folded.append(contentsOf: [0x61, 0x65])
        case 0xD6, 0xF6, 0x152, 0x153: folded.append(contentsOf: [0x6F, 0x65])
        case 0xDC, 0xFC: folded.append(contentsOf: [0x75, 0x65])
        case 0xDF, 0x1E9E: folded.append(contentsOf: [0x73, 0x73])
        case 0xC0...0xFF where latin[Int(scalar - 0xC0)] != 0x2A && scalar != 0xD7 && scalar != 0xF7:
            folded.append(latin[Int(scalar - 0xC0)])
        case 0x308:
            // A decomposed umlaut: the letter has just been written.
            if folded.count > begin, let last = folded.last, [0x61, 0x6F, 0x75].contains(last) {
                folded.append(0x65)
            }
        case 0x300...0x36F, 0xAD, 0x200B...0x200F, 0x2060, 0xFE00...0xFE0F, 0xFEFF: break
        case 0xA0, 0x85, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000:
            blank(&folded, begin)
        case 0xB4, 0x2018...0x201B: folded.append(0x27)
        case 0x201C...0x201F, 0xAB, 0xBB: folded.append(0x22)
        case 0x2010...0x2015: folded.append(0x2D)
        case 0x2026: folded.append(contentsOf: [0x2E, 0x2E, 0x2E])
        default:
            guard let value = Unicode.Scalar(scalar) else { return }
            let text = value.properties.lowercaseMapping
            folded.append(contentsOf: text.utf8)
        }
    }
}
