// SPDX-License-Identifier: MIT

/// An answer does not follow the grammar; its line becomes `.unparsable`.
struct Damage: Error {}

/// Reads the words of one answer from left to right (RFC 9051, section 9), a little more leniently.
struct ResponseScanner {
    let line: [UInt8]
    let literals: [Frame.Literal]
    private let depthLimit: Int
    private(set) var index = 0
    private var nextLiteral = 0

    init(_ frame: Frame, depth: Int) {
        line = frame.line
        literals = frame.literals
        depthLimit = depth
    }

    var atEnd: Bool { index >= line.count }

    var peek: UInt8? { index < line.count ? line[index] : nil }

    mutating func skipSpaces() {
        while index < line.count, line[index] == Ascii.space { index += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard peek == byte else { return false }
        index += 1
        return true
    }

    mutating func expect(_ byte: UInt8) throws(Damage) {
        guard take(byte) else { throw Damage() }
    }

    /// Nothing but spaces may be left.
    mutating func expectEnd() throws(Damage) {
        skipSpaces()
        guard atEnd else { throw Damage() }
    }

    /// Goes back to where the scanner was before.
    mutating func rewind(to earlier: ResponseScanner) {
        index = earlier.index
        nextLiteral = earlier.nextLiteral
    }

    mutating func rest() -> ArraySlice<UInt8> {
        defer { index = line.count }
        return line[min(index, line.count)...]
    }

    /// A word without spaces, parentheses and quotes.
    mutating func word() throws(Damage) -> ArraySlice<UInt8> {
        let start = index
        let end = literalStart
        while index < end, !Self.endsWord(line[index]) { index += 1 }
        guard index > start else { throw Damage() }
        return line[start..<index]
    }

    mutating func number<Number: FixedWidthInteger>(_: Number.Type) throws(Damage) -> Number {
        guard let number = Ascii.number(try word(), as: Number.self) else { throw Damage() }
        return number
    }

    /// The name of a field of `FETCH`, in capitals, with all between its brackets.
    mutating func fieldName() throws(Damage) -> String {
        let start = index
        while index < line.count, !Self.endsWord(line[index]) {
            let byte = line[index]
            index += 1
            guard byte == Ascii.openBracket else { continue }
            guard let end = line[index...].firstIndex(of: Ascii.closeBracket) else { throw Damage() }
            index = end + 1
        }
        guard index > start else { throw Damage() }
        return Ascii.uppercased(line[start..<index])
    }

    /// A quoted string or literal, or `NIL`, or a bare word as some servers send it.
    mutating func content() throws(Damage) -> SectionContent {
        if let literal = literal() { return literal }
        if peek == Ascii.quote { return .bytes(try quoted()) }
        let bytes = try word()
        return Ascii.uppercased(bytes) == "NIL" ? .null : .bytes(Array(bytes))
    }

    /// A name of a folder: a word, quoted or literal; the word `NIL` is a folder of that name.
    mutating func folderName() throws(Damage) -> FolderName {
        if let literal = literal() {
            guard case .bytes(let bytes) = literal else { throw Damage() }
            return FolderName(wire: bytes)
        }
        if peek == Ascii.quote { return FolderName(wire: try quoted()) }
        return FolderName(wire: Array(try word()))
    }

    /// `(\Seen $Forwarded)`; a list inside is not a flag.
    mutating func flags() throws(Damage) -> [Flag] {
        var flags: [Flag] = []
        try expect(Ascii.open)
        while true {
            skipSpaces()
            if take(Ascii.close) { return flags }
            // Some servers quote keywords.
            if peek == Ascii.quote {
                flags.append(Flag(String(decoding: try quoted(), as: UTF8.self)))
            } else {
                flags.append(Flag(String(decoding: try word(), as: UTF8.self)))
            }
        }
    }

    /// The values up to the end of the line.
    mutating func values() throws(Damage) -> [IMAPValue] {
        var values: [IMAPValue] = []
        skipSpaces()
        while !atEnd {
            values.append(try value())
            skipSpaces()
        }
        return values
    }

    /// Any value; `depth` lists are open around it.
    mutating func value(depth: Int = 0) throws(Damage) -> IMAPValue {
        switch literal() {
        case .bytes(let bytes): return .string(bytes)
        case .omitted(let size): return .omitted(bytes: size)
        case .null, nil: break
        }
        switch peek {
        case Ascii.quote: return .string(try quoted())
        case Ascii.open: return depth < depthLimit ? try list(depth: depth) : try skippedList()
        default:
            let bytes = try word()
            return Ascii.uppercased(bytes) == "NIL" ? .null : .atom(String(decoding: bytes, as: UTF8.self))
        }
    }

    private mutating func list(depth: Int) throws(Damage) -> IMAPValue {
        var items: [IMAPValue] = []
        try expect(Ascii.open)
        while true {
            skipSpaces()
            if take(Ascii.close) { return .list(items) }
            items.append(try value(depth: depth + 1))
        }
    }

    /// Reads over a list that is nested too deep, without nesting itself.
    private mutating func skippedList() throws(Damage) -> IMAPValue {
        let start = index
        var open = 0
        repeat {
            skipSpaces()
            if literal() != nil { continue }
            switch peek {
            case Ascii.open: open += 1
            case Ascii.close: open -= 1
            case Ascii.quote:
                _ = try quoted()
                continue
            default:
                _ = try word()
                continue
            }
            index += 1
        } while open > 0
        return .omitted(bytes: UInt64(index - start))
    }

    mutating func quoted() throws(Damage) -> [UInt8] {
        try expect(Ascii.quote)
        var bytes: [UInt8] = []
        while index < line.count {
            var byte = line[index]
            index += 1
            if byte == Ascii.quote { return bytes }
            if byte == Ascii.backslash {
                guard index < line.count else { throw Damage() }
                byte = line[index]
                index += 1
            }
            bytes.append(byte)
        }
        throw Damage()
    }

    /// The literal that begins here, if one does.
    private mutating func literal() -> SectionContent? {
        guard index == literalStart, nextLiteral < literals.count else { return nil }
        let literal = literals[nextLiteral]
        index = literal.place.upperBound
        nextLiteral += 1
        return literal.content
    }

    /// Where the next literal begins, or the end of the line.
    private var literalStart: Int {
        mutating get {
            // One may have been passed over inside brackets.
            while nextLiteral < literals.count, literals[nextLiteral].place.lowerBound < index {
                nextLiteral += 1
            }
            return nextLiteral < literals.count ? literals[nextLiteral].place.lowerBound : line.count
        }
    }

    private static func endsWord(_ byte: UInt8) -> Bool {
        byte == Ascii.space || byte == Ascii.open || byte == Ascii.close || byte == Ascii.quote
    }
}
