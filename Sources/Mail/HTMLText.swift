// SPDX-License-Identifier: MIT

/// The text that a reader sees of an HTML mail.
///
/// Blocks, list items and table rows become lines, the cells of a row are parted by tabs, links are their
/// words alone. Scripts, styles, comments, hidden elements and preheaders are left out;
/// whatever a mail client marked as a quote comes as `> ` lines, so that ``OwnWords`` treats it like one.
///
/// One pass with a stack of bounded depth: time grows with the input, however it is nested or broken. A tree
/// builder would not hold that: libxml2's needs 22 s for 700 KB of unmatched tags.
struct HTMLText {
    /// Longest input that is read, in bytes.
    static let inputLimit = 4 * 1024 * 1024
    /// Deepest nesting that is remembered; what lies deeper is read, but not searched for its end.
    private static let depthLimit = 256

    private let html: [UInt8]
    private var position = 0
    private var open: [Element] = []
    /// How many of ``open`` are hidden, and quotes.
    private var hidden = 0
    private var quotes = 0
    private var preformatted = 0

    private var text: [UInt8] = []
    private var pendingSpace = false
    private var pendingCell = false
    private var pendingLines = 0
    private var lineIsEmpty = true
    private let limit: Int

    private struct Element {
        var name: Name
        var isHidden: Bool
        var isQuote: Bool
    }

    /// An element's name as its first eight bytes in lower case, which is unique among those that matter.
    private struct Name: Hashable, ExpressibleByStringLiteral {
        var packed: UInt64 = 0

        init() {}

        init(stringLiteral value: StaticString) {
            value.withUTF8Buffer { buffer in
                for index in 0..<min(8, buffer.count) { packed |= UInt64(buffer[index]) << UInt64(8 * index) }
            }
        }
    }

    /// The visible text of valid UTF-8 HTML, cut after `limit` bytes.
    static func text(of html: [UInt8], limit: Int = .max) -> (text: [UInt8], isCut: Bool) {
        var reader = HTMLText(html: html.count > inputLimit ? Array(html[..<inputLimit]) : html, limit: limit)
        reader.read()
        return (reader.text, html.count > inputLimit || reader.text.count >= limit)
    }

    private init(html: [UInt8], limit: Int) {
        self.html = html
        self.limit = limit
        text.reserveCapacity(min(html.count, limit) / 2)
    }

    private mutating func read() {
        while position < html.count, text.count < limit {
            if html[position] == 0x3C {
                readMarkup()
            } else {
                readText()
            }
        }
    }

    // MARK: Text

    private mutating func readText() {
        while position < html.count, html[position] != 0x3C {
            let byte = html[position]
            switch byte {
            case 0x26:
                readReference()
            case 0x20, 0x09, 0x0A, 0x0D, 0x0C:
                position += 1
                if preformatted > 0, byte == 0x0A {
                    pendingLines = max(pendingLines, lineIsEmpty ? 2 : 1)
                    breakLine()
                } else {
                    pendingSpace = true
                }
            case 0x80...:
                readWide(byte)
            default:
                position += 1
                put(byte)
            }
        }
    }

    /// A character beyond ASCII: some of them are blanks or nothing to a reader.
    private mutating func readWide(_ lead: UInt8) {
        let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        let end = min(position + length, html.count)
        if lead == 0xC2 || lead == 0xCD || lead == 0xE2 || lead == 0xEF,
            let scalar = String(decoding: html[position..<end], as: UTF8.self).unicodeScalars.first
        {
            put(scalar)
        } else {
            for index in position..<end { put(html[index]) }
        }
        position = end
    }

    private mutating func put(_ byte: UInt8) {
        guard hidden == 0, text.count < limit else { return }
        if pendingLines > 0 { writeLines() }
        if lineIsEmpty {
            for _ in 0..<min(quotes, 10) { text.append(contentsOf: [0x3E, 0x20]) }
        } else if pendingCell {
            text.append(0x09)
        } else if pendingSpace {
            text.append(0x20)
        }
        pendingSpace = false
        pendingCell = false
        lineIsEmpty = false
        text.append(byte)
    }

    private mutating func put(_ scalar: Unicode.Scalar) {
        switch scalar.value {
        case 0x20, 0x09, 0x0A, 0x0D, 0xA0, 0x2002, 0x2003, 0x2007, 0x2009, 0x202F:
            pendingSpace = true
        case 0..<0x20, 0x7F..<0xA0, 0xAD, 0x034F, 0x200B...0x200F, 0x2060...0x2064, 0xFEFF:
            // Fillers that preheaders are padded with; a reader sees nothing.
            return
        default:
            for byte in UTF8.encode(scalar) ?? .init() { put(byte) }
        }
    }

    private mutating func writeLines() {
        if !text.isEmpty {
            for _ in 0..<pendingLines { text.append(0x0A) }
        }
        pendingLines = 0
        pendingSpace = false
        pendingCell = false
        lineIsEmpty = true
    }

    /// Ends the line, if there is anything on it.
    private mutating func breakLine() {
        guard hidden == 0 else { return }
        pendingLines = max(pendingLines, 1)
        pendingSpace = false
    }

    private mutating func breakParagraph() {
        guard hidden == 0 else { return }
        pendingLines = max(pendingLines, 2)
        pendingSpace = false
    }

    private mutating func readReference() {
        let start = position + 1
        var index = start
        let end = min(html.count, start + 32)
        if index < end, html[index] == 0x23 {
            index += 1
            let isHexadecimal = index < end && html[index].asciiLowercased == 0x78
            if isHexadecimal { index += 1 }
            var number: UInt32 = 0
            let digits = index
            while index < end, let digit = Self.digit(html[index], isHexadecimal: isHexadecimal) {
                number = min(number * (isHexadecimal ? 16 : 10) + digit, 0x110000)
                index += 1
            }
            if index > digits {
                if index < html.count, html[index] == 0x3B { index += 1 }
                position = index
                put(HTMLEntities.scalar(number: number) ?? "\u{FFFD}")
                return
            }
        } else {
            while index < end, html[index].isASCIILetter || html[index].isASCIIDigit { index += 1 }
            let name = String(decoding: html[start..<index], as: UTF8.self)
            if index < html.count, html[index] == 0x3B, let scalar = HTMLEntities.scalar(name) {
                position = index + 1
                put(scalar)
                return
            }
        }
        position = start
        put(0x26)
    }

    private static func digit(_ byte: UInt8, isHexadecimal: Bool) -> UInt32? {
        if byte.isASCIIDigit { return UInt32(byte - 0x30) }
        let letter = byte.asciiLowercased
        guard isHexadecimal, letter >= 0x61, letter <= 0x66 else { return nil }
        return UInt32(letter - 0x61 + 10)
    }

    // MARK: Markup

    private mutating func readMarkup() {
        guard position + 1 < html.count else {
            position += 1
            return
        }
        let next = html[position + 1]
        if next == 0x21 || next == 0x3F {
            skipDeclaration()
        } else if next == 0x2F {
            position += 2
            let name = readName()
            skipTagRest()
            close(name)
        } else if next.isASCIILetter {
            position += 1
            readStartTag()
        } else {
            // A stray "<", as in "Preis < 20 Euro".
            position += 1
            put(0x3C)
        }
    }

    private mutating func skipDeclaration() {
        let isComment = html[position...].starts(with: [0x3C, 0x21, 0x2D, 0x2D])
        guard isComment else { return skipTagRest() }
        position += 4
        // "-->" may share its dashes with the opening.
        position -= html[position...].first == 0x3E || html[position...].starts(with: [0x2D, 0x3E]) ? 2 : 0
        while position < html.count {
            if html[position] == 0x2D, position + 2 < html.count, html[position + 1] == 0x2D,
                html[position + 2] == 0x3E
            {
                position += 3
                return
            }
            position += 1
        }
    }

    private mutating func readName() -> Name {
        var name = Name()
        var length: UInt64 = 0
        while position < html.count {
            let byte = html[position]
            guard byte.isASCIILetter || byte.isASCIIDigit || byte == 0x3A || byte == 0x2D || byte == 0x5F
            else {
                break
            }
            if length < 8 { name.packed |= UInt64(byte.asciiLowercased) << (8 * length) }
            length += 1
            position += 1
        }
        return name
    }

    private mutating func skipTagRest() {
        while position < html.count, html[position] != 0x3E { position += 1 }
        position = min(position + 1, html.count)
    }

    private mutating func readStartTag() {
        let name = readName()
        var looks = Looks()
        var isSelfClosed = false
        while position < html.count, html[position] != 0x3E {
            let byte = html[position]
            if byte == 0x2F {
                isSelfClosed = true
                position += 1
            } else if byte.isASCIILetter {
                isSelfClosed = false
                readAttribute(into: &looks)
            } else {
                position += 1
            }
        }
        position = min(position + 1, html.count)
        start(name, looks: looks, isSelfClosed: isSelfClosed)
    }

    /// What the attributes say about an element.
    private struct Looks {
        var isHidden = false
        var isQuote = false
    }

    private mutating func readAttribute(into looks: inout Looks) {
        let name = readName()
        while position < html.count, html[position] <= 0x20 { position += 1 }
        guard position < html.count, html[position] == 0x3D else {
            if name == "hidden" { looks.isHidden = true }
            return
        }
        position += 1
        while position < html.count, html[position] <= 0x20 { position += 1 }
        guard position < html.count else { return }
        let quote = html[position]
        let start: Int
        if quote == 0x22 || quote == 0x27 {
            position += 1
            start = position
            while position < html.count, html[position] != quote { position += 1 }
        } else {
            start = position
            while position < html.count, html[position] > 0x20, html[position] != 0x3E { position += 1 }
        }
        let value = start..<position
        if quote == 0x22 || quote == 0x27 { position = min(position + 1, html.count) }
        switch name {
        case "hidden": looks.isHidden = true
        case "style": if hides(value) { looks.isHidden = true }
        case "class", "id", "name": if marksQuote(value) { looks.isQuote = true }
        default: break
        }
    }

    /// Styles by which preheaders and tracking texts are hidden; compared without blanks, in lower case.
    ///
    /// Not `font-size:0` and `mso-hide`: templates put them around columns that are seen.
    private static let hidingStyles: [StaticString] = [
        "display:none", "visibility:hidden", "max-height:0;", "max-height:0px", "opacity:0;",
    ]

    private func hides(_ value: Range<Int>) -> Bool {
        guard value.count < 8192 else { return false }
        var style: [UInt8] = []
        style.reserveCapacity(value.count + 1)
        for index in value where html[index] > 0x20 { style.append(html[index].asciiLowercased) }
        style.append(0x3B)
        return Self.hidingStyles.contains { style.holds($0) }
    }

    /// Classes, ids and names that mail clients give to what they quote.
    private static let quoteMarks = [
        "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "tutanota_quote", "gmail_quote_attribution",
        "wmquote", "quote", "zmail_extra", "ms-outlook-mobile-quote",
    ].map { Array($0.utf8) }

    private func marksQuote(_ value: Range<Int>) -> Bool {
        guard value.count < 512 else { return false }
        return html[value].split(separator: 0x20).contains { word in
            Self.quoteMarks.contains { mark in
                // A class may carry a number behind it; a bare "quote" must be just that.
                guard word.count == mark.count || (word.count > mark.count && mark.count > 7) else {
                    return false
                }
                return zip(word, mark).allSatisfy { $0.asciiLowercased == $1 }
            }
        }
    }

    // MARK: Elements

    private mutating func start(_ name: Name, looks: Looks, isSelfClosed: Bool) {
        switch name {
        case "br": return breakHard()
        case "hr": return breakLine()
        case "img", "meta", "link", "input", "wbr", "col", "base", "area", "source": return
        case "script", "style", "title", "textarea", "noscript", "select", "iframe", "object", "svg":
            return isSelfClosed ? () : skipRaw(name)
        default: break
        }
        closeImplied(by: name)
        arrange(name, isStart: true)
        let element = Element(
            name: name,
            isHidden: looks.isHidden,
            isQuote: looks.isQuote || name == "blockquote"
        )
        guard !isSelfClosed || !element.isHidden, open.count < Self.depthLimit else { return }
        if element.isQuote { breakLine() }
        open.append(element)
        if element.isHidden { hidden += 1 }
        if element.isQuote { quotes += 1 }
        if name == "pre" { preformatted += 1 }
        if name == "li", hidden == 0 { putBullet() }
    }

    private mutating func putBullet() {
        put(0x2D)
        pendingSpace = true
    }

    private mutating func close(_ name: Name) {
        if let index = open.lastIndex(where: { $0.name == name }) {
            pop(to: index)
        }
        arrange(name, isStart: false)
    }

    private mutating func pop(to depth: Int) {
        while open.count > depth, let element = open.popLast() {
            if element.isQuote { breakLine() }
            if element.isHidden { hidden -= 1 }
            if element.isQuote { quotes -= 1 }
            if element.name == "pre" { preformatted -= 1 }
        }
    }

    /// End tags that HTML lets people leave out: what a start tag closes.
    private mutating func closeImplied(by name: Name) {
        guard let last = open.last?.name else { return }
        switch (name, last) {
        case ("p", "p"), ("div", "p"), ("table", "p"), ("ul", "p"), ("ol", "p"), ("li", "li"), ("dt", "dd"),
            ("dd", "dt"), ("dd", "dd"), ("td", "td"), ("th", "td"), ("td", "th"), ("th", "th"), ("tr", "tr"),
            ("option", "option"):
            pop(to: open.count - 1)
        case ("tr", "td"), ("tr", "th"):
            pop(to: open.count - 1)
            closeImplied(by: name)
        default:
            return
        }
    }

    private mutating func arrange(_ name: Name, isStart: Bool) {
        switch name {
        case "p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "pre":
            breakParagraph()
        case "div", "tr", "li", "blockquote", "section", "article", "header", "footer", "center", "dt", "dd",
            "address", "form", "fieldset", "caption", "tbody", "thead", "body", "html", "main", "nav":
            breakLine()
        case "td", "th":
            if isStart, hidden == 0, !lineIsEmpty, pendingLines == 0 { pendingCell = true }
        default:
            return
        }
    }

    private mutating func breakHard() {
        guard hidden == 0 else { return }
        // Two of them in a row make an empty line, more are no more than that.
        pendingLines = min(pendingLines + 1, 2)
        pendingSpace = false
    }

    /// Skips an element whose content is no text, up to its end tag.
    private mutating func skipRaw(_ name: Name) {
        while position < html.count {
            if html[position] == 0x3C, position + 1 < html.count, html[position + 1] == 0x2F {
                let start = position
                position += 2
                if readName() == name {
                    skipTagRest()
                    return
                }
                position = start + 1
            } else {
                position += 1
            }
        }
    }
}
