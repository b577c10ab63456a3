// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import TestSupport
import Testing

@Suite(
    "Programs we compare our speed with",
    .enabled(if: MailServers.unavailable == nil, "\(MailServers.unavailable ?? "")"),
    .timeLimit(.minutes(1))
)
struct MailServersPeersTests {
    private static let hasBoth = ["mbsync", "sieve-filter"].allSatisfy { ChildProcess.find($0) != nil }
    private static let remedy = "apt-get install \(MailServers.peerPackages.joined(separator: " "))"

    @Test(
        "mbsync fetches mails from the server, over TLS",
        .enabled(if: hasBoth, "\(remedy)"),
        arguments: [(sync: false, count: 1_000), (sync: true, count: 10)]
    )
    func mbsync(sync: Bool, count: Int) async throws {
        let servers = try await MailServers.shared()
        let address = "mbsync-\(sync)@shop.example"
        try await servers.deliverMany((1...count).map(Self.mail), to: address)
        let folder = try TemporaryFolder()
        let config = servers.mbsyncConfig(address: address, target: folder.path, sync: sync)
        let file = try folder.write(config, to: "mbsyncrc")
        let output = try await ChildProcess.run("mbsync", ["-c", file, "fetch"])
        #expect(output.succeeded, "\(output.errorText)")
        let fetched = try FileManager.default.contentsOfDirectory(atPath: folder.path("INBOX/new"))
        #expect(fetched.count == count)
    }

    @Test("sieve-filter carries a script out on a Maildir", .enabled(if: hasBoth, "\(remedy)"))
    func sieveFilter() async throws {
        let folder = try TemporaryFolder(openToAll: true)
        for number in 1...100 {
            let mail = String(decoding: Self.mail(number), as: UTF8.self)
            try folder.write(mail, to: "mail/new/\(number).test")
        }
        try folder.write("", to: "mail/cur/.keep")
        try folder.write("", to: "mail/tmp/.keep")
        let script = try folder.write(
            """
            require ["fileinto", "imap4flags", "mailbox"];
            if header :contains "Subject" "Nummer 7" { keep :flags "\\\\Flagged"; }
            if header :contains "Subject" "Nummer 8" { fileinto :create "Team"; }

            """,
            to: "script/rules.sieve"
        )
        try folder.write("", to: "home/.keep")
        let config = try MailServers.sieveFilterConfig(
            maildir: folder.path("mail"),
            home: folder.path("home")
        )
        let file = try folder.write(config, to: "sieve.conf")
        try await ChildProcess.run("chown", ["-R", MailServers.mailUser, folder.path])
        let output = try await ChildProcess.run("sieve-filter", ["-c", file, "-e", "-W", script, "INBOX"])
        #expect(output.succeeded, "\(output.errorText)")
        let inbox = try FileManager.default.contentsOfDirectory(atPath: folder.path("mail/new"))
        #expect(inbox.count == 89)
        #expect(inbox.filter { $0.hasSuffix(":2,F") }.count == 11)
    }

    private static func mail(_ number: Int) -> [UInt8] {
        Array("From: a@kunden.example\nSubject: Nummer \(number)\n\nwo ist mein Paket?\n".utf8)
    }
}
