// SPDX-License-Identifier: MIT
import Intake
import Mail
import TestSupport
import Testing

@Suite("Sent folders are watched", .serialized, .timeLimit(.minutes(1)))
struct SentFolderTests {
    /// A mailbox with an inbox, and folders with their attributes.
    static func mailbox(_ folders: [String: String]) -> MailboxServer {
        MailboxServer { contents in
            for (name, attributes) in folders {
                contents.boxes[name] = MailboxServer.Box(attributes: attributes)
            }
        }
    }

    @Test(
        "The Sent folder is found by what the server says, and by its name",
        arguments: [
            ["[Gmail]/Gesendet": "\\Sent", "a/Sent": "\\HasNoChildren"],
            ["Gesendete Elemente": "\\HasNoChildren"],
            ["INBOX/Sent": "\\Marked"],
            ["Ausgang": "\\HasNoChildren"],
        ]
    )
    func found(folders: [String: String]) async throws {
        let name = try #require(folders.keys.first { $0 != "a/Sent" })
        let mailbox = Self.mailbox(folders)
        try await mailbox.serve { server in
            let records = try await watch(
                server,
                RecordingDesk(),
                {
                    $0.watchesSent = true
                    $0.sentFolders = ["Ausgang"].filter(folders.keys.contains)
                }
            ) { records in
                if records.checkpoints.count == 2, mailbox.now.boxes[name]?.letters.isEmpty == true {
                    // It lies there at the latest when the wait is over.
                    mailbox.change { contents in
                        contents.whileIdle = [{ $0.deliver(letter("answer"), to: name) }]
                    }
                }
                return !records.arrivals.isEmpty
            }
            #expect(records.arrivals[0].role == .sent && records.arrivals[0].place.folder == name)
            #expect(records.checkpoints[name]?.role == .sent)
            #expect(server.connectionCount == 2)
        }
    }

    @Test(
        "Several Sent folders share a connection; one that cannot be opened is told and does not stop the others"
    )
    func several() async throws {
        let mailbox = Self.mailbox([
            "Sent": "\\Sent", "Gesendet": "\\HasNoChildren", "Sent Items": "\\HasNoChildren",
        ])
        mailbox.change { $0.boxes["Sent"]?.refusal = "[INUSE] locked by another" }
        try await mailbox.serve { server in
            let records = try await watch(server, RecordingDesk(), { $0.watchesSent = true }) { records in
                for name in ["Gesendet", "Sent Items"] where records.checkpoints[name] != nil {
                    if mailbox.now.boxes[name]?.letters.isEmpty == true {
                        mailbox.change { $0.deliver(letter(name), to: name) }
                    }
                }
                return records.arrivals.count == 2 && !records.complaints.isEmpty
            }
            #expect(Set(records.subjects) == ["Gesendet", "Sent Items"])
            #expect(
                records.firstComplaint.hasSuffix(
                    "refused to open the folder `Sent`; it said `locked by another`"
                )
            )
            #expect(server.connectionCount == 2)
        }
    }

    @Test("Without a Sent folder the second connection is closed, and all is well")
    func none() async throws {
        try await Self.mailbox([:]).serve { server in
            try await watch(
                server,
                RecordingDesk(),
                { options in
                    options.watchesSent = true
                    options.comparison = .milliseconds(5)
                    options.idleRenewal = .milliseconds(5)
                }
            ) { $0.looks.count > 5 }
            #expect(server.heard[1].contains("LIST") && server.heard[1].contains("LOGOUT"))
        }
    }
}
