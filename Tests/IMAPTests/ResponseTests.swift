// SPDX-License-Identifier: MIT

import IMAP
import Testing

@Suite("What a server says")
struct ResponseTests {
    @Test(
        "Each kind of answer is understood however its bytes are cut",
        arguments: [
            ("* OK Dovecot ready.", .untagged(StatusReply(.ok, text: "Dovecot ready."))),
            ("* ok [alert] Disk is full", .untagged(StatusReply(.ok, code: .alert, text: "Disk is full"))),
            ("* PREAUTH come in", .untagged(StatusReply(.preauth, text: "come in"))),
            ("* BYE", .untagged(StatusReply(.bye, text: ""))),
            (
                "P7 NO [OVERQUOTA] full {12}",
                .tagged("P7", StatusReply(.no, code: .overQuota, text: "full {12}"))
            ),
            ("A#1 BAD what?", .tagged("A#1", StatusReply(.bad, text: "what?"))),
            ("P1 OK [READ-ONLY]", .tagged("P1", StatusReply(.ok, code: .readOnly, text: ""))),
            ("+", .continuation("")),
            ("+ idling", .continuation("idling")),
            ("+idling", .continuation("idling")),
            ("* capability Imap4rev1 idle", .capability(["IMAP4REV1", "IDLE"])),
            ("* ENABLED CONDSTORE", .enabled(["CONDSTORE"])),
            ("* ENABLED", .enabled([])),
            ("* FLAGS (\\Seen \"odd one\" $MDNSent)", .flags(["\\seen", "odd one", "$mdnsent"])),
            ("* 23 EXISTS", .exists(23)),
            ("* 0 RECENT", .recent(0)),
            ("* 44 expunge", .expunged(44)),
            ("* VANISHED (EARLIER) 41,43:116", .vanished(set("41,43:116"), earlier: true)),
            ("* VANISHED 405", .vanished(set("405"), earlier: false)),
            ("* SEARCH", .search(SearchResult(uids: UIDSet()))),
            ("* SEARCH 2 9 3", .search(SearchResult(uids: set("2:3,9")))),
            ("* SEARCH 2 5 (MODSEQ 917)", .search(SearchResult(uids: set("2,5"), modSeq: 917))),
            ("* ESEARCH (TAG \"P3\") UID", .search(SearchResult(uids: UIDSet(), tag: "P3"))),
            (
                "* ESEARCH (TAG \"P3\") UID COUNT 4 ALL 1:3,9 MODSEQ 12",
                .search(SearchResult(uids: set("1:3,9"), tag: "P3", count: 4, modSeq: 12))
            ),
            (
                "* NAMESPACE ((\"\" \"/\")) NIL NIL",
                .other(
                    "NAMESPACE",
                    [
                        .list([.list([.string([]), .string([0x2F])])]), .null, .null,
                    ]
                )
            ),
            (
                "* THREAD (2)(3 6)",
                .other(
                    "THREAD",
                    [
                        .list([.atom("2")]), .list([.atom("3"), .atom("6")]),
                    ]
                )
            ),
        ] as [(String, IMAPResponse)]
    )
    func kinds(line: String, expected: IMAPResponse) throws {
        #expect(try feed(wire(line), to: { parser() }) == [expected])
    }

    @Test(
        "Codes are understood, and unknown or damaged ones kept as text",
        arguments: [
            ("[UIDVALIDITY 17] ok", .uidValidity(17), "ok"),
            ("[UIDNEXT 4392]ok", .uidNext(4392), "ok"),
            ("[UIDNEXT 0] ok", .other("UIDNEXT", "0"), "ok"),
            ("[UNSEEN 8]", .unseen(8), ""),
            (
                "[PERMANENTFLAGS (\\Seen [old] \\*)] some", .permanentFlags(["\\Seen", "[old]", "\\*"]),
                "some"
            ),
            ("[PERMANENTFLAGS ()]", .permanentFlags([]), ""),
            ("[HIGHESTMODSEQ 715194045007] x", .highestModSeq(715_194_045_007), "x"),
            ("[HIGHESTMODSEQ -1] x", .other("HIGHESTMODSEQ", "-1"), "x"),
            ("[NOMODSEQ] none", .noModSeq, "none"),
            ("[TRYCREATE] no such", .tryCreate, "no such"),
            ("[THROTTLED] slow down", .throttled, "slow down"),
            ("[INUSE] locked", .inUse, "locked"),
            ("[CAPABILITY IMAP4 MOVE] hi", .capability(["IMAP4", "MOVE"]), "hi"),
            ("[APPENDUID 38505 3955] done", .appendUID(38505, set("3955")), "done"),
            ("[BADCHARSET (\"a]b\" UTF-8)] sorry", .other("BADCHARSET", "(\"a]b\" UTF-8)"), "sorry"),
            ("[COPYUID 1 1:5 7] odd", .other("COPYUID", "1 1:5 7"), "odd"),
            ("[not closed", nil, "[not closed"),
            ("[] empty", nil, "[] empty"),
        ] as [(String, ResponseCode?, String)]
    )
    func codes(line: String, code: ResponseCode?, words: String) throws {
        let expected = IMAPResponse.untagged(StatusReply(.ok, code: code, text: words))
        #expect(try feed(wire("* OK \(line)"), to: { parser() }) == [expected])
    }

    @Test("A copy tells which message became which, in the server's order")
    func copied() throws {
        let responses = try parser()(wire("P1 OK [COPYUID 38505 304,319:320,7 3956:3958,12] done"))
        guard case .tagged(_, let reply)? = responses.first, case .copyUID(let copied)? = reply.code else {
            Issue.record("no COPYUID in \(responses)")
            return
        }
        #expect(copied.uidValidity == 38505)
        let pairs: [(UID, UID?)] = [(304, 3956), (319, 3957), (320, 3958), (7, 12), (305, nil)]
        for (source, destination) in pairs { #expect(copied.destination(of: source) == destination) }
    }

    @Test(
        "Folders are listed as each kind of server spells them",
        arguments: [
            ("LIST (\\HasNoChildren) \".\" INBOX.Sent", "INBOX.Sent", ".", ["\\HasNoChildren"]),
            ("LSUB () NIL inbox", "INBOX", nil, []),
            ("XLIST (\\Sent) \"/\" \"Gesendete Objekte\"", "Gesendete Objekte", "/", ["\\Sent"]),
            ("LIST () \"\\\\\" \"a \\\"b\\\" c\"", "a \"b\" c", "\\", []),
            ("LIST () \"/\" Entw&APw-rfe", "Entwürfe", "/", []),
            ("LIST () \"/\" Sent Items", "Sent Items", "/", []),
            ("LIST () \"/\" \"\"", "", "/", []),
            ("LIST () \"\" [Gmail]", "[Gmail]", nil, []),
            ("LIST () \"/\" NIL", "NIL", "/", []),
            ("LIST () \"/\" a (\"CHILDINFO\" (\"SUBSCRIBED\"))", "a", "/", []),
            ("LIST () \"/\" {5}\r\n{9}\r\n", "{9}\r\n", "/", []),
        ] as [(String, String, Character?, Set<Flag>)]
    )
    func folders(line: String, name: String, delimiter: Character?, attributes: Set<Flag>) throws {
        let folder = Folder(
            name: FolderName(wire: Array(FolderName(name).wire)),
            delimiter: delimiter,
            attributes: attributes
        )
        let responses = try feed(wire("* \(line)"), to: { parser() })
        guard line.contains("{") else {
            #expect(responses == [.folder(folder)])
            return
        }
        guard case .folder(let listed)? = responses.first else {
            Issue.record("no folder in \(responses)")
            return
        }
        #expect(listed.name.wire == Array(name.utf8))
    }

    @Test("A folder's figures are read, strange ones passed over")
    func status() throws {
        let line =
            "* STATUS \"Gesendete Objekte\" (MESSAGES 231 UIDNEXT 44292 "
            + "APPENDLIMIT NIL UNSEEN -1 UIDVALIDITY 5)"
        var status = FolderStatus(name: FolderName("Gesendete Objekte"))
        status.messages = 231
        status.uidNext = 44292
        status.uidValidity = 5
        #expect(try feed(wire(line), to: { parser() }) == [.folderStatus(status)])
    }

    @Test("A message arrives byte for byte, with everything said about it")
    func fetch() throws {
        let body = "Subject: Gr\u{FC}\u{DF}e\r\n\r\n)\r\n* 9 EXISTS\r\nP1 OK {3}\r\n\0"
        let transcript = wire(
            "* 12 FETCH (FLAGS (\\Seen $Done) UID 4711 INTERNALDATE \" 7-Nov-2026 10:04:00 +0100\" "
                + "RFC822.SIZE 52 MODSEQ (99) BODY[] {\(body.utf8.count)}\r\n\(body) "
                + "BODY[1.MIME]<10> \"a \\\\ \\\"b\\\"\" BODY[2] NIL "
                + "body[header.fields (Date \"To\")] {0}\r\n X-GM-THRID 18 EMAILID (M1))"
        )
        var message = FetchedMessage(number: 12, uid: 4711)
        message.flags = ["\\Seen", "$Done"]
        message.internalDate = InternalDate(seconds: 1_794_042_240, zoneMinutes: 60)
        message.size = 52
        message.modSeq = 99
        message.sections = [
            FetchedMessage.Section(name: "", content: .bytes(Array(body.utf8))),
            FetchedMessage.Section(name: "1.MIME", offset: 10, content: .bytes(Array("a \\ \"b\"".utf8))),
            FetchedMessage.Section(name: "2", content: .null),
            FetchedMessage.Section(name: "HEADER.FIELDS (DATE \"TO\")", content: .bytes([])),
        ]
        message.others = [
            FetchedMessage.Other(name: "X-GM-THRID", value: .atom("18")),
            FetchedMessage.Other(name: "EMAILID", value: .list([.atom("M1")])),
        ]
        #expect(try feed(transcript, to: { parser() }) == [.fetched(message)])
        #expect(message.message == Array(body.utf8))
        #expect(message.bytes(of: "1.MIME") == nil, "a stretch is not the beginning")
    }

    @Test("Structures and envelopes stay nested values; a binary literal is a string")
    func nested() throws {
        let line =
            "* 1 FETCH (BODYSTRUCTURE ((\"TEXT\" \"PLAIN\" NIL 12)(\"TEXT\" \"HTML\" NIL 9) \"ALTERNATIVE\") "
            + "ENVELOPE (NIL {3}\r\nabc NIL) BINARY[1] ~{4}\r\na\0bc)"
        var message = FetchedMessage(number: 1)
        let text = IMAPValue.string(Array("TEXT".utf8))
        message.structure = .list([
            .list([text, .string(Array("PLAIN".utf8)), .null, .atom("12")]),
            .list([text, .string(Array("HTML".utf8)), .null, .atom("9")]),
            .string(Array("ALTERNATIVE".utf8)),
        ])
        message.envelope = .list([.null, .string(Array("abc".utf8)), .null])
        message.others = [FetchedMessage.Other(name: "BINARY[1]", value: .string(Array("a\0bc".utf8)))]
        #expect(try feed(wire(line), to: { parser() }) == [.fetched(message)])
    }

    @Test("A strange value costs its field, not the answer")
    func strangeFields() throws {
        let line =
            "* 3 FETCH (UID 9 (FLAGS (\\Seen)) MODSEQ (-5) INTERNALDATE \"yesterday\" "
            + "RFC822.SIZE many BODY[2] )"
        var message = FetchedMessage(number: 3, uid: 9)
        message.flags = [.seen]
        message.sections = [FetchedMessage.Section(name: "2", content: .null)]
        message.others = [
            FetchedMessage.Other(name: "MODSEQ", value: .list([.atom("-5")])),
            FetchedMessage.Other(name: "INTERNALDATE", value: .string(Array("yesterday".utf8))),
            FetchedMessage.Other(name: "RFC822.SIZE", value: .atom("many")),
        ]
        #expect(try feed(wire(line), to: { parser() }) == [.fetched(message)])
    }

    @Test(
        "A line that is no IMAP is handed over, and the next one is understood",
        arguments: [
            "hello", "*", "* ", "*5 EXISTS", "* 1", "* 1 ", "* 1 LAUGH", "* 0 FETCH (UID 1)", "* 0 EXPUNGE",
            "* 99999999999 EXISTS", "* -1 EXISTS", "* 1 FETCH", "* 1 FETCH (", "* 1 FETCH (UID 1",
            "* 1 FETCH (UID 1) x",
            "* 1 FETCH (ENVELOPE (NIL \"a)", "* SEARCH 1 x", "* SEARCH 0", "* LIST \\Noselect \"/\" a",
            "* LIST (",
            "* LIST () \"/\"", "* VANISHED 4:", "* ESEARCH ALL", "* FLAGS \\Seen", "* STATUS INBOX",
            "P1 MAYBE", "P1",
            "* X (a", "* X a)", "* 1 FETCH (BODY[ {2}\r\nab)", "[COPYUID 55 31 6]", "* \0", " * 1 EXISTS",
            "* X \"a\\",
        ]
    )
    func resynchronisation(line: String) throws {
        let responses = try feed(wire(line, "* 7 EXISTS"), to: { parser() })
        #expect(responses.count == 2)
        #expect(responses.last == .exists(7))
        guard case .unparsable? = responses.first else {
            Issue.record("understood as \(responses)")
            return
        }
    }

    @Test("Empty lines are passed over, and a line may end in LF alone")
    func lineEndings() throws {
        let bytes = Array("\r\n\n* 1 EXISTS\n* 2 FETCH (BODY[] {3}\na\nb UID 5)\n\r\n".utf8)
        var message = FetchedMessage(number: 2, uid: 5)
        message.sections = [FetchedMessage.Section(name: "", content: .bytes(Array("a\nb".utf8)))]
        #expect(try feed(bytes, to: { parser() }) == [.exists(1), .fetched(message)])
    }

    @Test("The server's words are kept as they are, also when they are no UTF-8")
    func words() throws {
        let bytes = Array("* NO Gr".utf8) + [0xFC] + Array("ße  {7}\r\n".utf8)
        #expect(try feed(bytes, to: { parser() }) == [.untagged(StatusReply(.no, text: "Gr\u{FFFD}ße  {7}"))])
    }
}

/// A set written as IMAP writes it.
func set(_ text: String) -> UIDSet { UIDSet(parsing: text) ?? UIDSet() }
