// SPDX-License-Identifier: MIT
import Intake
import Mail
import Synchronization
import TestSupport
import Testing
import Wire

@Suite("A server makes trouble", .serialized, .timeLimit(.minutes(1)))
struct IMAPTroubleTests {
    typealias Command = MailboxServer.Command
    typealias Voice = MailboxServer.Voice

    /// Three letters, and a server that misbehaves.
    static func mailbox(_ trick: @escaping @Sendable (Command, Voice) throws -> Bool) -> MailboxServer {
        MailboxServer { contents in
            for name in ["a", "b", "c"] { contents.deliver(letter(name)) }
            contents.trick = trick
        }
    }

    static let all = ["a", "b", "c"]

    @Test(
        "A connection that is cut anywhere costs nothing and doubles nothing",
        arguments: Array(stride(from: 5, to: 1200, by: 29))
    )
    func cut(bytes: Int) async throws {
        let mailbox = Self.mailbox { _, _ in false }
        mailbox.change { $0.cut = [1: bytes] }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(last: 0)) { $0.inbox?.lastUID == 3 }
            #expect(records.subjects.sorted() == Self.all)
            #expect(
                records.arrivals.map(\.raw).sorted { $0.lexicographicallyPrecedes($1) }
                    == Self.all.map { letter($0) }
            )
            #expect(records.arrivals.allSatisfy { $0.isWhole && !$0.isBacklog })
        }
    }

    @Test(
        "Cut in the middle of a letter: those before are kept, nothing half, the rest comes with the next connection"
    )
    func cutLetter() async throws {
        let mailbox = Self.mailbox { command, voice in
            guard command.isForTexts, command.connection == 1 else { return false }
            let letter = MailboxServer.Letter(uid: 1, raw: letter("a"))
            try voice.say(MailboxServer.described(letter, at: 1, command.arguments))
            try voice.say("* 2 FETCH (UID 2 BODY[] {50}\r\nMessage-ID: <b@mail")
            try voice.cut()
            return true
        }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(last: 0)) { $0.inbox?.lastUID == 3 }
            #expect(records.batches == [[1], [3], [2]])
            #expect(records.complaints == ["127.0.0.1:\(server.port) closed the connection"])
        }
    }

    @Test("A good-bye at any moment is taken for what it is", arguments: 1...6)
    func bye(number: Int) async throws {
        let mailbox = Self.mailbox { command, voice in
            guard command.connection == 1, command.number == number + 1 else { return false }
            try voice.say("* BYE [UNAVAILABLE] back soon\r\n")
            try voice.cut()
            return true
        }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(last: 0)) { records in
                records.arrivals.count == 3 && !records.complaints.isEmpty
            }
            #expect(records.subjects.sorted() == Self.all)
            #expect(
                records.complaints == ["127.0.0.1:\(server.port) ended the connection; it said `back soon`"]
            )
        }
    }

    @Test(
        "A server that falls silent is left after a while",
        arguments: ["EXAMINE", "UID FETCH", "UID SEARCH", "IDLE"]
    )
    func silence(verb: String) async throws {
        let mailbox = Self.mailbox { command, voice in
            guard command.connection == 1, command.verb == verb else { return false }
            try voice.listen()
            return true
        }
        try await mailbox.serve { server in
            let records = try await watch(
                server,
                RecordingDesk(last: 0),
                { $0.patience.silence = .milliseconds(50) }
            ) {
                $0.arrivals.count == 3 && $0.looks.contains { $0?.contains("said nothing in time") ?? false }
            }
            #expect(records.subjects.sorted() == Self.all)
        }
    }

    @Test(
        "A server that talks without an end, or without a meaning, is left",
        arguments: ["* OK still here\r\n", "x"]
    )
    func endless(text: String) async throws {
        let mailbox = Self.mailbox { command, voice in
            guard command.connection == 1, command.verb == "EXAMINE" else { return false }
            while true { try voice.say(String(repeating: text, count: 1000)) }
        }
        try await mailbox.serve { server in
            let records = try await watch(
                server,
                RecordingDesk(last: 0),
                { $0.patience.answer = .milliseconds(200) }
            ) {
                $0.arrivals.count == 3
            }
            let words = records.firstComplaint
            #expect(words.contains("did not end") || words.contains("line of more than"))
        }
    }

    @Test("A length that is too large swallows the answer, and the letters come all the same")
    func longLength() async throws {
        let mailbox = Self.mailbox { command, voice in
            guard command.isForTexts, command.arguments.contains("BODY.PEEK[]"),
                command.arguments.first == "1"
            else { return false }
            try voice.say("* 1 FETCH (UID 1 BODY[] {5000}\r\n")
            try voice.say(letter("a"))
            try voice.say(")\r\n\(command.tag) OK done\r\n")
            return true
        }
        try await mailbox.serve { server in
            let records = try await watch(
                server,
                RecordingDesk(last: 0),
                { $0.patience.silence = .milliseconds(50) }
            ) {
                $0.inbox?.lastUID == 3
            }
            // The others first; of the one that cannot be had, the header.
            #expect(records.subjects == ["b", "c", "a"])
            #expect(records.arrivals.map(\.isWhole) == [true, true, false])
            #expect(records.arrivals[2].raw == letter("a").dropLast(7))
        }
    }

    @Test("A length that is too small makes no cut letter of it")
    func shortLength() async throws {
        let mailbox = Self.mailbox { command, voice in
            guard command.isForTexts, command.connection == 1 else { return false }
            try voice.say("* 1 FETCH (UID 1 BODY[] {5}\r\n")
            try voice.say(letter("a"))
            try voice.say(")\r\n\(command.tag) OK done\r\n")
            return true
        }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(last: 0)) { $0.inbox?.lastUID == 3 }
            #expect(records.arrivals.allSatisfy { $0.isWhole && $0.raw == letter($0.subject) })
            #expect(records.subjects.sorted() == Self.all)
            #expect(
                records.complaints.contains {
                    $0.contains("no IMAP instead of message 1 of the folder `INBOX`")
                }
            )
        }
    }

    @Test(
        "A letter that never comes whole delays no other, and is kept as far as it can be had",
        arguments: ["NIL", "cut", "NO", "mute"],
        [true, false]
    )
    func poison(kind: String, hasHeader: Bool) async throws {
        let mailbox = Self.mailbox { command, voice in
            guard command.isForTexts, !(hasHeader && command.arguments.contains("[HEADER]")) else {
                return false
            }
            let words = command.arguments.split(separator: " ").map(String.init)
            guard ["1:3", "1:2", "2", "2:3"].contains(words[0]) else { return false }
            if words[0].hasPrefix("1") {
                let letter = MailboxServer.Letter(uid: 1, raw: letter("a"))
                try voice.say(MailboxServer.described(letter, at: 1, command.arguments))
            }
            switch kind {
            case "NIL": try voice.say("* 2 FETCH (UID 2 BODY[] NIL)\r\n")
            case "cut": try voice.cut()
            case "NO": return try Self.refuse(command, voice)
            default: break
            }
            if words[0].hasSuffix("3") {
                let letter = MailboxServer.Letter(uid: 3, raw: letter("c"))
                try voice.say(MailboxServer.described(letter, at: 3, command.arguments))
            }
            try voice.say("\(command.tag) OK done\r\n")
            return true
        }
        try await mailbox.serve { server in
            // That it is listed and does not come, with no word about it, is noticed by comparison only.
            let records = try await watch(
                server,
                RecordingDesk(last: 0),
                { $0.comparison = .milliseconds(1) }
            ) {
                $0.arrivals.count == 3 && $0.inbox?.lastUID == 3
            }
            #expect(records.subjects == ["a", "c", hasHeader ? "b" : ""])
            #expect(records.arrivals.map(\.isWhole) == [true, true, false])
            #expect(records.arrivals[2].place.uid == 2)
            #expect(records.arrivals[2].size == letter("b").count)
            let digests = Set(records.arrivals.map(\.digest))
            #expect(digests.count == 3 && !digests.contains(MailDigest.of([])))
        }
    }

    private static func refuse(_ command: Command, _ voice: Voice) throws -> Bool {
        try voice.say("\(command.tag) NO [SERVERBUG] it hurts\r\n")
        return true
    }

    @Test("When sizes cannot be had, the letters are fetched without")
    func noSizes() async throws {
        let mailbox = Self.mailbox { command, voice in
            guard command.verb == "UID FETCH", !command.isForTexts else { return false }
            return try Self.refuse(command, voice)
        }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(last: 0)) { $0.inbox?.lastUID == 3 }
            #expect(records.subjects == Self.all)
        }
    }

    @Test("A server's passing trouble is nobody's fault: the pause is longer, and all letters come whole")
    func throttled() async throws {
        let mailbox = Self.mailbox { command, voice in
            guard command.isForTexts, command.connection < 8 else { return false }
            try voice.say("\(command.tag) NO [THROTTLED] slow down\r\n")
            return true
        }
        let pauses = Mutex<[Duration]>([])
        try await mailbox.serve { server in
            let records = try await watch(
                server,
                RecordingDesk(last: 0),
                { options in
                    options.pauses.throttled = .seconds(120)
                    options.pauses.longest = .seconds(300)
                    options.random = { 0 }
                    options.sleep = { pause in pauses.withLock { $0.append(pause) } }
                }
            ) { $0.inbox?.lastUID == 3 }
            #expect(records.subjects == Self.all && records.arrivals.allSatisfy(\.isWhole))
            #expect(
                records.firstComplaint
                    == "127.0.0.1:\(server.port) refused to hand over messages; it said `slow down`"
            )
        }
        #expect(pauses.withLock { $0.prefix(3) } == [.seconds(120), .seconds(240), .seconds(300)])
    }

    @Test("A refused login is told in the server's own words, and tried again only after long pauses")
    func login() async throws {
        let pauses = Mutex<[Duration]>([])
        try await ScriptedServer.with { connection in
            try connection.write("* OK ready\r\n")
            while true {
                let (tag, arguments) = try connection.command()
                if arguments == "CAPABILITY" {
                    try connection.write("* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN\r\n\(tag) OK\r\n")
                } else {
                    try connection.write("\(tag) NO [AUTHENTICATIONFAILED] Falsches Passwort\r\n")
                }
            }
        } during: { server in
            let records = try await watch(
                server,
                RecordingDesk(),
                { options in
                    options.login = { Login(user: "anna", secret: .password("geheim")) }
                    options.watchesSent = true
                    options.pauses = IMAPSource.Pauses()
                    options.random = { 0 }
                    options.sleep = { pause in pauses.withLock { $0.append(pause) } }
                }
            ) { $0.complaints.count == 3 }
            #expect(records.firstComplaint.contains("Falsches Passwort"))
            #expect(records.firstComplaint.contains("refused the login"))
            #expect(!records.looks.contains(nil))
        }
        #expect(pauses.withLock { $0.prefix(2) } == [.seconds(30), .seconds(60)])
    }

    @Test("A password that cannot be read is a complaint, not the end")
    func credentials() async throws {
        struct NoFile: Error, CustomStringConvertible {
            var description: String { "credential imap-password: no such file" }
        }
        let attempts = Mutex(0)
        try await IMAPSourceTests.mailbox("a").serve { server in
            let records = try await watch(
                server,
                RecordingDesk(last: 0),
                { options in
                    options.login = {
                        guard
                            attempts.withLock({
                                $0 += 1; return $0 > 2
                            })
                        else { throw NoFile() }
                        return nil
                    }
                }
            ) { !$0.arrivals.isEmpty }
            #expect(records.firstComplaint.contains("no login: credential imap-password: no such file"))
        }
    }

    @Test("An unchanged state is not told all the time")
    func sparing() async throws {
        let mailbox = IMAPSourceTests.mailbox("a") { $0.capabilities = "" }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(), { $0.reportInterval = .seconds(60) }) {
                records in
                if records.looks == [nil], mailbox.now.boxes["INBOX"]?.letters.count == 1 {
                    mailbox.change { $0.deliver(letter("new")) }
                }
                return records.inbox?.lastUID == 2
            }
            #expect(records.looks == [nil])
        }
    }
}
