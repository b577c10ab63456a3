// SPDX-License-Identifier: MIT

/// Where the sentences of a mail begin and end.
///
/// People leave out full stops, break lines anywhere and write lists. So an empty line, a short line and a
/// list item end a sentence as well as a mark does, and abbreviations, dates and addresses do not; a second
/// question behind "und" is a sentence of its own (``ClauseSplitter``). Nothing
/// with a letter or digit in it is left out; what has neither (rules of dashes, smileys) is.
struct SentenceSplitter {
    /// No sentence is longer, in bytes; a text without any end is cut at a blank.
    static let longest = 400
    /// A line shorter than this was ended by the writer, not by a program that wraps lines.
    private static let wrapped = 45
    /// What is longer is no address; a bound on looking ahead.
    private static let longestAddress = 300

    private let text: UnsafeBufferPointer<UInt8>
    private var ranges: [Range<Int>] = []
    private var start = 0

    /// The sentences of `text`, in order, as byte offsets without surrounding blanks.
    static func sentences(of text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        var splitter = SentenceSplitter(text: text)
        splitter.run()
        return splitter.ranges
    }

    private init(text: UnsafeBufferPointer<UInt8>) { self.text = text }

    private mutating func run() {
        var at = 0
        var lineStart = 0
        while at < text.count {
            let byte = text[at]
            if at - start >= Self.longest, isBlank(byte) || at - start >= 2 * Self.longest {
                // Not inside a character.
                if byte & 0xC0 != 0x80 { end(at) }
            }
            switch byte {
            case 0x0A, 0x0D:
                let next = lineEnd(at)
                if breaks(line: lineStart..<at, next: next) { end(at) }
                at = next
                lineStart = next
            case 0x2E, 0x21, 0x3F:
                let after = marksEnd(at)
                if isEnd(at, after) { end(after) }
                at = after
            case 0xE2 where at + 2 < text.count && text[at + 1] == 0x80 && text[at + 2] == 0xA6:
                at += 3
                if at < text.count, isBlank(text[at]) { end(at) }
            default:
                at = isWordStart(at) ? addressEnd(at) : at + 1
            }
        }
        end(text.count)
    }

    /// Closes the sentence before `at`, unless it says nothing.
    private mutating func end(_ at: Int) {
        var lower = start
        var upper = at
        start = at
        while lower < upper, isBlank(text[lower]) { lower += 1 }
        while upper > lower, isBlank(text[upper - 1]) { upper -= 1 }
        guard text[lower..<upper].contains(where: { isLetter($0) || isDigit($0) }) else { return }
        for var part in ClauseSplitter.parts(of: lower..<upper, in: text) {
            while let last = text[part].last, isBlank(last) { part = part.lowerBound..<part.upperBound - 1 }
            ranges.append(part)
        }
    }

    // MARK: Lines

    /// The first byte after the line break at `at`.
    private func lineEnd(_ at: Int) -> Int {
        text[at] == 0x0D && at + 1 < text.count && text[at + 1] == 0x0A ? at + 2 : at + 1
    }

    private func breaks(line: Range<Int>, next: Int) -> Bool {
        guard line.count >= Self.wrapped else { return true }
        var at = next
        while at < text.count, text[at] == 0x20 || text[at] == 0x09 { at += 1 }
        guard at < text.count, text[at] != 0x0A, text[at] != 0x0D else { return true }
        return isListItem(at)
    }

    /// Whether a list item begins at `at`: `- `, `* `, `• `, `1. `, `2) `.
    private func isListItem(_ at: Int) -> Bool {
        var end = at
        switch text[at] {
        case 0x2D, 0x2A, 0x2B: end += 1
        case 0xE2: end += 3
        case 0x30...0x39:
            while end < text.count, end - at < 3, isDigit(text[end]) { end += 1 }
            guard end < text.count, text[end] == 0x2E || text[end] == 0x29 else { return false }
            end += 1
        default: return false
        }
        return end < text.count && isBlank(text[end])
    }

    // MARK: Marks

    /// The end of a run of marks and of the quotes and brackets that close with it.
    private func marksEnd(_ at: Int) -> Int {
        var end = at
        while end < text.count, [0x2E, 0x21, 0x3F].contains(text[end]) { end += 1 }
        while end < text.count, [0x22, 0x27, 0x29].contains(text[end]) { end += 1 }
        return end
    }

    private func isEnd(_ at: Int, _ after: Int) -> Bool {
        guard after < text.count else { return true }
        let next = text[after]
        if text[at] != 0x2E || after - at > 1 { return isBlank(next) || isLetter(next) }
        guard isBlank(next) else {
            // "…angekommen.Wo bleibt": two letters before, a capital and a small letter after.
            return at >= 2 && isSmall(text[at - 1]) && isSmall(text[at - 2]) && isCapital(after)
                && after + 1 < text.count && isLetter(text[after + 1]) && !isCapital(after + 1)
        }
        var word = at
        while word > start, isLetter(text[word - 1]) || isDigit(text[word - 1]) || text[word - 1] == 0x2E {
            word -= 1
        }
        let before = text[word..<at]
        guard !before.isEmpty else { return true }
        // "am 3. Mai", "die 2. Lieferung": one or two digits are an ordinal.
        if before.allSatisfy({ isDigit($0) }) { return before.count > 2 }
        // "am 11.11. bestellt"
        if before.allSatisfy({ isDigit($0) || $0 == 0x2E }) { return startsWithCapital(after) }
        // "Anna M. Schulz"
        if before.count == 1, word == 0 || isBlank(text[word - 1]) { return false }
        guard before.count <= 8 else { return true }
        let name = String(decoding: before.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 }, as: UTF8.self)
        if Self.abbreviations.contains(name) { return false }
        // These often stand at the end of a sentence, too.
        if Self.closing.contains(name) { return startsWithCapital(after) }
        return true
    }

    private static let abbreviations: Set<String> = [
        "nr", "bestellnr", "bzw", "ca", "tel", "dr", "hr", "fr", "str", "evtl", "ggf", "inkl", "zzgl", "zz",
        "z.b",
        "d.h", "u.a", "u.u", "i.d.r", "o.g", "s.g", "sog", "vgl", "abs", "pos", "stk", "mio", "geb", "gem",
        "lt",
        "bsp", "mr", "mrs", "ms", "prof", "vs", "e.g", "i.e", "approx", "z.hd", "z.zt", "z.t", "jan", "feb",
        "aug", "sep", "sept", "okt", "oct", "nov", "dez", "dec", "kd", "rg", "rgnr", "kdnr", "art.nr", "tgl",
        "ust",
        "mwst", "ehem", "exkl", "ref", "auftr", "bst", "bestell",
    ]
    /// Those that may as well be the last word of a sentence: they end it where a capital follows.
    private static let closing: Set<String> = [
        "usw", "etc", "u.v.m", "a.m", "p.m", "inc", "ltd", "co", "no", "best", "art", "max", "min", "st",
        "mo",
        "di", "mi", "do", "sa", "div", "zt", "jr", "sr",
    ]

    private func startsWithCapital(_ from: Int) -> Bool {
        var at = from
        while at < text.count, isBlank(text[at]) { at += 1 }
        return at < text.count && isCapital(at)
    }

    // MARK: Addresses

    private func isWordStart(_ at: Int) -> Bool {
        isLetter(text[at])
            && (at == 0 || isBlank(text[at - 1]) || text[at - 1] == 0x3C || text[at - 1] == 0x28)
    }

    /// The end of the web or mail address that begins at `at`, else of the first letter: dots inside are no
    /// ends.
    private func addressEnd(_ at: Int) -> Int {
        var end = at
        var isAddress = false
        while end < text.count, end - at < Self.longestAddress, !isBlank(text[end]), text[end] != 0x3E {
            if text[end] == 0x40 { isAddress = true }
            if text[end] == 0x2F, text[end - 1] == 0x2F, end - at >= 2, text[end - 2] == 0x3A {
                isAddress = true
            }
            if end - at == 4, text[at..<end].elementsEqual([0x77, 0x77, 0x77, 0x2E]) { isAddress = true }
            end += 1
        }
        guard isAddress else { return at + 1 }
        while end > at + 1, [0x2E, 0x21, 0x3F, 0x2C].contains(text[end - 1]) { end -= 1 }
        return end
    }

    // MARK: Characters

    private func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
    private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private func isLetter(_ byte: UInt8) -> Bool { byte >= 0x80 || (0x61...0x7A).contains(byte | 0x20) }
    private func isSmall(_ byte: UInt8) -> Bool { byte >= 0x80 || (0x61...0x7A).contains(byte) }

    private func isCapital(_ at: Int) -> Bool {
        if (0x41...0x5A).contains(text[at]) { return true }
        return text[at] == 0xC3 && at + 1 < text.count && (0x80...0x9E).contains(text[at + 1])
    }
}
