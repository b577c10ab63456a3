// SPDX-License-Identifier: MIT

/// Cuts a server's bytes into answers, however the network cut them before.
///
/// Every byte is looked at once: an incomplete line is kept as read, and a literal's bytes go straight from
/// the network's chunk to where they stay. A line that cannot be understood becomes `.unparsable` and the
/// next line is read as if nothing had been. Lines may end in LF alone, empty ones are passed over.
///
/// It fails only when a limit is exceeded that cannot be read over, and then for good: ``next()`` throws the
/// same error ever after, since nobody knows where the next answer begins.
package struct IMAPParser: Sendable {
    private let limits: IMAPLimits
    // Chunks are consumed in place: `chunk` from `offset`, then `waiting` from `nextWaiting`.
    private var chunk: [UInt8] = []
    private var offset = 0
    private var waiting: [[UInt8]] = []
    private var nextWaiting = 0
    private var frame = Frame()
    private var state = State.line
    private var failure: IMAPError?

    private enum State {
        case line
        case literal(missing: Int)
        case skipping(missing: Int)
    }

    /// A parser at the beginning of a line.
    package init(limits: IMAPLimits = IMAPLimits()) {
        self.limits = limits
    }

    /// Takes bytes as they came; an array is kept without being copied.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        guard !bytes.isEmpty else { return }
        waiting.append(Array(bytes))
    }

    /// The next whole answer, or nothing until more bytes come.
    ///
    /// - Throws: ``IMAPError/lineTooLong(limit:)`` and ``IMAPError/literalTooLong(announced:limit:)``.
    package mutating func next() throws(IMAPError) -> IMAPResponse? {
        if let failure { throw failure }
        while offset < chunk.count || takeChunk() {
            switch state {
            case .line:
                guard try readLine() else { continue }
                let answer = ResponseGrammar.answer(in: frame, depth: limits.depth)
                frame.clear()
                if let answer { return answer }
            case .literal(let missing):
                let end = min(offset + missing, chunk.count)
                frame.literals[frame.literals.count - 1].append(chunk[offset..<end])
                advance(to: end, missing: missing) { .literal(missing: $0) }
            case .skipping(let missing):
                advance(to: min(offset + missing, chunk.count), missing: missing) { .skipping(missing: $0) }
            }
        }
        return nil
    }

    private mutating func takeChunk() -> Bool {
        offset = 0
        guard nextWaiting < waiting.count else {
            chunk = []
            waiting.removeAll(keepingCapacity: true)
            nextWaiting = 0
            return false
        }
        chunk = waiting[nextWaiting]
        waiting[nextWaiting] = []
        nextWaiting += 1
        return true
    }

    private mutating func advance(to end: Int, missing: Int, _ state: (Int) -> State) {
        let rest = missing - (end - offset)
        offset = end
        self.state = rest > 0 ? state(rest) : .line
    }

    /// Reads to the end of the line or of the chunk; true when the answer is complete.
    private mutating func readLine() throws(IMAPError) -> Bool {
        let end = chunk[offset...].firstIndex(of: Ascii.lineFeed)
        let stop = end.map { $0 + 1 } ?? chunk.count
        guard frame.line.count + stop - offset <= limits.line else {
            throw fail(.lineTooLong(limit: limits.line))
        }
        frame.line.append(contentsOf: chunk[offset..<stop])
        offset = stop
        guard end != nil else { return false }
        guard let announced = frame.announcedLiteral() else {
            frame.dropLineEnding()
            return true
        }
        let number = Ascii.number(frame.line[announced.digits], as: Int.self)
        guard let size = number, size <= limits.literal else {
            let digits = String(decoding: frame.line[announced.digits].prefix(30), as: UTF8.self)
            throw fail(.literalTooLong(announced: digits, limit: limits.literal))
        }
        let isKept = size <= limits.kept - frame.kept
        frame.begin(announced, size: size, isKept: isKept)
        if size > 0 { state = isKept ? .literal(missing: size) : .skipping(missing: size) }
        return false
    }

    private mutating func fail(_ error: IMAPError) -> IMAPError {
        failure = error
        (chunk, waiting, frame) = ([], [], Frame())
        return error
    }
}

/// One answer while it is put together: its lines without the literals, and the literals.
struct Frame: Sendable {
    var line: [UInt8] = []
    var literals: [Literal] = []
    /// How many bytes the literals were promised.
    var kept = 0
    private var mayHaveLiterals: Bool?

    struct Literal: Sendable {
        /// Where in the line it was announced: `{12}` and the line ending behind it.
        let place: Range<Int>
        var content: SectionContent

        mutating func append(_ bytes: ArraySlice<UInt8>) {
            guard case .bytes(var kept) = content else { return }
            // Without this there would be two owners, and appending would copy what is there already.
            content = .null
            kept.append(contentsOf: bytes)
            content = .bytes(kept)
        }
    }

    struct Announcement {
        let place: Range<Int>
        let digits: Range<Int>
    }

    mutating func clear() {
        line.removeAll(keepingCapacity: line.capacity < 1 << 16)
        literals.removeAll()
        kept = 0
        mayHaveLiterals = nil
    }

    mutating func dropLineEnding() {
        if line.last == Ascii.lineFeed { line.removeLast() }
        if line.last == Ascii.carriageReturn { line.removeLast() }
    }

    /// The literal announced at the end of the line just read: `{12}`, `{12+}` or `~{12}` (RFC 9051, 4.3).
    mutating func announcedLiteral() -> Announcement? {
        var index = line.count - 1
        if index > 0, line[index - 1] == Ascii.carriageReturn { index -= 1 }
        index -= 1
        guard index > 0, line[index] == Ascii.closeBrace, dataMayFollow() else { return nil }
        if line[index - 1] == Ascii.plus { index -= 1 }
        let end = index
        while index > 0, Ascii.isDigit(line[index - 1]) { index -= 1 }
        guard index < end, index > 0, line[index - 1] == Ascii.openBrace else { return nil }
        let isBinary = index > 1 && line[index - 2] == Ascii.tilde
        return Announcement(place: (index - (isBinary ? 2 : 1))..<line.count, digits: index..<end)
    }

    mutating func begin(_ announced: Announcement, size: Int, isKept: Bool) {
        guard isKept else {
            literals.append(Literal(place: announced.place, content: .omitted(bytes: UInt64(size))))
            return
        }
        var bytes: [UInt8] = []
        // The system gives the pages when they are written to: a lying size costs nothing.
        bytes.reserveCapacity(size)
        literals.append(Literal(place: announced.place, content: .bytes(bytes)))
        kept += size
    }

    /// Whether this answer can have literals: words for people may end in `{5}` and mean nothing by it.
    private mutating func dataMayFollow() -> Bool {
        if let mayHaveLiterals { return mayHaveLiterals }
        var result = line.starts(with: [Ascii.star, Ascii.space])
        if result {
            let word = line.dropFirst(2).prefix { $0 > Ascii.space }
            result = StatusReply.Kind(rawValue: Ascii.uppercased(word.prefix(8))) == nil
        }
        mayHaveLiterals = result
        return result
    }
}
