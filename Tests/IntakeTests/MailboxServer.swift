// SPDX-License-Identifier: MIT
import IMAP
import Synchronization
import TestSupport

/// An IMAP server with a few folders in memory, which a test may let misbehave.
final class MailboxServer: Sendable {
    struct Letter: Sendable {
        var uid: UInt32
        var raw: [UInt8]
        var date = "21-Nov-2026 10:00:00 +0100"
        /// What the server says instead of the true size.
        var size: Int?
    }

    struct Box: Sendable {
        var validity: UInt32 = 7
        var letters: [Letter] = []
        var attributes = "\\HasNoChildren"
        /// The words with which it cannot be opened.
        var refusal: String?
        var saysNext = true

        var next: UInt32 { (letters.map(\.uid).max() ?? 0) + 1 }
    }

    struct Command: Sendable {
        var tag: String
        /// In capitals: `UID FETCH`, `NOOP`.
        var verb: String
        var arguments: String
        /// Counts the connections from 1.
        var connection: Int
        /// Counts the commands of the connection from 1.
        var number: Int

        var isForTexts: Bool { verb == "UID FETCH" && arguments.contains("BODY.PEEK[") }
    }

    struct Contents: Sendable {
        var boxes: [String: Box] = ["INBOX": Box()]
        var capabilities = "IDLE ESEARCH"
        /// What happens while a client waits by IDLE, one after the other.
        var whileIdle: [@Sendable (inout Contents) -> Void] = []
        /// At most so many bytes at once.
        var piece = Int.max
        /// The bytes after which a connection is cut, by its number.
        var cut: [Int: Int] = [:]
        /// Does something of its own instead of an answer, and then returns true.
        var trick: @Sendable (Command, Voice) throws -> Bool = { _, _ in false }

        mutating func deliver(_ raw: [UInt8], to name: String = "INBOX", date: String? = nil) {
            var box = boxes[name] ?? Box()
            var letter = Letter(uid: box.next, raw: raw)
            if let date { letter.date = date }
            box.letters.append(letter)
            boxes[name] = box
        }
    }

    /// The server's mouth on one connection; what it says goes out before it listens.
    final class Voice {
        private let connection: ScriptedServer.Connection
        private let piece: Int
        private var left: Int
        private var unsaid: [UInt8] = []

        init(_ connection: ScriptedServer.Connection, piece: Int, cut: Int) {
            self.connection = connection
            self.piece = piece
            left = cut
        }

        func say(_ text: String) throws { try say(Array(text.utf8)) }

        func say(_ bytes: [UInt8]) throws {
            unsaid += bytes.prefix(left)
            left -= min(left, bytes.count)
            if left == 0 { try cut() }
            if unsaid.count > 1 << 16 { try speak() }
        }

        private func speak() throws {
            var rest = unsaid[...]
            unsaid = []
            while !rest.isEmpty {
                try connection.write(Array(rest.prefix(piece)))
                rest = rest.dropFirst(piece)
            }
        }

        func readLine() throws -> String {
            try speak()
            return try connection.readLine()
        }

        func expect(_ prefix: String) throws {
            try speak()
            try connection.expect(prefix)
        }

        func listen() throws {
            try speak()
            try connection.listen()
        }

        func cut() throws {
            try speak()
            connection.cut()
        }
    }

    private let contents: Mutex<Contents>

    init(_ change: (inout Contents) -> Void = { _ in }) {
        var contents = Contents()
        change(&contents)
        self.contents = Mutex(contents)
    }

    func change(_ body: (inout Contents) -> Void) {
        contents.withLock { body(&$0) }
    }

    var now: Contents { contents.withLock { $0 } }

    /// Serves for the duration of `body`, on a port of its own.
    func serve<Outcome>(_ body: (ScriptedServer) async throws -> Outcome) async throws -> Outcome {
        try await ScriptedServer.with { connection in
            try self.talk(on: connection)
        } during: { server in
            try await body(server)
        }
    }

    private func talk(on connection: ScriptedServer.Connection) throws {
        let contents = now
        let cut = contents.cut[connection.number] ?? .max
        let voice = Voice(connection, piece: contents.piece, cut: cut)
        try voice.say("* OK ready\r\n")
        var open: String?
        var seen = 0
        for number in 1... {
            let line = try voice.readLine()
            let words = line.split(separator: " ", maxSplits: 3).map(String.init)
            let isDouble = words.count > 1 && words[1] == "UID"
            let command = Command(
                tag: words[0],
                verb: words.dropFirst().prefix(isDouble ? 2 : 1).joined(separator: " "),
                arguments: words.dropFirst(isDouble ? 3 : 2).joined(separator: " "),
                connection: connection.number,
                number: number
            )
            if try now.trick(command, voice) { continue }
            try answer(command, voice, &open, &seen)
        }
    }

    private func answer(_ command: Command, _ voice: Voice, _ open: inout String?, _ seen: inout Int) throws {
        let box = open.flatMap { now.boxes[$0] }
        switch command.verb {
        case "CAPABILITY": try voice.say("* CAPABILITY IMAP4rev1 \(now.capabilities)\r\n")
        case "LIST":
            for (name, box) in now.boxes.sorted(by: { $0.key < $1.key }) {
                try voice.say("* LIST (\(box.attributes)) \"/\" \"\(name)\"\r\n")
            }
        case "EXAMINE":
            let name = command.arguments.filter { $0 != "\"" }
            guard let box = now.boxes[name], box.refusal == nil else {
                let words = now.boxes[name]?.refusal ?? "[NONEXISTENT] no such folder"
                return try voice.say("\(command.tag) NO \(words)\r\n")
            }
            open = name
            seen = box.letters.count
            try voice.say("* \(seen) EXISTS\r\n* OK [UIDVALIDITY \(box.validity)] x\r\n")
            if box.saysNext { try voice.say("* OK [UIDNEXT \(box.next)] x\r\n") }
        case "NOOP": try tellNews(voice, open, &seen)
        case "UID FETCH": try fetch(command, box?.letters ?? [], voice)
        case "UID SEARCH":
            let words = command.arguments.split(separator: " ").map(String.init)
            let range = words.last.flatMap { UIDSet(parsing: $0) } ?? UIDSet(from: 1)
            let found = UIDSet((box?.letters ?? []).compactMap { UID($0.uid) }.filter(range.contains))
            let isShort = words.first == "RETURN"
            try voice.say(
                isShort
                    ? "* ESEARCH (TAG \"\(command.tag)\") UID\(found.isEmpty ? "" : " ALL \(found)")\r\n"
                    : "* SEARCH\(found.map { " \($0)" }.joined())\r\n"
            )
        case "IDLE":
            try voice.say("+ idling\r\n")
            let happening = contents.withLock { $0.whileIdle.isEmpty ? nil : $0.whileIdle.removeFirst() }
            if let happening {
                change(happening)
                try tellNews(voice, open, &seen)
            }
            try voice.expect("DONE")
        case "LOGOUT":
            try voice.say("* BYE bye\r\n\(command.tag) OK done\r\n")
            return try voice.cut()
        default: return try voice.say("\(command.tag) BAD what\r\n")
        }
        try voice.say("\(command.tag) OK done\r\n")
    }

    private func tellNews(_ voice: Voice, _ open: String?, _ seen: inout Int) throws {
        guard let count = open.flatMap({ now.boxes[$0]?.letters.count }), count > seen else { return }
        seen = count
        try voice.say("* \(count) EXISTS\r\n")
    }

    private func fetch(_ command: Command, _ letters: [Letter], _ voice: Voice) throws {
        let words = command.arguments.split(separator: " ", maxSplits: 1).map(String.init)
        let wanted = UIDSet(parsing: words[0]) ?? UIDSet()
        for (index, letter) in letters.enumerated() {
            let isAsked = UID(letter.uid).map(wanted.contains) ?? false
            // As RFC 9051 has it: `n:*` always means the last message too.
            let isLast = index == letters.count - 1 && words[0].hasSuffix("*")
            guard isAsked || isLast else { continue }
            try voice.say(Self.described(letter, at: index + 1, words[1]))
        }
    }

    /// The answer to a FETCH of these items.
    static func described(_ letter: Letter, at number: Int, _ items: String) -> [UInt8] {
        let text = String(decoding: letter.raw, as: UTF8.self)
        let end = text.firstRange(of: "\r\n\r\n")?.upperBound ?? text.endIndex
        var answer = "* \(number) FETCH (UID \(letter.uid)"
        if items.contains("RFC822.SIZE") { answer += " RFC822.SIZE \(letter.size ?? letter.raw.count)" }
        if items.contains("INTERNALDATE") { answer += " INTERNALDATE \"\(letter.date)\"" }
        func add(_ name: String, _ part: some StringProtocol) {
            answer += " \(name) {\(part.utf8.count)}\r\n\(part)"
        }
        if items.contains("BODY.PEEK[]") { add("BODY[]", text) }
        if items.contains("BODY.PEEK[HEADER]") { add("BODY[HEADER]<0>", text[..<end]) }
        if items.contains("HEADER.FIELDS") {
            let line = text.split(separator: "\r\n").first { $0.hasPrefix("Message-ID:") }
            add("BODY[HEADER.FIELDS (\"MESSAGE-ID\")]", (line.map { "\($0)\r\n" } ?? "") + "\r\n")
        }
        if let range = items.firstRange(of: "BODY.PEEK[TEXT]<0.") {
            let count = Int(items[range.upperBound...].prefix { $0.isNumber }) ?? 0
            add("BODY[TEXT]<0>", text[end...].prefix(count))
        }
        return Array("\(answer))\r\n".utf8)
    }
}

/// A small letter with a Message-ID made of its subject.
func letter(_ subject: String, _ text: String = "Hallo") -> [UInt8] {
    Array("Message-ID: <\(subject)@mail.example>\r\nSubject: \(subject)\r\n\r\n\(text)\r\n".utf8)
}
