// SPDX-License-Identifier: MIT

/// Writes header fields: encoded words, folded lines, and no way to write one field too many.
struct HeaderWriter {
    private(set) var bytes: [UInt8] = []
    /// Where lines are folded, RFC 5322 section 2.1.1.
    private static let width = 76

    /// A value that is ASCII and was made by us; folded at its blanks.
    mutating func verbatim(_ name: String, _ value: String) {
        write(name, Self.clean(value).split(separator: " ").map(String.init))
    }

    /// Text of a person's: encoded words where it is not plain ASCII, RFC 2047.
    mutating func text(_ name: String, _ value: String) {
        write(name, Self.words(Self.clean(value)))
    }

    /// Mailboxes with display names.
    mutating func addresses(_ name: String, _ addresses: [Message.Address]) {
        var words: [String] = []
        for (index, address) in addresses.enumerated() {
            let box = "<\(Self.mailbox(address.address))>" + (index + 1 < addresses.count ? "," : "")
            words += Self.phrase(address.name ?? "") + [box]
        }
        write(name, words)
    }

    /// Message ids in their brackets.
    mutating func ids(_ name: String, _ ids: [String]) {
        write(name, ids.map { "<\(Self.bare($0))>" })
    }

    /// A value with one parameter, a file's name; RFC 2231 where it is not ASCII.
    mutating func parameter(_ name: String, _ value: String, _ parameter: String, _ text: String) {
        let text = Self.clean(text)
        var words = [value + ";"]
        if text.utf8.allSatisfy({ $0 < 0x80 }), text.utf8.count <= 60 {
            words.append("\(parameter)=\"\(Self.escaped(text))\"")
        } else {
            let encoded = text.utf8.map { byte in
                byte.isASCIILetter || byte.isASCIIDigit || byte == 0x2D || byte == 0x2E || byte == 0x5F
                    ? String(Unicode.Scalar(byte)) : "%" + Self.hexadecimal(byte)
            }
            var pieces = [""]
            for piece in encoded {
                if pieces[pieces.count - 1].utf8.count + piece.utf8.count > 50 { pieces.append("") }
                pieces[pieces.count - 1] += piece
            }
            for (index, piece) in pieces.enumerated() {
                let start = index == 0 ? "utf-8''" : ""
                words.append(
                    "\(parameter)*\(index)*=\(start)\(piece)" + (index + 1 < pieces.count ? ";" : "")
                )
            }
        }
        write(name, words)
    }

    // MARK: Words

    /// Writes words with one blank between them, each new line beginning with a blank.
    private mutating func write(_ name: String, _ words: [String]) {
        let name = name.utf8.filter { $0 > 0x20 && $0 < 0x7F && $0 != 0x3A }
        guard !name.isEmpty else { return }
        bytes += name
        bytes.append(0x3A)
        var column = name.count + 1
        for (index, word) in words.enumerated() {
            // The first word stays on the name's line: some servers take an empty first line for an empty value.
            if column + 1 + word.utf8.count > Self.width, index > 0 {
                bytes += [0x0D, 0x0A]
                column = 0
            }
            bytes.append(0x20)
            bytes += word.utf8
            column += 1 + word.utf8.count
        }
        bytes += [0x0D, 0x0A]
    }

    /// On one line: control characters become blanks, so that no value starts a new field.
    private static func clean(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isControl = scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                    return isControl || scalar.value == 0x2028 || scalar.value == 0x2029 ? " " : scalar
                }
            )
        )
    }

    /// Without anything that ends an address or id.
    private static func bare(_ text: String) -> String {
        String(clean(text).filter { $0 != "<" && $0 != ">" && $0 != " " })
    }

    /// An address up to what cannot stand in one; a quoted local part may hold anything, RFC 5321 section 4.1.2.
    private static func mailbox(_ text: String) -> String {
        var isQuoted = false
        var end = text.unicodeScalars.startIndex
        for (index, scalar) in zip(text.unicodeScalars.indices, text.unicodeScalars) {
            if scalar == "\"" { isQuoted.toggle() }
            if scalar.value < 0x20 || scalar.value == 0x7F { break }
            if !isQuoted, " <>(),;:".unicodeScalars.contains(scalar) { break }
            end = text.unicodeScalars.index(after: index)
        }
        return clean(String(text.unicodeScalars[..<end]))
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
    }

    /// Unstructured text as words; the whole of it in encoded words if any of it needs them.
    private static func words(_ text: String) -> [String] {
        let words = text.split(separator: " ", omittingEmptySubsequences: false)
        let isPlain =
            text.utf8.allSatisfy { $0 < 0x80 } && !text.contains("=?") && !text.contains("  ")
            && words.allSatisfy { $0.utf8.count <= 70 }
        return isPlain ? words.filter { !$0.isEmpty }.map(String.init) : encodedWords(text)
    }

    /// A display name: as it is, quoted, or in encoded words.
    private static func phrase(_ text: String) -> [String] {
        let name = clean(text)
        guard !name.allSatisfy({ $0 == " " }) else { return [] }
        let isASCII = name.utf8.allSatisfy { $0 < 0x80 } && !name.contains("=?") && name.utf8.count <= 64
        guard isASCII else { return encodedWords(name) }
        let isAtoms = name.utf8.allSatisfy { byte in
            byte.isASCIILetter || byte.isASCIIDigit || byte == 0x20 || byte == 0x2D || byte == 0x5F
        }
        return [isAtoms ? name : "\"\(escaped(name))\""]
    }

    /// Q-encoded words short enough to stand behind a field's name, each of whole characters.
    private static func encodedWords(_ text: String) -> [String] {
        var words: [String] = []
        var word = ""
        var width = 0
        for scalar in text.unicodeScalars {
            let encoded = UTF8.encode(scalar).map { $0.map(q).joined() } ?? ""
            if width + encoded.utf8.count > 48 {
                words.append("=?utf-8?q?\(word)?=")
                word = ""
                width = 0
            }
            word += encoded
            width += encoded.utf8.count
        }
        words.append("=?utf-8?q?\(word)?=")
        return words
    }

    /// RFC 2047 section 5 (3): the characters that are safe in every place.
    private static func q(_ byte: UInt8) -> String {
        if byte == 0x20 { return "_" }
        let isSafe = byte.isASCIILetter || byte.isASCIIDigit || byte == 0x2D || byte == 0x2F || byte == 0x21
        return isSafe ? String(Unicode.Scalar(byte)) : "=" + hexadecimal(byte)
    }

    private static func hexadecimal(_ byte: UInt8) -> String {
        let digits = String(byte, radix: 16, uppercase: true)
        return byte < 16 ? "0" + digits : digits
    }
}
