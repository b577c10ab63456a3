// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Glibc
import Mail
import State
import TestSupport

/// A shop on the real test servers, served by the real program.
///
/// Each has mail addresses of its own, so that suites share the servers. All times are near the real clock's now.
struct TestShop {
    let servers: MailServers
    let folder: TemporaryFolder
    let support: String
    let team: String

    /// Files of a shop: settings, credential, orders, state.
    ///
    /// `name` is a word for the addresses, different for each test; `hold` is how long answers wait, as the
    /// settings say it.
    init(
        _ name: String,
        servers: MailServers,
        hold: String = "0 s",
        orders: [String] = []
    ) throws {
        self.servers = servers
        folder = try TemporaryFolder()
        support = "support@\(name).example"
        team = "team@\(name).example"
        try folder.write(MailServers.password + "\n", to: "credentials/mail-password")
        try folder.write(
            """
            shop: Teeladen Nord
            language: de
            mode: send
            hold: \(hold)
            limits: {per_address_and_day: 3, per_day: 5000}
            mailboxes:
              support:
                address: \(support)
                imap:
                  host: 127.0.0.1
                  port: \(servers.imapsPort)
                  security: tls
                  ca: \(servers.caFile)
                  user: \(support)
                  credential: mail-password
                smtp: {host: 127.0.0.1, port: \(servers.smtpPort), security: none}
                authentication: mx.\(name).example
            teams: {service: \(team)}
            default_team: service
            orders:
              file: orders.jsonl
              numbers: ['2026-\\d{4,6}']
            """,
            to: "settings.yaml"
        )
        try write(orders: orders)
        try FileManager.default.createDirectory(
            atPath: folder.path("state"),
            withIntermediateDirectories: true
        )
        let model = try ShippedRules.model.get()
        try FileManager.default.copyItem(atPath: model, toPath: folder.path("state/model"))
    }

    /// Replaces the orders file as a shop system does: a new file in the old one's place.
    func write(orders: [String]) throws {
        try folder.write(orders.joined(separator: "\n") + "\n", to: "orders.new")
        rename(folder.path("orders.new"), folder.path("orders.jsonl"))
    }

    var arguments: [String] {
        [
            "--settings", folder.path("settings.yaml"), "--state", folder.path("state"), "--rules",
            ShippedRules.folder,
        ]
    }

    /// Starts the real service; the first look at the mailbox makes the boundary to the backlog.
    func start() async throws -> ChildProcess {
        try ChildProcess(try ChildProcess.builtProduct("poststelle"), ["run"] + arguments)
    }

    /// Starts the service and waits until it has looked at the mailbox and at Sent once.
    func startWatching() async throws -> ChildProcess {
        let service = try await start()
        try await eventually("the first look", within: .seconds(30)) { () -> Bool? in
            if let ending = service.ending {
                throw Ended(words: "\(ending): \(String(decoding: service.standardError, as: UTF8.self))")
            }
            guard let ledger = try? Ledger(at: folder.path("state/ledger.sqlite")) else { return nil }
            let folders = try await ledger.checkpoints()
            return Set(folders.map(\.role)) == [.inbox, .sent] ? true : nil
        }
        return service
    }

    /// The service ended although nobody asked it to.
    struct Ended: Error {
        var words: String
    }

    /// Ends the service as systemd does and says how long that took.
    @discardableResult
    func stop(_ service: ChildProcess) async throws -> Duration {
        let clock = ContinuousClock()
        return try await clock.measure {
            service.send(SIGTERM)
            try await service.wait(within: .seconds(12))
        }
    }

    func ledger() throws -> Ledger {
        try Ledger(at: folder.path("state/ledger.sqlite"))
    }

    /// Runs another command of the program on this shop.
    func run(_ command: String...) async throws -> ChildProcess.Output {
        try await ChildProcess.run(
            try ChildProcess.builtProduct("poststelle"),
            command + arguments,
            within: .seconds(30)
        )
    }

    /// Waits until every UID of the inbox has an outcome and nothing waits in the outbox.
    func settled(count: Int, within limit: Duration = .seconds(30)) async throws -> [UInt32: Outcome] {
        let ledger = try ledger()
        return try await eventually("\(count) settled messages", within: limit) {
            let outcomes = try await ledger.outcomes(mailbox: "support", folder: "INBOX")
            let decided = outcomes.compactMapValues { $0 }
            let outbox = try await ledger.outboxCounts()
            let isDone =
                decided.count >= count && outcomes.count == decided.count
                && outbox["waiting", default: 0] + outbox["claimed", default: 0] == 0
            return isDone ? decided : nil
        }
    }

    /// The mails of a mailbox, parsed.
    func messages(of address: String) async throws -> [Message] {
        let mailbox = Mailbox(name: "test", addresses: [address])
        return try await servers.mails(of: address).map { Message(parsing: $0, in: mailbox) }
    }

    // MARK: - Texts

    /// A mail from a customer to the shop.
    func mail(
        from address: String,
        name: String = "Jörg Müller",
        subject: String,
        id: String,
        headers: [String] = [],
        text: String
    ) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        let lines =
            [
                "Return-Path: <\(address)>", "From: \(name) <\(address)>", "To: \(support)",
                "Subject: \(subject)",
                "Date: \(formatter.string(from: Date()))", "Message-ID: <\(id)>", "MIME-Version: 1.0",
                "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit",
            ] + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + text.replacing("\n", with: "\r\n") + "\r\n"
    }

    /// An order whose one parcel is on its way and expected in two days.
    static func order(
        _ number: String,
        email: String,
        language: String = "de",
        name: String = "Jörg Müller",
        status: String = "moving"
    ) -> String {
        let now = Date()
        func time(_ hours: Double) -> String { now.addingTimeInterval(hours * 3600).formatted(.iso8601) }
        let expected = String(time(48).prefix(10))
        return #"{"number": "\#(number)", "placed": "\#(time(-72))", "status": "open", "customer": {"#
            + #""name": "\#(name)", "email": "\#(email)", "language": "\#(language)"}, "#
            + #""total": {"amount": "59.80", "currency": "EUR"}, "items": [{"sku": "A", "name": "Assam 250 g", "quantity": 2}], "#
            + #""payments": [{"status": "paid", "amount": "59.80", "at": "\#(time(-72))"}], "parcels": [{"#
            + #""carrier": "dhl", "tracking": "00340434161094042557", "status": "\#(status)", "at": "\#(time(-30))", "#
            + #""expected": "\#(expected)", "items": ["A"], "events": [{"at": "\#(time(-5))", "text": "sortiert", "place": "Hamburg"}]}], "#
            + #""updated": "\#(time(-0.2))"}"#
    }
}
