// SPDX-License-Identifier: MIT

/// A mail server as a value, for tests: it keeps the rules of RFC 5321, 2920 and 3030, and breaks them when told to.
struct SMTPModelServer: Sendable {
    enum Step: String, Sendable, Hashable, CaseIterable { case hello, reset, sender, recipient, data, body }

    enum Reaction: Sendable, Hashable {
        /// Says this instead of doing what it was asked; 421 also ends the conversation.
        case reply(String)
        /// Says nothing any more, having done nothing.
        case close
        /// Does it, and then says nothing any more.
        case doAndClose
    }

    struct Place: Sendable, Hashable {
        var step: Step
        /// The letter's tag, read from the digits of its addresses; 0 for the hello and for RSET.
        var tag: Int
    }

    struct Accepted: Sendable, Hashable {
        var sender: String
        var recipients: [String]
        var bytes: [UInt8]
    }

    /// Keywords announced after EHLO.
    var keywords: [String]
    var reactions: [Place: Reaction] = [:]
    /// Whether a transaction stays open after its letter was refused, as some servers do.
    var isSticky = false
    /// Whether DATA goes ahead although nobody is to receive it.
    var isEager = false

    private(set) var accepted: [Accepted] = []
    private(set) var isClosed = false

    private enum Mode { case commands, data, counted(Int) }

    private var mode = Mode.commands
    private var pending: [UInt8] = []
    private var sender: String?
    private var recipients: [String] = []
    private var said: [UInt8] = []

    init(keywords: [String] = []) {
        self.keywords = keywords
    }

    /// Takes bytes of the client; gives what the server says to them.
    mutating func receive(_ bytes: some Sequence<UInt8>) -> [UInt8] {
        pending += bytes
        while !isClosed, step() {}
        defer { said = [] }
        return said
    }

    private mutating func step() -> Bool {
        switch mode {
        case .counted(let count):
            guard pending.count >= count else { return false }
            let body = Array(pending.prefix(count))
            pending.removeFirst(count)
            mode = .commands
            finish(body)
        case .data:
            guard let end = Self.end(of: pending) else { return false }
            let body = Self.undotted(Array(pending.prefix(end)))
            pending.removeFirst(end + 3)
            mode = .commands
            finish(body)
        case .commands:
            guard let feed = pending.firstIndex(of: 10) else { return false }
            let line = String(decoding: pending[..<max(feed - 1, 0)], as: UTF8.self)
            pending.removeFirst(feed + 1)
            obey(line)
        }
        return true
    }

    private mutating func obey(_ line: String) {
        let verb = line.prefix { $0 != " " }
        switch verb {
        case "EHLO":
            react(.hello, 0) { server in
                let lines = ["mx.example"] + server.keywords
                for line in lines.dropLast() { server.say("250-\(line)") }
                server.say("250 \(lines.last ?? "")")
            }
        case "HELO": react(.hello, 0) { $0.say("250 mx.example") }
        case "RSET":
            react(.reset, 0) { server in
                server.clear()
                server.say("250 reset")
            }
        case "MAIL":
            guard sender == nil else { return say("503 5.5.1 nested MAIL") }
            let address = Self.address(line)
            react(.sender, Self.tag(address)) { server in
                server.sender = address
                server.say("250 2.1.0 ok")
            }
        case "RCPT":
            guard sender != nil else { return say("503 5.5.1 need MAIL") }
            let address = Self.address(line)
            react(.recipient, Self.tag(address)) { server in
                server.recipients.append(address)
                server.say("250 2.1.5 ok")
            }
        case "DATA":
            guard !recipients.isEmpty || isEager && sender != nil else { return say("503 5.5.1 need RCPT") }
            react(.data, Self.tag(sender ?? "")) { server in
                server.mode = .data
                server.say("354 go ahead")
            }
        case "BDAT":
            let words = line.split(separator: " ")
            mode = .counted(words.count == 3 ? Int(words[1]) ?? 0 : 0)
        case "QUIT":
            say("221 bye")
            isClosed = true
        default: say("500 5.5.2 what?")
        }
    }

    private mutating func finish(_ body: [UInt8]) {
        guard let sender else { return say("503 5.5.1 need MAIL") }
        guard !recipients.isEmpty else {
            if !isSticky { clear() }
            return say("554 5.5.1 no valid receiver")
        }
        let isRefused = reactions[Place(step: .body, tag: Self.tag(sender))] != nil
        react(.body, Self.tag(sender)) { server in
            server.accepted.append(Accepted(sender: sender, recipients: server.recipients, bytes: body))
            server.say("250 2.0.0 queued")
        }
        if !isRefused || !isSticky { clear() }
    }

    private mutating func react(_ step: Step, _ tag: Int, _ act: (inout SMTPModelServer) -> Void) {
        switch reactions[Place(step: step, tag: tag)] {
        case nil: act(&self)
        case .reply(let words):
            say(words)
            if words.hasPrefix("421") { isClosed = true }
        case .close: isClosed = true
        case .doAndClose:
            let before = said
            act(&self)
            said = before
            isClosed = true
        }
    }

    private mutating func clear() {
        sender = nil
        recipients = []
    }

    private mutating func say(_ line: String) {
        said += Array(line.utf8) + [13, 10]
    }

    private static func address(_ line: String) -> String {
        String(line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
    }

    static func tag(_ address: String) -> Int {
        Int(address.prefix { $0 != "@" }.filter(\.isNumber)) ?? 0
    }

    /// Where the ending dot stands: at the start, or behind CR LF.
    private static func end(of bytes: [UInt8]) -> Int? {
        let ending: [UInt8] = [46, 13, 10]
        if bytes.starts(with: ending) { return 0 }
        guard bytes.count >= 5 else { return nil }
        return (2...(bytes.count - 3)).first { place in
            bytes[place - 2] == 13 && bytes[place - 1] == 10 && bytes[place...].starts(with: ending)
        }
    }

    private static func undotted(_ bytes: [UInt8]) -> [UInt8] {
        var plain: [UInt8] = []
        for (place, byte) in bytes.enumerated() {
            let isLineStart = place == 0 || bytes[place - 1] == 10
            if !(isLineStart && byte == 46) { plain.append(byte) }
        }
        return plain
    }
}

/// Numbers that are the same in every run; the seed names the run.
struct SMTPTestDice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}
