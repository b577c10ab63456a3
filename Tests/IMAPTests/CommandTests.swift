// SPDX-License-Identifier: MIT

import IMAP
import Testing

@Suite("What is said to a server")
struct CommandTests {
    private static let date = moment(1_795_251_840, zoneMinutes: 60)

    @Test(
        "Commands are written as the standard wants them",
        arguments: [
            (.noop, "NOOP"), (.capability, "CAPABILITY"), (.logout, "LOGOUT"),
            (.list, "LIST \"\" \"*\""),
            (.select("INBOX"), "SELECT \"INBOX\""),
            (.select("Entwürfe", readOnly: true), "EXAMINE \"Entw&APw-rfe\""),
            (.select("a\"b\\c"), "SELECT \"a\\\"b\\\\c\""),
            (.status("Spam"), "STATUS \"Spam\" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)"),
            (.create("Teams/Retouren"), "CREATE \"Teams/Retouren\""),
            (.uidSearch(.all), "UID SEARCH ALL"),
            (.uidSearch(.uids(UIDSet(from: 17))), "UID SEARCH UID 17:*"),
            (
                .uidSearch(.header("Message-ID", contains: "<a\"b@example.de>")),
                "UID SEARCH HEADER \"Message-ID\" \"<a\\\"b@example.de>\""
            ),
            (
                .uidSearch(.and([.since(date), .not(.keyword("$Done")), .or(.unseen, .undeleted)])),
                "UID SEARCH (SINCE 21-Nov-2026 NOT KEYWORD $Done OR UNSEEN UNDELETED)"
            ),
            (.uidFetch(set("1:3,9"), [.uid, .flags]), "UID FETCH 1:3,9 (UID FLAGS)"),
            (
                .uidFetch(set("7"), [.internalDate, .size, .envelope, .bodyStructure, .message]),
                "UID FETCH 7 (INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[])"
            ),
            (
                .uidFetch(
                    set("7"),
                    [
                        .header, .text(.headerFields(["Message-ID", "From"])),
                        .text(.part([1, 2]), 0..<2048),
                        .text(.partHeader([3])), .text(.body),
                    ]
                ),
                "UID FETCH 7 (BODY.PEEK[HEADER] BODY.PEEK[HEADER.FIELDS (Message-ID From)] "
                    + "BODY.PEEK[1.2]<0.2048> BODY.PEEK[3.MIME] BODY.PEEK[TEXT])"
            ),
            (
                .uidStore(set("4"), .adding([.flagged, "$Done"])),
                "UID STORE 4 +FLAGS.SILENT (\\Flagged $Done)"
            ),
            (.uidStore(set("4"), .removing(["$Done"])), "UID STORE 4 -FLAGS.SILENT ($Done)"),
            (.uidCopy(set("4"), to: "R&D"), "UID COPY 4 \"R&-D\""),
        ] as [(IMAPCommand, String)]
    )
    func written(command: IMAPCommand, expected: String) throws {
        var dialogue = try prepared([])
        _ = try dialogue.send(command)
        #expect(text(dialogue.takeOutgoing()) == "P3 \(expected)\r\n")
    }

    @Test(
        "A capability is used when it is announced",
        arguments: [
            (["SPECIAL-USE", "LIST-EXTENDED"], .list, "LIST \"\" \"*\" RETURN (SPECIAL-USE)"),
            (["SPECIAL-USE"], .list, "LIST \"\" \"*\""),
            (["ESEARCH"], .uidSearch(.all), "UID SEARCH RETURN (ALL) ALL"),
            (["MOVE"], .uidMove(set("4,9"), to: "Team"), "UID MOVE 4,9 \"Team\""),
            (["UIDPLUS"], .uidExpunge(set("4")), "UID EXPUNGE 4"),
            (
                ["ID"], .id(["name": "Poststelle", "version": "1"]),
                "ID (\"name\" \"Poststelle\" \"version\" \"1\")"
            ),
            (["ID"], .id([:]), "ID NIL"),
            (
                ["CONDSTORE"], .uidFetch(set("1:*"), [.flags, .modSeq], changedSince: 12),
                "UID FETCH 1:* (FLAGS MODSEQ) (CHANGEDSINCE 12)"
            ),
        ] as [(Capabilities, IMAPCommand, String)]
    )
    func announced(capabilities: Capabilities, command: IMAPCommand, expected: String) throws {
        var dialogue = try prepared(capabilities)
        _ = try dialogue.send(command)
        #expect(text(dialogue.takeOutgoing()) == "P3 \(expected)\r\n")
    }

    @Test(
        "What the server cannot do is not asked of it",
        arguments: [
            (.uidMove(set("4"), to: "a"), "MOVE"), (.uidExpunge(set("4")), "UIDPLUS"), (.idle, "IDLE"),
            (.id([:]), "ID"), (.uidFetch(set("4"), [.flags], changedSince: 3), "CONDSTORE"),
            (.uidFetch(set("4"), [.modSeq]), "CONDSTORE"),
        ] as [(IMAPCommand, String)]
    )
    func unsupported(command: IMAPCommand, capability: String) throws {
        var dialogue = try prepared([])
        #expect(throws: IMAPError.unsupported(capability: capability)) { try dialogue.send(command) }
        #expect(dialogue.takeOutgoing().isEmpty)
        #expect(dialogue.unanswered.isEmpty)
    }

    @Test(
        "No argument can end the command or begin another",
        arguments: [
            .uidStore(set("1"), .adding(["a b"])), .uidStore(set("1"), .adding(["a\r\nP9 LOGOUT"])),
            .uidStore(set("1"), .adding(["\\Seen)"])), .uidStore(set("1"), .adding([""])),
            .uidStore(set("1"), .adding(["ü"])), .uidStore(set("1"), .adding([.anyKeyword])),
            .uidStore(set("1"), .adding(["\\Recent"])), .uidStore(set("1"), .adding([])),
            .uidStore(set("1"), .adding(["\\"])), .uidSearch(.keyword(.seen)), .uidSearch(.and([])),
            .uidSearch(.header("X", contains: "a\0b")), .select(FolderName(wire: [0x61, 0])),
            .uidFetch(UIDSet(), [.uid]), .uidFetch(set("1"), []), .uidFetch(set("1"), [.text(.part([]))]),
            .uidFetch(set("1"), [.text(.part([0]))]), .uidFetch(set("1"), [.text(.whole, 5..<5)]),
            .uidFetch(set("1"), [.text(.headerFields(["From)] BODY["]))]),
            .uidFetch(set("1"), [.text(.headerFields([]))]),
            .append(to: .inbox, message: [0x61, 0]),
        ] as [IMAPCommand]
    )
    func unsendable(command: IMAPCommand) throws {
        var dialogue = try prepared([])
        #expect {
            _ = try dialogue.send(command)
        } throws: { error in
            guard case .unsendable? = error as? IMAPError else { return false }
            return true
        }
        #expect(dialogue.takeOutgoing().isEmpty)
    }

    @Test("Text that fits into no quotes goes as a literal, after the server's consent")
    func literalArguments() throws {
        var dialogue = try prepared([])
        let tag = try dialogue.send(.uidSearch(.header("Subject", contains: "Grüße\r\nP9 LOGOUT")))
        _ = try dialogue.send(.noop)
        #expect(text(dialogue.takeOutgoing()) == "P3 UID SEARCH CHARSET UTF-8 HEADER \"Subject\" {18}\r\n")
        #expect(try dialogue.receive(wire("+ go")).isEmpty)
        #expect(text(dialogue.takeOutgoing()) == "Grüße\r\nP9 LOGOUT\r\nP4 NOOP\r\n")
        #expect(tag.isNumber(3))
    }

    @Test("A folder whose name the server sent with strange bytes is asked for with the same bytes")
    func strangeFolder() throws {
        var dialogue = try prepared(["LITERAL+"])
        _ = try dialogue.send(.select(FolderName(wire: [0x47, 0xFC, 0x6E])))
        #expect(dialogue.takeOutgoing() == Array("P3 SELECT {3+}\r\nG".utf8) + [0xFC, 0x6E, 0x0D, 0x0A])
    }

    @Test("A message is placed with its flags and date, and the server is asked before it is sent")
    func append() throws {
        let message = Array("Subject: x\r\n\r\nGrüße\r\n".utf8)
        var dialogue = try prepared([])
        let tag = try dialogue.send(
            .append(to: FolderName("Entwürfe"), flags: [.draft, .seen], date: Self.date, message: message)
        )
        _ = try dialogue.send(.noop)
        #expect(
            text(dialogue.takeOutgoing())
                == "P3 APPEND \"Entw&APw-rfe\" (\\Draft \\Seen) \"21-Nov-2026 10:04:00 +0100\" "
                + "{\(message.count)}\r\n"
        )
        _ = try dialogue.receive(wire("* 3 EXISTS"))
        #expect(dialogue.takeOutgoing().isEmpty, "only the server's consent lets the message out")
        _ = try dialogue.receive(wire("+ Ready"))
        #expect(dialogue.takeOutgoing() == message + Array("\r\nP4 NOOP\r\n".utf8))
        let verdict = StatusReply(.ok, code: .appendUID(9, set("12")), text: "done")
        #expect(try dialogue.receive(wire("P3 OK [APPENDUID 9 12] done")) == [.completed(tag, verdict)])
    }

    @Test("A refused message leaves nothing behind, and the next command goes out")
    func refusedAppend() throws {
        var dialogue = try prepared([])
        let tag = try dialogue.send(.append(to: "Nirgends", message: Array("abc".utf8)))
        _ = try dialogue.send(.noop)
        _ = dialogue.takeOutgoing()
        let verdict = StatusReply(.no, code: .tryCreate, text: "no such folder")
        #expect(try dialogue.receive(wire("P3 NO [TRYCREATE] no such folder")) == [.completed(tag, verdict)])
        #expect(text(dialogue.takeOutgoing()) == "P4 NOOP\r\n")
    }

    @Test(
        "A server that wants no questions gets none",
        arguments: [("LITERAL+", 5000, true), ("LITERAL-", 4096, true), ("LITERAL-", 4097, false)]
    )
    func unasked(capability: String, size: Int, isUnasked: Bool) throws {
        var dialogue = try prepared(Capabilities([capability]))
        let message = [UInt8](repeating: 0x61, count: size)
        _ = try dialogue.send(.append(to: .inbox, message: message))
        let begin = "P3 APPEND \"INBOX\" {\(size)"
        let expected = isUnasked ? "\(begin)+}\r\n\(text(message))\r\n" : "\(begin)}\r\n"
        #expect(text(dialogue.takeOutgoing()) == expected)
    }
}

/// A moment that IMAP can write.
func moment(_ seconds: Int64, zoneMinutes: Int) -> InternalDate {
    guard let date = InternalDate(seconds: seconds, zoneMinutes: zoneMinutes) else {
        preconditionFailure("no date of the years 1 to 9999")
    }
    return date
}
