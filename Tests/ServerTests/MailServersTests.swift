// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import TestSupport
import Testing

@Suite(
    "Real mail servers",
    .enabled(if: MailServers.unavailable == nil, "\(MailServers.unavailable ?? "")"),
    .timeLimit(.minutes(1))
)
struct MailServersTests {
    @Test("A letter given to SMTP lies in the customer's mailbox and is read back over IMAP with TLS")
    func smtpToIMAP() async throws {
        let servers = try await MailServers.shared()
        try await submit("Ihr Paket ist unterwegs", to: "Kunde1+x@kunden.example", port: servers.smtpPort)
        let mails = try await servers.waitUntil(count: 1, of: "kunde1@kunden.example")
        #expect(String(decoding: mails[0], as: UTF8.self).hasSuffix("\r\n\r\nIhr Paket ist unterwegs\r\n"))

        let session = try await ChildProcess.run(
            "openssl",
            [
                "s_client", "-quiet", "-verify_return_error", "-verify_ip", "127.0.0.1",
                "-CAfile", servers.caFile, "-connect", "127.0.0.1:\(servers.imapsPort)",
            ],
            input: Array(
                """
                a LOGIN kunde1@kunden.example \(MailServers.password)\r
                b SELECT INBOX\r
                c FETCH 1 BODY[TEXT]\r
                d LOGOUT\r

                """.utf8
            )
        )
        #expect(session.text.contains("c OK"), "\(session.text) \(session.errorText)")
        #expect(session.text.contains("Ihr Paket ist unterwegs"))
    }

    @Test("The IMAP server announces what the watcher needs, before and after the login")
    func capabilities() async throws {
        let servers = try await MailServers.shared()
        let lines = try await onOwnThread { [port = servers.imapPort] in
            let connection = try LoopbackConnection(port: port)
            let greeting = try connection.line() ?? ""
            try connection.send("a LOGIN wer@shop.example falsch\r\n")
            let refusal = try connection.lines { $0.hasPrefix("a ") }
            try connection.send("b LOGIN wer@shop.example \(MailServers.password)\r\n")
            try connection.send("c LIST (SPECIAL-USE) \"\" *\r\n")
            return [greeting] + refusal + (try connection.lines { $0.hasPrefix("c ") })
        }
        #expect(lines[0].contains(" IDLE ") && lines[0].contains(" STARTTLS "))
        #expect(lines[1].hasPrefix("a NO [AUTHENTICATIONFAILED]"))
        for word in ["IDLE", "UIDPLUS", "MOVE", "SPECIAL-USE", "CONDSTORE", "LITERAL+"] {
            #expect(lines[2].contains(" \(word)"))
        }
        #expect(lines.contains { $0.contains("\\Sent") && $0.hasSuffix(" Sent") })
        #expect(lines.contains { $0.contains("\\Drafts") && $0.hasSuffix(" Drafts") })
        #expect(lines.contains { $0.contains("\\Junk") && $0.hasSuffix(" Junk") })
    }

    @Test("A watcher in IDLE is told of a new mail")
    func idle() async throws {
        let servers = try await MailServers.shared()
        let told = try await onOwnThread { [port = servers.imapPort] in
            let connection = try LoopbackConnection(port: port)
            try connection.send("a LOGIN idle@shop.example \(MailServers.password)\r\nb SELECT INBOX\r\n")
            _ = try connection.lines { $0.hasPrefix("b ") }
            try connection.send("c IDLE\r\n")
            _ = try connection.lines { $0.hasPrefix("+") }
            try submitNow("Hallo", to: "idle@shop.example", port: servers.smtpPort)
            return try connection.lines { $0.hasSuffix("EXISTS") }
        }
        #expect(told == ["* 1 EXISTS"])
    }

    @Test("The SMTP server announces what the courier uses")
    func smtpExtensions() async throws {
        let servers = try await MailServers.shared()
        let lines = try await onOwnThread { [port = servers.smtpPort] in
            let connection = try LoopbackConnection(port: port)
            try connection.send("EHLO test\r\n")
            return try connection.lines { $0.hasPrefix("250 ") }.map { String($0.dropFirst(4)) }
        }
        let wanted = ["PIPELINING", "CHUNKING", "8BITMIME", "SMTPUTF8", "SIZE 52428800", "STARTTLS"]
        for word in wanted { #expect(lines.contains(word)) }
        #expect(lines.contains("AUTH PLAIN LOGIN"))
    }

    @Test(
        "Submission takes the right password over TLS and nothing without it",
        arguments: [
            (password: MailServers.password, starttls: true),
            (password: MailServers.password, starttls: false), (password: "falsch", starttls: true),
        ]
    )
    func submission(password: String, starttls: Bool) async throws {
        let servers = try await MailServers.shared()
        let login = Data("\0support@shop.example\0\(password)".utf8).base64EncodedString()
        let isRight = password == MailServers.password
        let customer = "login-\(starttls)-\(isRight)@kunden.example"
        let port = starttls ? servers.submissionPort : servers.submissionsPort
        // `s_client` takes a line that begins with R for itself; lower case is the same to SMTP.
        let session = try await ChildProcess.run(
            "openssl",
            [
                "s_client", "-quiet", "-verify_return_error", "-verify_ip", "127.0.0.1",
                "-CAfile", servers.caFile, "-connect", "127.0.0.1:\(port)",
            ] + (starttls ? ["-starttls", "smtp"] : []),
            input: Array(
                """
                EHLO test\r
                AUTH PLAIN \(login)\r
                MAIL FROM:<support@shop.example>\r
                rcpt to:<\(customer)>\r
                DATA\r
                Subject: x\r
                \r
                Hallo\r
                .\r
                QUIT\r

                """.utf8
            )
        )
        let reply = isRight ? "235 2.7.0" : "535 5.7.8"
        #expect(session.text.contains(reply), "\(session.text) \(session.errorText)")
        if isRight {
            try await servers.waitUntil(count: 1, of: customer)
        } else {
            #expect(session.text.contains("Access denied"))
        }
    }

    @Test("An address that is not ASCII gets its mail too")
    func internationalAddress() async throws {
        let servers = try await MailServers.shared()
        let address = "jörg@bücher.example"
        try await submit("Hallo", to: address, port: servers.smtpPort, parameters: " SMTPUTF8")
        try await servers.waitUntil(count: 1, of: address)
        #expect(servers.addresses().contains(address))
    }

    @Test("Mails put into a mailbox keep their bytes, order, date and flags")
    func store() async throws {
        let servers = try await MailServers.shared()
        let address = "lager@shop.example"
        let raw = (1...300).map { Array("Subject: \($0)\r\n\r\nhall\u{f6} \($0)\r\n".utf8) }
        try await servers.deliverMany(raw, to: address)
        #expect(try await servers.mails(of: address) == raw)
        #expect(try await servers.uids(of: address) == Array(1...300))
        #expect(try await servers.mails(of: address) == raw)

        let date = Date(timeIntervalSince1970: 1_700_000_000)
        let folder = "Gelöscht/Alt"
        let flags: Set = ["\\Seen", "\\Flagged"]
        try await servers.deliver(raw[0], to: address, folder: folder, flags: flags, date: date)
        #expect(try await servers.flags(of: address, folder: folder) == [1: flags])
        let more: Set = ["$Erledigt", "\\Answered"]
        try await servers.addFlags(more, to: 1, of: address, folder: folder)
        #expect(try await servers.flags(of: address, folder: folder) == [1: flags.union(more)])
        let dates = try await onOwnThread { [port = servers.imapPort] in
            let connection = try LoopbackConnection(port: port)
            try connection.send("a LOGIN \(address) \(MailServers.password)\r\n")
            try connection.send("b EXAMINE \"Gel&APY-scht/Alt\"\r\n")
            try connection.send("c FETCH 1 (INTERNALDATE RFC822.SIZE)\r\n")
            return try connection.lines { $0.hasPrefix("c ") }.suffix(2)
        }
        #expect(dates.first?.contains("14-Nov-2023 22:13:20 +0000") == true, "\(dates)")
        #expect(dates.first?.contains("RFC822.SIZE \(raw[0].count)") == true, "\(dates)")
    }

    @Test("A person moves and deletes mails; the administrator gives the folder another UIDVALIDITY")
    func person() async throws {
        let servers = try await MailServers.shared()
        let address = "person@shop.example"
        try await servers.deliverMany((1...4).map { Array("Subject: \($0)\r\n\r\nx\r\n".utf8) }, to: address)
        try await servers.createFolder("Team", of: address)
        try await servers.createFolder("Team", of: address)
        try await servers.move(2, of: address, to: "Team")
        try await servers.expunge(3, of: address)
        #expect(try await servers.uids(of: address) == [1, 4])
        #expect(servers.count(of: address) == 2)
        #expect(try await servers.uids(of: address, folder: "Team") == [1])
        let before = try await servers.uidValidity(of: address)
        let after = try await servers.changeUIDValidity(of: address)
        #expect(after != before)
        #expect(try await servers.uidValidity(of: address) == after)
        try await servers.deleteFolder("Team", of: address)
        await #expect(throws: ChildProcess.Failure.self) {
            try await servers.uidValidity(of: address, folder: "Team")
        }
    }

    @Test("A user can be thrown out of a running connection")
    func kick() async throws {
        let servers = try await MailServers.shared()
        let address = "kick@shop.example"
        try await servers.kick(address)
        let connection = try await onOwnThread { [port = servers.imapPort] in
            let connection = try LoopbackConnection(port: port)
            try connection.send("a LOGIN \(address) \(MailServers.password)\r\nb SELECT INBOX\r\n")
            _ = try connection.lines { $0.hasPrefix("b ") }
            return Held(connection)
        }
        try await servers.kick(address)
        let rest = try await onOwnThread { try connection.value.lines { _ in false } }
        #expect(rest.allSatisfy { $0.hasPrefix("* BYE") })
    }

    @Test("SMTP and IMAP can go down and come back, and what was accepted before arrives")
    func downAndUp() async throws {
        let servers = try await MailServers.start()
        try await servers.imapGoesDown()
        #expect(!LoopbackConnection.isAccepted(onPort: servers.imapsPort))
        try await submit("eins", to: "k@kunden.example", port: servers.smtpPort)
        let open = try await onOwnThread { [port = servers.smtpPort] in
            let connection = try LoopbackConnection(port: port)
            _ = try connection.line()
            return Held(connection)
        }
        try await servers.smtpGoesDown()
        let rest = try await onOwnThread { try open.value.lines { _ in false } }
        #expect(rest.count <= 1)
        await #expect(throws: (any Error).self) {
            try await submit("zwei", to: "k@kunden.example", port: servers.smtpPort)
        }
        try await servers.imapComesBack()
        try await servers.waitUntil(count: 1, of: "k@kunden.example")
        try await servers.smtpComesBack()
        try await submit("zwei", to: "k@kunden.example", port: servers.smtpPort)
        try await servers.waitUntil(count: 2, of: "k@kunden.example")
        try await servers.stop()
    }

    @Test("Nothing is left after the servers have been stopped")
    func stop() async throws {
        let servers = try await MailServers.start()
        let processes = servers.processes
        let folder = URL(filePath: servers.caFile).deletingLastPathComponent().path
        #expect(processes.count >= 10)
        try await servers.stop()
        #expect(servers.processes.isEmpty)
        for process in processes { #expect(!isRunning(process)) }
        #expect(!LoopbackConnection.isAccepted(onPort: servers.imapsPort))
        #expect(!LoopbackConnection.isAccepted(onPort: servers.smtpPort))
        _ = consume servers
        #expect(access(folder, F_OK) != 0)
    }

    @Test("Nothing is left after the test process has been killed")
    func killed() async throws {
        let result = try await #require(
            processExitsWith: .signal(SIGKILL),
            observing: [\.standardOutputContent]
        ) {
            let servers = try await MailServers.start()
            let folder = URL(filePath: servers.caFile).deletingLastPathComponent().path
            let processes = servers.processes.map(String.init).joined(separator: " ")
            let line = Array("left behind:\(folder):\(processes)\n".utf8)
            _ = write(STDOUT_FILENO, line, line.count)
            kill(getpid(), SIGKILL)
        }
        let text = String(decoding: result.standardOutputContent, as: UTF8.self)
        let line = try #require(text.split(separator: "\n").last { $0.hasPrefix("left behind:") })
        let parts = line.split(separator: ":")
        let processes = try #require(parts.last).split(separator: " ").compactMap { Int32($0) }
        #expect(processes.count >= 10)
        try await eventually("the end of \(line)", within: .seconds(10)) {
            processes.contains(where: isRunning) || access(String(parts[1]), F_OK) == 0 ? nil : true
        }
    }

    /// Lets a connection cross to the next thread; only one of them uses it at a time.
    private struct Held: @unchecked Sendable {
        let value: LoopbackConnection
        init(_ value: LoopbackConnection) { self.value = value }
    }
}

private struct Refused: Error {
    var command: String
    var reply: [String]
}

private func isRunning(_ process: Int32) -> Bool {
    guard let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8) else {
        return false
    }
    return !stat.contains(") Z ") && !stat.contains(") X ")
}

private func submit(_ text: String, to address: String, port: Int, parameters: String = "") async throws {
    try await onOwnThread { try submitNow(text, to: address, port: port, parameters: parameters) }
}

/// Gives a letter to an SMTP server, one command at a time.
private func submitNow(_ text: String, to address: String, port: Int, parameters: String = "") throws {
    let connection = try LoopbackConnection(port: port)
    let letter = "From: support@shop.example\r\nTo: \(address)\r\nSubject: x\r\n\r\n\(text)\r\n.\r\n"
    let dialogue: [(command: String, reply: String)] = [
        ("", "220"), ("EHLO test\r\n", "250"), ("MAIL FROM:<support@shop.example>\(parameters)\r\n", "250"),
        ("RCPT TO:<\(address)>\r\n", "250"), ("DATA\r\n", "354"), (letter, "250"), ("QUIT\r\n", "221"),
    ]
    for (command, reply) in dialogue {
        if !command.isEmpty { try connection.send(command) }
        let lines = try connection.lines { $0.dropFirst(3).first != "-" }
        guard lines.last?.hasPrefix(reply) == true else {
            throw Refused(command: command, reply: lines)
        }
    }
}
