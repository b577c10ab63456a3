// SPDX-License-Identifier: MIT

import IMAP
import Testing

@Suite("A conversation with a server")
struct DialogueTests {
    @Test(
        "What a login left in the line is dropped, however much of it came",
        arguments: [
            [], wire("* CAPABILITY IMAP4rev1 LOGIN"), Array("DLE NAMESPACE\r\n".utf8), Array("\n".utf8),
            wire("A003 OK [CAPABILITY X] Logged in", "* 3 EXISTS", "+ ?"), wire("* PREAUTH welcome"),
        ]
    )
    func beginning(left: [UInt8]) throws {
        let transcript = left + wire("P1 OK done", "* CAPABILITY IMAP4rev1 IDLE", "P2 OK done")
        let events = try feed(
            transcript,
            to: {
                var dialogue = IMAPDialogue()
                let asked = dialogue.begin()
                #expect(text(dialogue.takeOutgoing()) == "P1 NOOP\r\nP2 CAPABILITY\r\n")
                #expect(asked.isNumber(2))
                return { try dialogue.receive($0) }
            }
        )
        #expect(events.count == 3)
        #expect(events.dropFirst().first == .capabilities(["IMAP4REV1", "IDLE"]))
    }

    @Test("A farewell or an alert in what the login left is not lost")
    func earlyFarewell() throws {
        var dialogue = IMAPDialogue()
        _ = dialogue.begin()
        let events = try dialogue.receive(
            wire("* OK [ALERT] Password expires", "* 1 EXISTS", "* BYE too many")
        )
        #expect(
            events == [
                .alert("Password expires"),
                .notice(StatusReply(.ok, code: .alert, text: "Password expires")),
                .bye(StatusReply(.bye, text: "too many")),
            ]
        )
        #expect(dialogue.unanswered.count == 2)
    }

    @Test("A greeting is told when the dialogue was not begun by us")
    func greeting() throws {
        var dialogue = IMAPDialogue()
        let events = try dialogue.receive(wire("* PREAUTH [CAPABILITY IMAP4rev1 MOVE] Logged in as shop"))
        let capabilities: Capabilities = ["IMAP4REV1", "MOVE"]
        let reply = StatusReply(.preauth, code: .capability(capabilities), text: "Logged in as shop")
        #expect(events == [.capabilities(capabilities), .greeting(reply)])
        #expect(dialogue.capabilities == capabilities)
    }

    @Test("An open folder is described, and followed through later news")
    func selecting() throws {
        var dialogue = try prepared([])
        let tag = try dialogue.send(.select("INBOX"))
        let events = try dialogue.receive(
            wire(
                "* FLAGS (\\Answered \\Seen $Done)",
                "* OK [PERMANENTFLAGS (\\Answered \\*)] Flags",
                "* 3 EXISTS",
                "* 0 RECENT",
                "* OK [UIDVALIDITY 17] ok",
                "* OK [UIDNEXT 44] ok",
                "* OK [HIGHESTMODSEQ 900] ok",
                "P3 OK [READ-WRITE] Select completed"
            )
        )
        var folder = SelectedFolder(name: .inbox, isReadOnly: false)
        folder.flags = [.answered, .seen, "$Done"]
        folder.permanentFlags = [.answered, .anyKeyword]
        folder.exists = 3
        folder.uidValidity = 17
        folder.uidNext = 44
        folder.highestModSeq = 900
        let verdict = StatusReply(.ok, code: .readWrite, text: "Select completed")
        #expect(events.suffix(2) == [.selected(folder), .completed(tag, verdict)])
        #expect(folder.keeps("$New") && folder.keeps(.answered) && !folder.keeps(.seen))

        let news = try dialogue.receive(
            wire("* 5 EXISTS", "* 2 EXPUNGE", "* VANISHED 7:8", "* OK [UIDNEXT 46]")
        )
        #expect(news.prefix(3) == [.exists(5), .expunged(2), .vanished(set("7:8"), earlier: false)])
        #expect(dialogue.selected?.exists == 2)
        #expect(dialogue.selected?.uidNext == 46)
        _ = try dialogue.receive(wire("* VANISHED 1:4294967295", "* 1 EXPUNGE"))
        #expect(dialogue.selected?.exists == 0)
    }

    @Test("News that come before the server turns to the next folder belong to the open one")
    func pipelinedSelect() throws {
        var dialogue = try prepared([])
        _ = try dialogue.send(.select("INBOX"))
        _ = try dialogue.receive(wire("* 3 EXISTS", "P3 OK [READ-WRITE] ok"))
        _ = try dialogue.send(.noop)
        _ = try dialogue.send(.select("Sent", readOnly: true))
        _ = try dialogue.receive(wire("* 4 EXISTS", "P4 OK ok"))
        #expect(dialogue.selected?.exists == 4)
        let events = try dialogue.receive(wire("* 5 EXISTS", "* OK [CLOSED] bye", "* 90 EXISTS", "P5 OK ok"))
        var folder = SelectedFolder(name: "Sent", isReadOnly: true)
        folder.exists = 90
        #expect(events.contains(.selected(folder)))
        #expect(dialogue.selected == folder)
    }

    @Test("A folder that could not be opened leaves none open")
    func refusedSelect() throws {
        var dialogue = try prepared([])
        _ = try dialogue.send(.select("INBOX"))
        _ = try dialogue.receive(wire("* 3 EXISTS", "P3 OK ok"))
        let tag = try dialogue.send(.select("Weg"))
        let verdict = StatusReply(.no, code: .nonExistent, text: "gone")
        #expect(try dialogue.receive(wire("P4 NO [NONEXISTENT] gone")) == [.completed(tag, verdict)])
        #expect(dialogue.selected == nil)
    }

    @Test("Waiting for news is ended by the next command, in the right order")
    func idle() throws {
        var dialogue = try prepared(["IDLE"])
        let tag = try dialogue.send(.idle)
        #expect(text(dialogue.takeOutgoing()) == "P3 IDLE\r\n")
        #expect(dialogue.idling == nil)
        #expect(try dialogue.receive(wire("+ idling", "* 4 EXISTS")) == [.idling(tag), .exists(4)])
        #expect(dialogue.idling == tag)
        _ = try dialogue.send(.noop)
        #expect(text(dialogue.takeOutgoing()) == "DONE\r\nP4 NOOP\r\n")
        #expect(dialogue.idling == nil)
        #expect(try dialogue.receive(wire("P3 OK done")) == [.completed(tag, StatusReply(.ok, text: "done"))])
    }

    @Test("DONE waits for the server's `+`, also when we changed our mind before")
    func earlyDone() throws {
        var dialogue = try prepared(["IDLE"])
        let tag = try dialogue.send(.idle)
        dialogue.done()
        _ = try dialogue.send(.logout)
        #expect(text(dialogue.takeOutgoing()) == "P3 IDLE\r\n")
        #expect(try dialogue.receive(wire("+ idling")) == [.idling(tag)])
        #expect(text(dialogue.takeOutgoing()) == "DONE\r\nP4 LOGOUT\r\n")
        dialogue.done()
        #expect(dialogue.takeOutgoing().isEmpty)
    }

    @Test(
        "When waiting is refused or ended by the server, no DONE is sent",
        arguments: [wire("P3 NO not now"), wire("+ idling", "P3 OK enough")]
    )
    func refusedIdle(answer: [UInt8]) throws {
        var dialogue = try prepared(["IDLE"])
        _ = try dialogue.send(.idle)
        _ = dialogue.takeOutgoing()
        _ = try dialogue.receive(answer)
        _ = try dialogue.send(.noop)
        #expect(text(dialogue.takeOutgoing()) == "P4 NOOP\r\n")
        #expect(dialogue.idling == nil)
    }

    @Test("Commands that follow each other without waiting each get their own verdict")
    func pipelining() throws {
        let transcript = wire(
            "* 1 FETCH (UID 7 FLAGS ())",
            "P4 OK one",
            "P3 NO [THROTTLED] slow",
            "P9 OK never sent",
            "P4 OK twice"
        )
        let events = try feed(
            transcript,
            to: { try dialogue(sending: [.noop, .uidFetch(set("7"), [.flags])]) }
        )
        #expect(events.count == 5)
        guard case .completed(let second, _) = events[1], case .completed(let first, let slow) = events[2]
        else {
            Issue.record("no verdicts in \(events)")
            return
        }
        #expect(first.isNumber(3) && second.isNumber(4))
        #expect(slow == StatusReply(.no, code: .throttled, text: "slow"))
        #expect(events[3] == .strayVerdict("P9", StatusReply(.ok, text: "never sent")))
        #expect(events[4] == .strayVerdict("P4", StatusReply(.ok, text: "twice")))
    }

    @Test("After a move the verdict tells where the message went, though the server says it before")
    func moved() throws {
        let transcript = wire("* OK [COPYUID 5 31 6] Moved", "* 1 EXPUNGE", "P3 OK done")
        let events = try feed(
            transcript,
            to: { try dialogue(["MOVE"], sending: [.uidMove(set("31"), to: "Team")]) }
        )
        guard case .completed(_, let verdict)? = events.last, case .copyUID(let copied)? = verdict.code else {
            Issue.record("no COPYUID in \(events)")
            return
        }
        #expect(copied.destination(of: 31) == 6)
    }

    @Test("A limit that is exceeded ends the dialogue for good, and its words say why")
    func limits() {
        var dialogue = IMAPDialogue(limits: IMAPLimits(line: 100, kept: 10, literal: 20))
        let error = IMAPError.lineTooLong(limit: 100)
        #expect(throws: error) { try dialogue.receive([UInt8](repeating: 0x61, count: 101)) }
        #expect(throws: error) { try dialogue.receive(wire("* 1 EXISTS")) }
        #expect(error.description == "the mail server sent a line of more than 100 bytes")
    }
}

@Suite("Moving messages")
struct FolderMoveTests {
    private let ok = StatusReply(.ok, text: "done")
    private let no = StatusReply(.no, text: "sorry")

    @Test("With MOVE it is one command")
    func move() throws {
        var move = try FolderMove(set("4"), to: "Team", server: ["MOVE", "UIDPLUS"])
        #expect(move.first == .uidMove(set("4"), to: "Team"))
        #expect(move.next(after: ok) == .finished(nil))
    }

    @Test("Without MOVE the original goes only after the copy is there, and it alone")
    func copy() throws {
        let responses = try parser()(wire("P1 OK [COPYUID 5 4 9] copied"))
        guard case .tagged(_, let verdict)? = responses.first, case .copyUID(let copied)? = verdict.code
        else {
            Issue.record("no COPYUID in \(responses)")
            return
        }
        var move = try FolderMove(set("4"), to: "Team", server: ["UIDPLUS"])
        #expect(move.first == .uidCopy(set("4"), to: "Team"))
        #expect(move.next(after: verdict) == .send(.uidStore(set("4"), .adding([.deleted]))))
        #expect(move.next(after: ok) == .send(.uidExpunge(set("4"))))
        #expect(move.next(after: ok) == .finished(copied))
    }

    @Test(
        "Where other people's deleted messages would go with it, nothing is moved",
        arguments: [nil, [], ["IDLE"]]
    )
    func refused(capabilities: Capabilities?) {
        #expect(throws: IMAPError.unsupported(capability: "UIDPLUS")) {
            try FolderMove(set("4"), to: "Team", server: capabilities)
        }
    }

    @Test("A step that fails ends the move and says whether a copy exists")
    func failures() throws {
        var first = try FolderMove(set("4"), to: "Team", server: ["UIDPLUS"])
        #expect(first.next(after: no) == .failed(no, copied: false))
        var second = try FolderMove(set("4"), to: "Team", server: ["UIDPLUS"])
        _ = second.next(after: ok)
        #expect(second.next(after: no) == .failed(no, copied: true))
        #expect(throws: IMAPError.unsendable("an empty set of messages")) {
            try FolderMove(UIDSet(), to: "Team", server: ["MOVE"])
        }
    }
}
