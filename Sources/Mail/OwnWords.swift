// SPDX-License-Identifier: MIT

/// The writer's own new words: a text without quotes, signature, footers and disclaimers.
///
/// Lines that carry `>` go, wherever they are; what stands between them stays, so that answers written into a
/// quote are kept. An introduction without `>` below it, a header block or a line "Original Message" ends the
/// own words. Where nothing own is left the result is empty. Linear in the text but for the
/// few lines above each line that ends with a colon.
struct OwnWords {
    private let lines: TextLines
    private var isOwn: [Bool]

    /// The own words of a visible text with `\n` line ends.
    static func of(_ lines: TextLines) -> [UInt8] {
        var reader = OwnWords(lines)
        reader.read()
        return reader.joined()
    }

    private init(_ lines: TextLines) {
        self.lines = lines
        isOwn = Array(repeating: true, count: lines.count)
    }

    private mutating func read() {
        var line = 0
        var isSignature = false
        while line < lines.count {
            if lines.isBlank(line) {
                line += 1
                continue
            }
            if lines.isQuoted(line) {
                isOwn[line] = false
                isSignature = false
                line += 1
            } else if let block = QuotedMessage.heading(in: lines, at: line) {
                return drop(from: block.start)
            } else if let start = attribution(endingAt: line) {
                guard let next = lines.nextLine(after: line), lines.isQuoted(next) else {
                    // Nothing below is marked: all of it is the quote.
                    return drop(from: start)
                }
                for index in start...line { isOwn[index] = false }
                isSignature = false
                line += 1
            } else {
                if isSignatureMark(line) || isDisclaimer(line) { isSignature = true }
                if isSignature || isFooter(line) { isOwn[line] = false }
                line += 1
            }
        }
    }

    private mutating func drop(from start: Int) {
        for index in start..<lines.count { isOwn[index] = false }
    }

    // MARK: Signs

    /// `-- `, RFC 3676 section 4.3; also without its blank, which many servers remove.
    private func isSignatureMark(_ line: Int) -> Bool {
        let range = lines.lines[line]
        return range.count == 2 && lines.bytes[range].allSatisfy { $0 == 0x2D }
    }

    private func isFooter(_ line: Int) -> Bool {
        guard lines.lines[line].count <= QuoteMarks.footerLength else { return false }
        guard lines.begins(line, withAnyOf: QuoteMarks.footers) else { return false }
        // "Von meinem Nachbarn …" is a sentence, "Von meinem iPhone gesendet" a footer.
        guard lines.begins(line, with: "von meinem ") else { return true }
        return lines.text(line).contains("gesendet")
    }

    private func isDisclaimer(_ line: Int) -> Bool {
        guard line > 0, lines.isBlank(line - 1) else { return false }
        return lines.begins(line, withAnyOf: QuoteMarks.disclaimers)
    }

    /// The first line of an introduction such as "Am … schrieb …:" that ends here, up to four lines long.
    private func attribution(endingAt line: Int) -> Int? {
        let range = lines.lines[line]
        guard let last = range.last else { return nil }
        // Behind the colon some clients leave a mark of the quote.
        guard lines.bytes[last] == 0x3A || lines.bytes[range].suffix(2).elementsEqual([0x3A, 0x3E]) else {
            return nil
        }
        let isFollowed = isFollowedByQuote(line)
        // An opening word proves more than the verb: a wrapped introduction is looked for as a whole first.
        return attribution(endingAt: line, isOpened: true, isFollowedByQuote: isFollowed)
            ?? attribution(endingAt: line, isOpened: false, isFollowedByQuote: isFollowed)
    }

    private func attribution(endingAt line: Int, isOpened: Bool, isFollowedByQuote: Bool) -> Int? {
        var start = line
        var text = lines.lowercased(line)
        while true {
            if isAttribution(text, isOpened: isOpened, isFollowedByQuote: isFollowedByQuote) {
                return withName(above: start)
            }
            guard line - start < 3, start > 0, text.count < 1000 else { return nil }
            guard !lines.isBlank(start - 1), !lines.isQuoted(start - 1) else { return nil }
            start -= 1
            text = lines.lowercased(start) + [0x20] + text
        }
    }

    private func isFollowedByQuote(_ line: Int) -> Bool {
        lines.nextLine(after: line).map(lines.isQuoted) ?? false
    }

    private func isAttribution(_ text: [UInt8], isOpened: Bool, isFollowedByQuote: Bool) -> Bool {
        guard text.count < 1000 else { return false }
        let namesSomebody = text.contains(0x40) || text.contains(0x3C)
        let hasDigit = text.contains(where: \.isASCIIDigit)
        for row in QuoteMarks.attributions where row.verbs.contains(where: { text.holds($0) }) {
            let isStory = !namesSomebody && row.firstPersons.contains { text.holds($0) }
            if isStory { continue }
            if isOpened {
                guard row.openers.contains(where: { text.begins(with: $0) }), hasDigit else { continue }
                if namesSomebody || isFollowedByQuote || hasTimeOrYear(text) { return true }
            } else {
                if namesSomebody, hasDigit || isFollowedByQuote, !beginsInMidAir(text) { return true }
                if isFollowedByQuote, text.count < 120 { return true }
            }
        }
        // Older Gmail: "2026-11-18 9:12 GMT+01:00 Teeladen <support@…>:"
        return isOpened && text.first?.isASCIIDigit == true && text.contains(0x40) && text.holds(">:")
    }

    /// A wrapped introduction whose beginning stands in the line above: "support@…> wrote" after "On Wed, … <".
    private func beginsInMidAir(_ text: [UInt8]) -> Bool {
        if text.begins(with: "wrote") || text.begins(with: "schrieb") || text.begins(with: "uhr ") {
            return true
        }
        guard let closing = text.firstIndex(of: 0x3E) else { return text.first == 0x3C }
        return text.first == 0x3C || !text[..<closing].contains(0x3C)
    }

    /// `9:12` or `2026`.
    private func hasTimeOrYear(_ text: [UInt8]) -> Bool {
        var digits = 0
        var previousWasColon = false
        for byte in text {
            if byte.isASCIIDigit {
                digits += 1
                if digits == 4 || (digits == 2 && previousWasColon) { return true }
            } else {
                previousWasColon = byte == 0x3A && digits > 0
                digits = 0
            }
        }
        return false
    }

    /// Takes in the line above where an introduction begins with a bare `<address>`.
    private func withName(above start: Int) -> Int {
        guard start > 0, lines.begins(start, with: "<"), !lines.isBlank(start - 1) else { return start }
        return lines.lines[start - 1].count < 80 ? start - 1 : start
    }

    // MARK: Result

    private func joined() -> [UInt8] {
        var text: [UInt8] = []
        text.reserveCapacity(lines.bytes.count)
        var blanks = 0
        for line in 0..<lines.count where isOwn[line] {
            if lines.isBlank(line) {
                blanks += 1
                continue
            }
            if !text.isEmpty {
                text.append(0x0A)
                if blanks > 0 { text.append(0x0A) }
            }
            blanks = 0
            text.append(contentsOf: lines.bytes[lines.lines[line]])
        }
        return text
    }
}
