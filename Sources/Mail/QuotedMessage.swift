// SPDX-License-Identifier: MIT

/// The head that a mail client writes over a whole message that it quotes or forwards.
///
/// Either a line such as "-----Ursprüngliche Nachricht-----" or a block of headers typed as text ("Von: …
/// Gesendet: … An: … Betreff: …"), or both. Anybody can type one; nothing in it is proven.
struct QuotedMessage: Equatable {
    /// The first line that belongs to the head.
    var start: Int
    /// Whether the head says "forwarded"; `nil` where it says neither.
    var isForward: Bool?
    /// The values of its headers, as written.
    var from: String?
    var subject: String?

    /// The head that begins at this line, if one does.
    static func heading(in lines: TextLines, at line: Int) -> QuotedMessage? {
        if let mark = mark(in: lines, at: line) {
            var head = QuotedMessage(start: line, isForward: mark)
            if let next = lines.nextLine(after: line), let block = block(in: lines, at: next) {
                head.from = block.from
                head.subject = block.subject
            }
            return head
        }
        var first = line
        if isRule(lines, line) {
            guard let next = lines.nextLine(after: line) else { return nil }
            first = next
        }
        guard var block = block(in: lines, at: first), block.isMessage else { return nil }
        block.head.start = line
        return block.head
    }

    // MARK: Marks

    /// `true` for a forward's mark, `false` for a reply's, `nil` for any other line.
    private static func mark(in lines: TextLines, at line: Int) -> Bool? {
        if lines.begins(line, withAnyOf: QuoteMarks.forwardOpenings) { return true }
        let range = lines.lines[line]
        guard range.count < 200, let first = range.first else { return nil }
        guard isDash(lines.bytes[first]) || lines.begins(line, with: "–") else { return nil }
        let words = lines.text(line).lowercased().drop { $0.isWhitespace || "-_=*–—".contains($0) }
        let dashes = lines.text(line).prefix { "-_=*–— ".contains($0) }.filter { $0 != " " }.count
        guard dashes >= 2, !words.isEmpty else { return nil }
        if QuoteMarks.forwards.contains(where: { words.hasPrefix($0) }) { return true }
        if QuoteMarks.originals.contains(where: { words.hasPrefix($0) }) { return false }
        // "---- Anna Brandl wrote ----", as Android's old mailers say.
        if words.hasSuffix(" wrote ----") || words.hasSuffix(" schrieb ----") { return false }
        return nil
    }

    /// A line of underscores or dashes, as Outlook draws above a header block.
    private static func isRule(_ lines: TextLines, _ line: Int) -> Bool {
        let range = lines.lines[line]
        return range.count >= 5 && range.count < 200 && range.allSatisfy { isDash(lines.bytes[$0]) }
    }

    private static func isDash(_ byte: UInt8) -> Bool {
        byte == 0x2D || byte == 0x5F || byte == 0x3D || byte == 0x2A
    }

    // MARK: Headers typed as text

    private struct Block {
        var head: QuotedMessage
        var labels: Set<QuoteMarks.Label> = []
        var from: String? { head.from }
        var subject: String? { head.subject }

        /// Sender and time at least, and one more: a contact form has "Von" and "Betreff", but no time.
        var isMessage: Bool {
            labels.contains(.from) && labels.contains(.sent)
                && (labels.contains(.to) || labels.contains(.subject))
        }

        mutating func add(_ label: QuoteMarks.Label, _ value: String) {
            labels.insert(label)
            if label == .from, head.from == nil { head.from = value }
            if label == .subject, head.subject == nil { head.subject = value }
        }

        mutating func extend(_ label: QuoteMarks.Label, _ more: String) {
            if label == .subject, let subject = head.subject { head.subject = subject + " " + more }
            if label == .from, let from = head.from { head.from = from + " " + more }
        }
    }

    private static func block(in lines: TextLines, at first: Int) -> Block? {
        guard let (label, value) = header(in: lines, at: first), label != .other else { return nil }
        var block = Block(head: QuotedMessage(start: first))
        block.add(label, value)
        var line = first + 1
        var last = label
        var blanks = 0
        while line < lines.count, line - first < 16 {
            if lines.isBlank(line) {
                // HTML paragraphs leave one blank line between headers; two mean that the head is over.
                blanks += 1
                if blanks > 1 || block.isMessage { break }
            } else if let (label, value) = header(in: lines, at: line) {
                block.add(label, value)
                last = label
                blanks = 0
            } else if blanks == 0, last == .to || last == .other || last == .subject || last == .from {
                // A long value, wrapped.
                block.extend(last, lines.text(line))
            } else {
                break
            }
            line += 1
        }
        return block
    }

    /// `Von: …`, also `*Von:* …`, which converters make of bold print.
    private static func header(in lines: TextLines, at line: Int) -> (QuoteMarks.Label, String)? {
        let range = lines.lines[line]
        guard !range.isEmpty, let colon = range.prefix(20).first(where: { lines.bytes[$0] == 0x3A }) else {
            return nil
        }
        let isStar = { (byte: UInt8) in byte == 0x2A || byte == 0x20 || byte == 0x7C }
        var name = range.lowerBound..<colon
        while let first = name.first, isStar(lines.bytes[first]) { name.removeFirst() }
        while let last = name.last, isStar(lines.bytes[last]) { name.removeLast() }
        guard !name.isEmpty else { return nil }
        let word = String(decoding: lines.bytes[name], as: UTF8.self).lowercased()
        guard let label = labelsByName[word] else { return nil }
        var value = (colon + 1)..<range.upperBound
        while let first = value.first, isStar(lines.bytes[first]) || lines.bytes[first] == 0x09 {
            value.removeFirst()
        }
        return (label, String(decoding: lines.bytes[value], as: UTF8.self))
    }

    private static let labelsByName: [String: QuoteMarks.Label] = {
        var table: [String: QuoteMarks.Label] = [:]
        for (label, names) in QuoteMarks.labels {
            for name in names { table[name] = label }
        }
        return table
    }()
}
