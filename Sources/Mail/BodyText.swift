// SPDX-License-Identifier: MIT

/// Puts together the text that a reader sees of a mail's parts.
///
/// Of alternatives the plain text is taken, unless it is blank; HTML otherwise. Inline texts that follow one
/// another are joined by a blank line.
struct BodyText {
    private let mail: [UInt8]
    /// Valid UTF-8 with `\n` line ends.
    private(set) var text: [UInt8] = []
    private(set) var damage: [String] = []

    init(mail: [UInt8]) {
        self.mail = mail
    }

    mutating func read(_ root: MIMEPart) {
        append(root)
        while text.last == 0x0A { text.removeLast() }
        if text.count > Message.textLimit {
            text = Array(String(decoding: text[..<Message.textLimit], as: UTF8.self).utf8)
            note("only the first \(Message.textLimit / 1024) KB of the text were read")
        }
    }

    @discardableResult
    private mutating func append(_ part: MIMEPart) -> Bool {
        if part.children.isEmpty {
            guard part.isBodyText, text.count <= Message.textLimit else { return false }
            let words = decoded(part)
            guard words.contains(where: { $0 > 0x20 }) else { return false }
            if !text.isEmpty {
                while text.last == 0x0A { text.removeLast() }
                text.append(contentsOf: [0x0A, 0x0A])
            }
            text.append(contentsOf: words)
            return true
        }
        guard part.type == "multipart/alternative" else {
            var found = false
            for child in part.children {
                let isAppended = append(child)
                found = found || isAppended
                // The root of a related group is its text; what follows are its pictures.
                if part.type == "multipart/related", isAppended { break }
            }
            return found
        }
        let plainFirst = part.children.filter(holdsPlain) + part.children.filter { !holdsPlain($0) }
        return plainFirst.contains { append($0) }
    }

    private func holdsPlain(_ part: MIMEPart) -> Bool {
        part.type == "text/plain" || part.children.contains(where: holdsPlain)
    }

    private mutating func decoded(_ part: MIMEPart) -> [UInt8] {
        let isHTML = part.type == "text/html"
        let limit = isHTML ? HTMLText.inputLimit : Message.textLimit + 4
        let bytes = MIME.content(of: part, in: mail, limit: limit)
        var charset = part.parameters["charset"]
        if isHTML, charset == nil { charset = Self.charsetInside(bytes) }
        var complaints: [String] = []
        let decoded = PlainText.decoded(bytes, charset: charset, damage: &complaints)
        complaints.forEach { note($0) }
        if isHTML {
            let (words, isCut) = HTMLText.text(of: decoded, limit: Message.textLimit + 4)
            if isCut { note("the HTML text is very long and was not read to its end") }
            return words
        }
        guard part.parameters["format"]?.lowercased() == "flowed" else { return decoded }
        return PlainText.unflowed(decoded, deletesSpaces: part.parameters["delsp"]?.lowercased() == "yes")
    }

    private mutating func note(_ complaint: String) {
        if !damage.contains(complaint) { damage.append(complaint) }
    }

    /// `<meta charset=…>` of HTML whose part declares none.
    private static func charsetInside(_ html: [UInt8]) -> String? {
        let head = String(decoding: html.prefix(1024), as: UTF8.self).lowercased()
        guard let mark = head.firstRange(of: "charset=") else { return nil }
        let value = head[mark.upperBound...].drop { $0 == "\"" || $0 == "'" || $0 == " " }
        let name = value.prefix { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-" || $0 == "_") }
        return name.isEmpty ? nil : String(name)
    }
}
