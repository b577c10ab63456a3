// SPDX-License-Identifier: MIT
import Intake
import Mail
import TestSupport
import Testing

@Suite("A folder gets new numbers", .serialized, .timeLimit(.minutes(1)))
struct RenumberingTests {
    static let early = "01-Jan-2020 10:00:00 +0100"
    static let known = "21-Nov-2026 10:00:00 +0100"
    static let late = "22-Nov-2026 10:00:00 +0100"

    /// A mailbox under a new UIDVALIDITY, with these subjects and dates.
    static func mailbox(_ letters: [(String, String)]) -> MailboxServer {
        MailboxServer { contents in
            contents.boxes["INBOX"]?.validity = 8
            for (subject, date) in letters { contents.deliver(letter(subject), date: date) }
        }
    }

    @Test("Known letters are recognised, unknown ones are fetched, and only those")
    func recognised() async throws {
        let mailbox = Self.mailbox([
            ("a", Self.known), ("missed", Self.early), ("b", Self.known), ("new", Self.late),
        ])
        try await mailbox.serve { server in
            let desk = RecordingDesk(last: 50, known: [10: letter("a"), 50: letter("b")])
            let records = try await watch(server, desk) { $0.inbox?.validity == 8 }
            #expect(records.recognised == [1, 3])
            #expect(records.batches == [[2, 4]])
            #expect(records.subjects == ["a", "b", "missed", "new"])
            // What is older than the newest known one was there before, as far as anybody can tell.
            #expect(records.arrivals.map(\.isBacklog) == [false, false, true, false])
            #expect(records.inbox?.firstUID == 1 && records.inbox?.lastUID == 4)
        }
    }

    @Test("A backlog that was left alone does not flood in, now or later")
    func ignoredBacklog() async throws {
        let letters = (1...300).map { ("old \($0)", Self.early) }
        let mailbox = Self.mailbox(letters + [("a", Self.known), ("new", Self.late)])
        try await mailbox.serve { server in
            let desk = RecordingDesk(first: 400, last: 400, known: [400: letter("a")])
            let records = try await watch(
                server,
                desk,
                {
                    $0.comparison = .milliseconds(1)
                    $0.idleRenewal = .milliseconds(1)
                }
            ) { $0.looks.count > 5 }
            #expect(records.subjects == ["a", "new"])
            #expect(records.arrivals.map(\.isBacklog) == [false, false])
            #expect(records.inbox?.firstUID == 301 && records.inbox?.lastUID == 302)
        }
    }

    @Test("Where nothing is recognised, nothing is skipped, and nothing is taken for new")
    func strange() async throws {
        let mailbox = Self.mailbox([("x", Self.early), ("y", Self.late)])
        try await mailbox.serve { server in
            let desk = RecordingDesk(first: 4, last: 5, known: [5: letter("a")])
            let records = try await watch(server, desk) { $0.inbox?.validity == 8 }
            #expect(records.subjects == ["a", "x", "y"])
            #expect(records.arrivals.map(\.isBacklog) == [false, true, true])
        }
    }

    @Test("An emptied folder begins anew, and what comes then is new")
    func emptied() async throws {
        let mailbox = Self.mailbox([])
        mailbox.change { $0.whileIdle = [{ $0.deliver(letter("new"), date: Self.late) }] }
        try await mailbox.serve { server in
            let desk = RecordingDesk(last: 5, known: [5: letter("a")])
            let records = try await watch(server, desk) { $0.arrivals.count == 2 }
            #expect(records.subjects == ["a", "new"] && records.arrivals[1].isBacklog == false)
            #expect(records.inbox?.validity == 8)
        }
    }

    @Test(
        "A connection that is lost meanwhile begins all this again",
        arguments: Array(stride(from: 20, to: 1500, by: 61))
    )
    func cut(bytes: Int) async throws {
        let mailbox = Self.mailbox([
            ("a", Self.known), ("missed", Self.known), ("b", Self.known), ("new", Self.late),
        ])
        mailbox.change { $0.cut = [1: bytes] }
        try await mailbox.serve { server in
            let desk = RecordingDesk(last: 50, known: [10: letter("a"), 50: letter("b")])
            let records = try await watch(server, desk) { $0.inbox?.validity == 8 && $0.arrivals.count == 4 }
            #expect(Set(records.subjects) == ["a", "b", "missed", "new"])
            #expect(records.arrivals.allSatisfy { $0.place.validity == 8 })
            #expect(records.arrivals.filter(\.isBacklog).map(\.subject) == ["missed"])
        }
    }

    @Test("A folder that is renumbered while it is watched is opened anew")
    func meanwhile() async throws {
        let mailbox = IMAPSourceTests.mailbox("a") { contents in
            contents.whileIdle = [
                { contents in
                    contents.boxes["INBOX"]?.validity = 9
                    contents.deliver(letter("new"))
                }
            ]
            contents.trick = { command, voice in
                if command.connection == 1, command.isForTexts {
                    try voice.say("* OK [UIDVALIDITY 9] changed\r\n")
                }
                return false
            }
        }
        try await mailbox.serve { server in
            let records = try await watch(server) { $0.inbox?.validity == 9 && !$0.arrivals.isEmpty }
            #expect(records.arrivals.allSatisfy { $0.place.validity == 9 })
            #expect(records.complaints.count == 1)
        }
    }

    @Test("A folder without UIDVALIDITY cannot be watched, and that is said")
    func none() async throws {
        let mailbox = IMAPSourceTests.mailbox("a") { contents in
            contents.trick = { command, voice in
                guard command.verb == "EXAMINE" else { return false }
                try voice.say("* 1 EXISTS\r\n\(command.tag) OK done\r\n")
                return true
            }
        }
        try await mailbox.serve { server in
            let records = try await watch(server) { !$0.complaints.isEmpty }
            #expect(records.firstComplaint.contains("gives no UIDVALIDITY") && records.arrivals.isEmpty)
        }
    }
}
