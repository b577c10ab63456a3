// SPDX-License-Identifier: MIT
import FoundationEssentials
import Intake
import Mail
import TestSupport
import Testing

@Suite("Mail comes in", .serialized, .timeLimit(.minutes(1)))
struct IMAPSourceTests {
    static func mailbox(_ letters: String..., change: (inout MailboxServer.Contents) -> Void = { _ in })
        -> MailboxServer
    {
        MailboxServer { contents in
            for name in letters { contents.deliver(letter(name)) }
            change(&contents)
        }
    }

    @Test(
        "At the first contact old mail stays where it is; a letter that comes while we wait is there at once"
    )
    func push() async throws {
        let mailbox = Self.mailbox("old 1", "old 2") { contents in
            contents.whileIdle = [{ $0.deliver(letter("new")) }]
        }
        try await mailbox.serve { server in
            let records = try await watch(server) { !$0.arrivals.isEmpty }
            #expect(records.subjects == ["new"])
            #expect(records.arrivals[0].raw == letter("new"))
            #expect(
                records.arrivals[0].place == UIDPlace(mailbox: "shop", folder: "INBOX", validity: 7, uid: 3)
            )
            #expect(records.arrivals[0].arrived.timeIntervalSince1970 == 1_795_251_600)
            #expect(records.arrivals[0].digest == MailDigest.of(letter("new")))
            #expect(!records.arrivals[0].isBacklog && records.arrivals[0].isWhole)
            #expect(records.inbox?.firstUID == 3 && records.inbox?.lastUID == 3)
            #expect(records.complaints.isEmpty)
            #expect(server.heard[0].contains("DONE\r\n") && server.complaints.isEmpty)
        }
    }

    @Test("The server's flags are never touched")
    func peeks() async throws {
        try await Self.mailbox("a").serve { server in
            try await watch(server, RecordingDesk(last: 0)) { !$0.arrivals.isEmpty }
            let lines = server.heardLines
            #expect(
                !lines.contains { $0.contains("SELECT") || $0.contains("STORE") || $0.contains(" BODY[") }
            )
        }
    }

    @Test("A folder without UIDNEXT, and an empty one, are begun at their end", arguments: [true, false])
    func begin(isEmpty: Bool) async throws {
        let mailbox = MailboxServer { contents in
            if !isEmpty { for name in ["a", "b"] { contents.deliver(letter(name)) } }
            contents.boxes["INBOX"]?.saysNext = false
            contents.whileIdle = [{ $0.deliver(letter("new")) }]
        }
        try await mailbox.serve { server in
            let records = try await watch(server) { !$0.arrivals.isEmpty }
            #expect(records.subjects == ["new"])
            #expect(records.inbox?.firstUID == (isEmpty ? 1 : 3))
        }
    }

    @Test("Old mail comes as backlog where that is wanted, after new mail, and nothing new is backlog")
    func backlog() async throws {
        let mailbox = Self.mailbox("old 1", "old 2") { contents in
            contents.whileIdle = [{ $0.deliver(letter("new")) }]
        }
        try await mailbox.serve { server in
            let desk = RecordingDesk()
            let records = try await watch(server, desk, { $0.backlog = .admit }) { $0.arrivals.count == 3 }
            #expect(records.subjects == ["old 1", "old 2", "new"])
            #expect(records.arrivals.map(\.isBacklog) == [true, true, false])
        }
    }

    @Test("Backlog goes on as backlog after a restart")
    func backlogResumed() async throws {
        try await Self.mailbox("old 1", "old 2", "old 3", "new").serve { server in
            let desk = RecordingDesk(first: 4, last: 3, known: [1: letter("old 1")])
            let records = try await watch(server, desk, { $0.backlog = .admit }) { $0.arrivals.count == 4 }
            #expect(records.subjects == ["old 1", "new", "old 2", "old 3"])
            #expect(records.arrivals.map(\.isBacklog) == [false, false, true, true])
        }
    }

    @Test("After a restart only what is new is fetched, however old it is")
    func resume() async throws {
        let known = [1: letter("a"), 2: letter("b"), 3: letter("c")] as [UInt32: [UInt8]]
        try await Self.mailbox("a", "b", "c", "d", "e").serve { server in
            let records = try await watch(server, RecordingDesk(last: 3, known: known)) {
                $0.inbox?.lastUID == 5
            }
            #expect(records.batches == [[4, 5]])
            #expect(records.subjects.suffix(2) == ["d", "e"])
            #expect(server.heardLines.filter { $0.contains("BODY.PEEK[]") }.count == 1)
        }
    }

    @Test("A server that brings the last message for `n:*` makes nothing new")
    func lastMessage() async throws {
        let mailbox = Self.mailbox("a", "b") { $0.capabilities = "" }
        try await mailbox.serve { server in
            let known = [1: letter("a"), 2: letter("b")] as [UInt32: [UInt8]]
            let desk = RecordingDesk(last: 2, known: known)
            let records = try await watch(server, desk) { $0.looks.count >= 5 }
            #expect(records.batches.isEmpty && records.complaints.isEmpty)
            #expect(!server.heardLines.contains { $0.contains("BODY.PEEK[]") })
        }
    }

    @Test("Without IDLE the server is asked again and again", arguments: ["", "IDLE"])
    func poll(capabilities: String) async throws {
        let mailbox = Self.mailbox("old") { contents in
            contents.capabilities = capabilities
            contents.trick = { command, voice in
                // It announces IDLE, but does not do it.
                guard command.verb == "IDLE" else { return false }
                try voice.say("\(command.tag) NO not today\r\n")
                return true
            }
        }
        try await mailbox.serve { server in
            let desk = RecordingDesk()
            let records = try await watch(server, desk) { records in
                if records.looks.count == 3, mailbox.now.boxes["INBOX"]?.letters.count == 1 {
                    mailbox.change { $0.deliver(letter("new")) }
                }
                return !records.arrivals.isEmpty
            }
            #expect(records.subjects == ["new"])
            #expect(server.heardLines.filter { $0.hasSuffix("IDLE") }.count == (capabilities.isEmpty ? 0 : 1))
        }
    }

    @Test("News that a server does not tell while we wait are found when the waiting is renewed")
    func renewal() async throws {
        let mailbox = Self.mailbox("old") { contents in
            contents.trick = { command, voice in
                guard command.verb == "IDLE" else { return false }
                try voice.say("+ silence\r\n")
                try voice.expect("DONE")
                try voice.say("\(command.tag) OK\r\n")
                return true
            }
        }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(), { $0.idleRenewal = .milliseconds(20) }) {
                records in
                if records.looks.count == 2, mailbox.now.boxes["INBOX"]?.letters.count == 1 {
                    mailbox.change { $0.deliver(letter("new")) }
                }
                return !records.arrivals.isEmpty
            }
            #expect(records.subjects == ["new"] && server.connectionCount == 1)
        }
    }

    @Test("It does not matter in which pieces the server speaks", arguments: [1, 2, 3, 7])
    func pieces(size: Int) async throws {
        let mailbox = Self.mailbox("a", "b", "c") { $0.piece = size }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(last: 0)) { $0.inbox?.lastUID == 3 }
            #expect(records.arrivals.map(\.raw) == [letter("a"), letter("b"), letter("c")])
        }
    }

    @Test("A long absence is caught up in windows, each kept together with the place it leads to")
    func windows() async throws {
        let mailbox = MailboxServer { contents in
            contents.boxes["INBOX"]?.letters = (1...1050).map {
                MailboxServer.Letter(uid: $0 * 2, raw: letter("\($0)"))
            }
        }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(last: 100)) { $0.inbox?.lastUID == 2100 }
            #expect(records.batches.map(\.count) == [200, 200, 200, 200, 200])
            #expect(records.arrivals.map(\.place.uid) == (51...1050).map { $0 * 2 })
        }
    }

    @Test("A window holds no more bytes than it should, though a larger letter comes all the same")
    func bytes() async throws {
        let mailbox = MailboxServer { contents in
            for size in [300, 300, 900, 300, 300, 300] {
                contents.deliver(letter("\(size)", String(repeating: "x", count: size)))
            }
        }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(last: 0), { $0.window.bytes = 800 }) {
                $0.inbox?.lastUID == 6
            }
            #expect(records.batches == [[1, 2], [3], [4, 5], [6]])
        }
    }

    @Test("A server whose letters are larger than it says does not fill the memory, and nothing is lost")
    func understated() async throws {
        let mailbox = MailboxServer { contents in
            for number in 1...40 {
                contents.deliver(letter("\(number)", String(repeating: "x", count: 100_000)))
                contents.boxes["INBOX"]?.letters[number - 1].size = 10
            }
        }
        try await mailbox.serve { server in
            let desk = RecordingDesk(last: 0)
            let records = try await watch(
                server,
                desk,
                {
                    $0.window.bytes = 100_000
                    $0.sizeLimit = 200_000
                }
            ) { $0.inbox?.lastUID == 40 }
            #expect(records.batches.count > 3)
            #expect(records.subjects == (1...40).map(String.init))
        }
    }

    @Test("Of a giant letter the header and the beginning are fetched, and it says so")
    func oversize() async throws {
        let text = String(repeating: "0123456789", count: 1000)
        let mailbox = MailboxServer { contents in
            contents.deliver(letter("small"))
            contents.deliver(letter("giant", text))
            contents.deliver(letter("after"))
        }
        try await mailbox.serve { server in
            let records = try await watch(
                server,
                RecordingDesk(last: 0),
                {
                    $0.sizeLimit = 5000
                    $0.excerpt = 20
                }
            ) { $0.inbox?.lastUID == 3 }
            #expect(records.arrivals.map(\.isWhole) == [true, false, true])
            #expect(records.arrivals[1].text.hasSuffix("\r\n\r\n01234567890123456789"))
            #expect(records.arrivals[1].size == letter("giant", text).count)
        }
    }

    @Test("A giant letter that was said to be small is recognised as one")
    func hiddenGiant() async throws {
        let mailbox = MailboxServer { contents in
            contents.deliver(letter("giant", String(repeating: "0123456789", count: 20_000)))
            contents.boxes["INBOX"]?.letters[0].size = 10
            contents.deliver(letter("after"))
        }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(last: 0), { $0.sizeLimit = 5000 }) {
                $0.inbox?.lastUID == 2
            }
            #expect(records.subjects == ["after", "giant"])
            #expect(records.arrivals.map(\.isWhole) == [true, false])
        }
    }

    @Test("A letter that is deleted while we fetch costs nothing")
    func vanished() async throws {
        let mailbox = Self.mailbox("a", "b", "c")
        mailbox.change { contents in
            contents.trick = { command, _ in
                if command.isForTexts {
                    mailbox.change { $0.boxes["INBOX"]?.letters.removeAll { $0.uid == 2 } }
                }
                return false
            }
        }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(last: 0)) { $0.inbox?.lastUID == 3 }
            #expect(records.subjects == ["a", "c"] && records.complaints.isEmpty)
        }
    }

    @Test("What the ledger lacks is found when the whole lists are compared", arguments: ["ESEARCH", ""])
    func holes(capabilities: String) async throws {
        let mailbox = Self.mailbox("old", "a", "b", "c") { $0.capabilities = capabilities }
        try await mailbox.serve { server in
            let desk = RecordingDesk(first: 2, last: 4, known: [2: letter("a"), 4: letter("c")])
            let records = try await watch(server, desk) { $0.arrivals.count == 3 }
            #expect(records.subjects == ["a", "c", "b"])
            #expect(!records.arrivals[2].isBacklog)
            #expect(records.inbox?.lastUID == 4)
        }
    }

    @Test("A cancelled watch says good-bye and ends")
    func farewell() async throws {
        try await Self.mailbox("a").serve { server in
            try await watch(server) { $0.looks == [nil] }
            #expect(server.heardLines.last?.hasSuffix("LOGOUT") == true)
        }
    }

    @Test("When the ledger cannot keep a letter, whoever started the watch hears it")
    func full() async throws {
        try await Self.mailbox("a").serve { server in
            let desk = RecordingDesk(last: 0)
            await desk.fill()
            let source = IMAPSource(IMAPSource.Options(for: server))
            await #expect(throws: RecordingDesk.Full.self) { try await source.watch(for: desk) }
        }
    }
}
