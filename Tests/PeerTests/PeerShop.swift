// SPDX-License-Identifier: MIT
import Actions
import Delivery
import Diagnostics
import Foundation
import Intake
import Mail
import Service
import State
import TestSupport
import Wire
import Testing

/// A shop served by the whole house, between mail servers that a test scripts.
///
/// Each mailbox has an IMAP and an SMTP server of its own; the first one is `support`. Whatever is in an inbox
/// when the house begins is new to it, unless the shop begins with a first contact.
final class PeerShop: Sendable {
    /// What a test may choose.
    struct Setup {
        /// How long answers wait, as the settings say it.
        var hold = "0 s"
        /// Whether the SMTP server wants a login.
        var logsInToSend = false
        /// Whether the house looks at the inboxes for the first time.
        var isFirstContact = false
        /// What becomes of mail from before that.
        var backlog = "ignore"
        /// Replaces the settings' couriers with impatient ones.
        var limits: SMTPCourier.Limits?
        /// Changes how patiently inboxes are watched.
        var adjust: (inout IMAPSource.Options) -> Void = { _ in }

        /// A shop that bears silence only for moments.
        static var impatient: Self {
            var setup = Self()
            setup.adjust = { options in
                options.patience.connecting = .milliseconds(600)
                options.patience.silence = .milliseconds(400)
                options.patience.answer = .seconds(1)
            }
            return setup
        }
    }

    static let team = "team@shop.example"
    static let names = ["support", "sales"]

    let folder: TemporaryFolder
    let mailboxes: [PeerMailbox]
    let posts: [PeerPost]
    let ledger: Ledger
    let house: House
    let log = RecordedLog()
    private let servers: [ScriptedServer]
    private let clock = PeerClock()
    private let admitsBacklog: Bool

    var mailbox: PeerMailbox { mailboxes[0] }
    var post: PeerPost { posts[0] }
    var dispatcher: Dispatcher { house.dispatchers[0] }
    var now: Date { clock.now }

    /// Runs a shop for the duration of `body` and then makes the checks that hold after every trouble.
    static func with(
        _ setup: Setup = Setup(),
        mailboxes: [PeerMailbox] = [PeerMailbox()],
        posts: [PeerPost] = [PeerPost()],
        _ body: (PeerShop) async throws -> Void
    ) async throws {
        let shop = try await PeerShop(setup, mailboxes, posts)
        defer { for server in shop.servers { server.stop() } }
        try await body(shop)
        try await shop.checkBooks()
        shop.checkLetters()
        shop.checkLog()
        for server in shop.servers { #expect(server.complaints.isEmpty) }
    }

    private init(_ setup: Setup, _ mailboxes: [PeerMailbox], _ posts: [PeerPost]) async throws {
        // The first test to come trains the model, before any server's time runs.
        let playbook = try SharedPlaybook.playbook.get()
        folder = try TemporaryFolder()
        self.mailboxes = mailboxes
        self.posts = posts
        let lifetime = Duration.seconds(60)
        let imap = try mailboxes.map { mailbox in
            try ScriptedServer(lifetime: lifetime) { try mailbox.talk(on: $0) }
        }
        let smtp = try posts.map { post in try ScriptedServer(lifetime: lifetime) { try post.talk(on: $0) } }
        servers = imap + smtp
        admitsBacklog = setup.backlog == "admit"
        var lines = [
            "shop: Teeladen Nord", "language: en", "time_zone: Europe/Berlin", "mode: send",
            "hold: \(setup.hold)",
            "limits: {per_address_and_day: 3, per_day: 5000}",
            "teams: {service: \(Self.team)}", "default_team: service",
            "orders: {file: orders.jsonl, numbers: ['2026-\\d{4,6}']}", "mailboxes:",
        ]
        for (index, name) in Self.names.prefix(mailboxes.count).enumerated() {
            let login = setup.logsInToSend ? ", user: shop, credential: smtp-password" : ""
            lines += [
                "  \(name):", "    address: \(name)@shop.example", "    backlog: \(setup.backlog)",
                "    imap: {host: 127.0.0.1, port: \(imap[index].port), security: none, user: shop, "
                    + "credential: mail-password}",
                "    smtp: {host: 127.0.0.1, port: \(smtp[index].port), security: none\(login)}",
            ]
        }
        try folder.write(PeerMailbox.password, to: "credentials/mail-password")
        try folder.write(PeerMailbox.password, to: "credentials/smtp-password")
        try folder.write(
            (1...Customer.count).map { Customer($0).order }.joined(separator: "\n") + "\n",
            to: "orders.jsonl"
        )
        let box = ComplaintBox()
        let source = SourceText(name: "settings.yaml", text: lines.joined(separator: "\n") + "\n")
        let settings = try #require(
            SettingsReader(folder: folder.path, box: box).read(source),
            "\(box.complaints)"
        )
        ledger = try Ledger(at: folder.path("ledger.sqlite"))
        if !setup.isFirstContact {
            for account in settings.accounts {
                try await ledger.admit(
                    [],
                    checkpoint: Checkpoint(
                        mailbox: account.mailbox.name,
                        folder: "INBOX",
                        role: .inbox,
                        validity: 7,
                        firstUID: 1,
                        lastUID: 0
                    ),
                    now: PeerClock.start
                )
            }
        }
        var couriers: [String: any Courier] = [:]
        if let limits = setup.limits {
            for (name, server) in zip(Self.names, smtp) {
                couriers[name] = SMTPCourier(
                    endpoint: .init(.smtp, host: "127.0.0.1", port: server.port, security: .none),
                    name: "shop.example",
                    limits: limits
                )
            }
        }
        house = House(
            settings: settings,
            playbook: playbook,
            ledger: ledger,
            credentials: Credentials(environment: [:], settings: folder.path),
            events: EventLog(log.logger),
            couriers: couriers,
            adjusting: { options in
                options.pollInterval = .milliseconds(10)
                options.idleRenewal = .milliseconds(20)
                options.reportInterval = .zero
                options.pauses.first = .milliseconds(5)
                options.pauses.login = .milliseconds(5)
                options.pauses.throttled = .milliseconds(5)
                options.pauses.message = .milliseconds(5)
                options.pauses.longest = .milliseconds(10)
                options.patience.farewell = .milliseconds(100)
                setup.adjust(&options)
            },
            now: { [clock] in clock.now }
        )
    }
}

// MARK: - Doing

extension PeerShop {
    /// A customer writes to a mailbox of the shop.
    func ask(_ customer: Int, _ question: Customer.Question = .parcel, at index: Int = 0) {
        mailboxes[index].deliver(Customer(customer).mail(question, to: Self.names[index], at: now), at: now)
    }

    /// Lets the time pass at once.
    func wait(until date: Date) { clock.set(max(date, now)) }

    /// Lets the time pass at once.
    func wait(_ seconds: TimeInterval) { clock.set(now.addingTimeInterval(seconds)) }

    /// Watches the mailboxes until the ledger has so many messages, and decides about them; sends nothing.
    func takeIn(_ count: Int) async throws {
        try await house.feed?.refresh()
        try await watching {
            try await eventually("message \(count) in the ledger", within: .seconds(20)) { () -> Bool? in
                try await ledger.books().total >= count ? true : nil
            }
        }
        try await house.pipeline.concludeOpen()
    }

    /// Watches the mailboxes for the duration of `body`, and does nothing else.
    func watching(_ body: () async throws -> Void) async throws {
        try await during(body) { [house] in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for source in house.sources { group.addTask { try await source.watch(for: house.desk) } }
                try await group.waitForAll()
            }
        }
    }

    /// Runs the service for the duration of `body`.
    func running(_ body: () async throws -> Void) async throws {
        try await during(body) { [house] in try await house.supervisor.run() }
    }

    private func during(
        _ body: () async throws -> Void,
        _ work: @escaping @Sendable () async throws -> Void
    ) async throws {
        let task = Task { try await work() }
        let result: Result<Void, any Error>
        do {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        task.cancel()
        try await task.value
        try result.get()
    }

    /// Waits until so many messages have an outcome and nothing waits in the outbox.
    func settled(_ count: Int) async throws {
        try await eventually("\(count) settled messages", within: .seconds(20)) { () -> Bool? in
            let books = try await ledger.books()
            let outbox = try await ledger.outboxCounts()
            let isQuiet = outbox["waiting", default: 0] + outbox["claimed", default: 0] == 0
            return books.total >= count && books.open == 0 && isQuiet ? true : nil
        }
    }

    /// Tries what is due, again and again at the time the outbox names, until nothing waits.
    ///
    /// - Returns: The moments at which something was tried.
    @discardableResult
    func settleInTime(atMost rounds: Int = 20) async throws -> [Date] {
        var moments = [now]
        try await house.settleAll()
        while let due = try await dispatcher.nextDue(), moments.count < rounds {
            wait(until: due)
            moments.append(now)
            try await house.settleAll()
        }
        return moments
    }

    // MARK: Asking

    /// The outbox's line about an effect such as `m1.answer`.
    func entry(_ key: String) async throws -> OutboxEntry? {
        try await ledger.outbox(all: true).first { $0.key == key }
    }

    /// What has become of the first mailbox's messages, by UID; without those that are open.
    func outcomes() async throws -> [UInt32: Outcome] {
        try await ledger.outcomes(mailbox: "support", folder: "INBOX").compactMapValues { $0 }
    }

    /// What a customer got, and the team got about that customer's question.
    func letters(to recipient: String, about customer: Int) -> [PeerPost.Received] {
        let id = Customer(customer).messageID
        return posts.flatMap(\.received).filter {
            $0.recipient == recipient && $0.message.references.contains(id)
        }
    }
}

// MARK: - What holds after every trouble

extension PeerShop {
    /// The books balance: every UID has exactly one outcome, and nothing is left half done.
    private func checkBooks() async throws {
        let books = try await ledger.books()
        #expect(books.open == 0, "every message is decided")
        var seen = 0
        for (name, mailbox) in zip(Self.names, mailboxes) {
            for (folder, box) in mailbox.now.folders {
                let outcomes = try await ledger.outcomes(mailbox: name, folder: folder)
                let checkpoint = try await ledger.checkpoint(mailbox: name, folder: folder)
                let first = admitsBacklog ? 1 : checkpoint?.firstUID ?? .max
                #expect(
                    Set(outcomes.keys) == Set(box.mails.map(\.uid).filter { $0 >= first }),
                    "\(name)/\(folder)"
                )
                #expect(outcomes.values.allSatisfy { $0 != nil })
                seen += outcomes.count
            }
        }
        #expect(books.total == seen, "the sums are those of the servers")
        let outbox = try await ledger.outboxCounts()
        #expect(
            outbox.keys.filter { ["waiting", "claimed", "held"].contains($0) }.isEmpty,
            "nothing is half done"
        )
    }

    /// No customer got two letters, nobody got none, and copies for the team are known as such.
    private func checkLetters() {
        for customer in 1...Customer.count {
            let asked = mailboxes.flatMap { $0.now.folders["INBOX"]?.mails ?? [] }
                .contains {
                    $0.raw.contains("<\(Customer(customer).messageID)>") && !$0.raw.contains("X-Old:")
                }
            let answers = letters(to: Customer(customer).address, about: customer)
            let forwards = letters(to: Self.team, about: customer)
            // Unanswered: it may have arrived, and counts as if it had.
            #expect(answers.count { $0.isAccepted || !$0.isAnswered } <= (asked ? 1 : 0))
            #expect(
                Set(forwards.map(\.raw)).count <= 1,
                "copies are the same letter under the same Message-ID"
            )
            #expect(forwards.count(where: \.isAccepted) <= 1)
            guard asked else { continue }
            let ends = answers.count(where: \.isAccepted) + forwards.count(where: \.isAccepted)
            #expect(ends == 1, "customer \(customer) is answered, or a person has the message")
        }
    }

    /// The log says nothing about a customer, and no secret.
    private func checkLog() {
        let forbidden = Customer.marks + [PeerMailbox.password, "@"]
        for line in log.lines {
            for word in forbidden where line.lowercased().contains(word.lowercased()) {
                Issue.record("the log says `\(word)`: \(line)")
            }
        }
    }
}
