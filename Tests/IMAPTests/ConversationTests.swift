// SPDX-License-Identifier: MIT

import IMAP
import Testing

/// Whole conversations, each in the manner of one kind of server, in words of our own.
@Suite("Conversations with known kinds of servers")
struct ConversationTests {
    private func flow(_ events: [IMAPEvent]) -> [String] {
        events.map { event in
            switch event {
            case .completed(let tag, let verdict): "\(tag) \(verdict.kind.rawValue)"
            case .selected(let folder): "open \(folder.name) \(folder.exists)"
            case .capabilities(let capabilities): "can \(capabilities.names.sorted().joined(separator: " "))"
            case .listed(let folder): "folder \(folder.name)"
            case .found(let result): "found \(result.uids)"
            case .fetched(let message):
                "message \(message.uid?.description ?? "?") \(message.message?.count ?? 0)"
            case .exists(let count): "exists \(count)"
            case .expunged(let number): "gone \(number)"
            case .idling: "idling"
            case .alert(let words): "alert \(words)"
            case .notice(let reply): "notice \(reply.text)"
            case .bye(let reply): "bye \(reply.text)"
            case .other(let name, _): "other \(name)"
            default: "\(event)"
            }
        }
    }

    @Test("Dovecot: look, fetch a window, wait, be told of a new letter")
    func dovecot() throws {
        let transcript = wire(
            "* FLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded)",
            "* OK [PERMANENTFLAGS (\\Answered \\Flagged \\Deleted \\Seen \\Draft \\*)] Flags permitted.",
            "* 2 EXISTS",
            "* 1 RECENT",
            "* OK [UNSEEN 2] First unseen.",
            "* OK [UIDVALIDITY 1795251840] UIDs valid",
            "* OK [UIDNEXT 13] Predicted next UID",
            "* OK [HIGHESTMODSEQ 77] Highest",
            "P3 OK [READ-WRITE] Select completed (0.001 + 0.000 secs).",
            "* ESEARCH (TAG \"P4\") UID ALL 11:12",
            "P4 OK Search completed (0.001 + 0.000 secs).",
            "* 1 FETCH (UID 11 FLAGS (\\Seen) RFC822.SIZE 12 BODY[] {12}",
            "Subject: 1",
            ")",
            "* 2 FETCH (UID 12 FLAGS () RFC822.SIZE 14 BODY[] {14}",
            "Subject: {9}",
            ")",
            "P5 OK Fetch completed (0.001 + 0.000 secs).",
            "+ idling",
            "* OK Still here",
            "* 3 EXISTS",
            "* 1 RECENT",
            "P6 OK Idle completed (12.001 + 12.000 + 12.000 secs)."
        )
        let commands: [IMAPCommand] = [
            .select(.inbox), .uidSearch(.uids(UIDSet(from: 11))),
            .uidFetch(set("11:12"), [.uid, .flags, .size, .message]), .idle,
        ]
        let events = try feed(
            transcript,
            to: { try dialogue(["ESEARCH", "IDLE"], sending: commands) }
        )
        #expect(
            flow(events).filter { !$0.hasPrefix("notice") } == [
                "open INBOX 2", "P3 OK", "found 11:12", "P4 OK", "message 11 12", "message 12 14", "P5 OK",
                "idling",
                "exists 3", "P6 OK",
            ]
        )
    }

    @Test("Gmail: folders in German, labels, and an alert on the way out")
    func gmail() throws {
        let transcript = wire(
            "* LIST (\\HasNoChildren) \"/\" \"INBOX\"",
            "* LIST (\\HasChildren \\Noselect) \"/\" \"[Gmail]\"",
            "* LIST (\\Drafts \\HasNoChildren) \"/\" \"[Gmail]/Entw&APw-rfe\"",
            "* LIST (\\HasNoChildren \\Sent) \"/\" \"[Gmail]/Gesendet\"",
            "P3 OK Success",
            "* FLAGS (\\Answered $Phishing)",
            "* OK [UIDVALIDITY 6] UIDs valid.",
            "* 1 EXISTS",
            "* OK [UIDNEXT 8] Predicted next UID.",
            "P4 OK [READ-WRITE] INBOX selected. (Success)",
            "* 1 FETCH (X-GM-THRID 17 X-GM-LABELS (\"\\\\Important\" \"Bestellung {7}\") UID 7 BODY[] {6}",
            "abcd",
            ")",
            "P5 OK Success",
            "* OK [ALERT] Account is over quota",
            "* BYE LOGOUT Requested",
            "P6 OK 73 good day (Success)"
        )
        let events = try feed(
            transcript,
            to: {
                try dialogue([], sending: [.list, .select(.inbox), .uidFetch(set("7"), [.message]), .logout])
            }
        )
        #expect(
            flow(events) == [
                "folder INBOX", "folder [Gmail]", "folder [Gmail]/Entwürfe", "folder [Gmail]/Gesendet",
                "P3 OK",
                "notice UIDs valid.", "notice Predicted next UID.", "open INBOX 1", "P4 OK", "message 7 6",
                "P5 OK",
                "alert Account is over quota", "notice Account is over quota", "bye LOGOUT Requested",
                "P6 OK",
            ]
        )
        let folders = events.compactMap { event in
            if case .listed(let folder) = event { folder } else { nil }
        }
        #expect(SpecialUse.sent.candidates(in: folders).map(\.name) == ["[Gmail]/Gesendet"])
    }

    @Test("Exchange: no special uses, the last message for `n:*`, a move with its copy told before")
    func exchange() throws {
        let transcript = wire(
            "* LIST (\\Marked \\HasNoChildren) \"/\" INBOX",
            "* LIST (\\HasNoChildren) \"/\" \"Gesendete Elemente\"",
            "* LIST (\\HasNoChildren) \"/\" {5}",
            "a\"b\\c",
            "P3 OK LIST completed.",
            "* 2 EXISTS",
            "* 0 RECENT",
            "* FLAGS (\\Seen \\Answered $MDNSent)",
            "* OK [PERMANENTFLAGS (\\Seen \\Answered $MDNSent)] Permanent flags",
            "* OK [UIDVALIDITY 14] UIDVALIDITY value",
            "* OK [UIDNEXT 99] The next unique identifier value",
            "P4 OK [READ-WRITE] SELECT completed.",
            "* SEARCH 31",
            "P5 OK SEARCH completed.",
            "* OK [COPYUID 55 31 6]",
            "* 2 EXPUNGE",
            "* 1 EXISTS",
            "P6 OK MOVE completed.",
            "* BYE Connection is closed. 14"
        )
        let commands: [IMAPCommand] = [
            .list, .select(.inbox), .uidSearch(.uids(UIDSet(from: 99))), .uidMove(set("31"), to: "Team"),
        ]
        let events = try feed(transcript, to: { try dialogue(["MOVE", "UIDPLUS"], sending: commands) })
        #expect(
            flow(events).filter { !$0.hasPrefix("notice") } == [
                "folder INBOX", "folder Gesendete Elemente", "folder a\"b\\c", "P3 OK", "open INBOX 2",
                "P4 OK",
                "found 31", "P5 OK", "gone 2", "exists 1", "P6 OK", "bye Connection is closed. 14",
            ]
        )
        guard case .found(let result)? = events.first(where: { if case .found = $0 { true } else { false } })
        else {
            return
        }
        #expect(result.uids.filter(UIDSet(from: 99).contains).isEmpty, "31 is below 99 and was not asked for")
    }

    @Test("Courier: everything below INBOX, a message as quoted text, a refusal with its words")
    func courier() throws {
        let transcript = wire(
            "* LIST (\\Unmarked \\HasChildren) \".\" \"INBOX\"",
            "* LIST (\\HasNoChildren) \".\" \"INBOX.Gesendet\"",
            "P3 OK LIST completed",
            "* FLAGS (\\Draft \\Answered \\Flagged \\Deleted \\Seen \\Recent)",
            "* OK [PERMANENTFLAGS (\\* \\Draft \\Seen)] Limited",
            "* 1 EXISTS",
            "* 0 RECENT",
            "* OK [UIDVALIDITY 1287] Ok",
            "* OK [MYRIGHTS \"acdilrsw\"] ACL",
            "P4 OK [READ-WRITE] Ok",
            "* 1 FETCH (UID 4 BODY[] \"\")",
            "P5 OK FETCH completed.",
            "P6 NO [OVERQUOTA] Quota exceeded; {3}",
            "* 1 FETCH (FLAGS (\\Seen))",
            "P7 OK Ok"
        )
        let commands: [IMAPCommand] = [
            .list, .select(.inbox), .uidFetch(set("4"), [.message]), .uidCopy(set("4"), to: "INBOX.Team"),
            .noop,
        ]
        let events = try feed(transcript, to: { try dialogue([], sending: commands) })
        #expect(
            flow(events) == [
                "folder INBOX", "folder INBOX.Gesendet", "P3 OK", "notice Limited", "notice Ok", "notice ACL",
                "open INBOX 1", "P4 OK", "message 4 0", "P5 OK", "P6 NO", "message ? 0", "P7 OK",
            ]
        )
        guard case .completed(_, let refusal) = events[10] else { return }
        #expect(refusal == StatusReply(.no, code: .overQuota, text: "Quota exceeded; {3}"))
    }
}
