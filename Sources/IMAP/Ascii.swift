// SPDX-License-Identifier: MIT

/// The bytes IMAP's grammar is made of: it is ASCII, whatever the text around it is.
enum Ascii {
    static let nul: UInt8 = 0x00
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let ampersand: UInt8 = 0x26
    static let open: UInt8 = 0x28
    static let close: UInt8 = 0x29
    static let star: UInt8 = 0x2A
    static let plus: UInt8 = 0x2B
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let colon: UInt8 = 0x3A
    static let less: UInt8 = 0x3C
    static let greater: UInt8 = 0x3E
    static let openBracket: UInt8 = 0x5B
    static let backslash: UInt8 = 0x5C
    static let closeBracket: UInt8 = 0x5D
    static let openBrace: UInt8 = 0x7B
    static let closeBrace: UInt8 = 0x7D
    static let tilde: UInt8 = 0x7E

    static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

    static func upper(_ byte: UInt8) -> UInt8 { byte >= 0x61 && byte <= 0x7A ? byte - 0x20 : byte }

    /// The bytes as text, ASCII letters in capitals; what is not UTF-8 is replaced, never refused.
    static func uppercased(_ bytes: ArraySlice<UInt8>) -> String {
        var text = bytes
        for index in text.indices { text[index] = upper(text[index]) }
        return String(decoding: text, as: UTF8.self)
    }

    /// The decimal number these bytes are, or nothing: for no digit, any other byte, or too large a number.
    static func number<Number: FixedWidthInteger>(_ bytes: ArraySlice<UInt8>, as: Number.Type) -> Number? {
        guard !bytes.isEmpty else { return nil }
        var number: Number = 0
        for byte in bytes {
            guard isDigit(byte) else { return nil }
            let (product, tooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, stillTooLarge) = product.addingReportingOverflow(Number(byte - 0x30))
            guard !tooLarge, !stillTooLarge else { return nil }
            number = sum
        }
        return number
    }
}
