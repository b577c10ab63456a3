// SPDX-License-Identifier: MIT
package import Actions
import Delivery
package import FoundationEssentials
package import Intake
package import Mail
import Shops
package import State
import Wire

/// All rooms plugged together as the settings say.
package struct House: Sendable {
    package let ledger: Ledger
    package let pipeline: Pipeline
    package let dispatchers: [Dispatcher]
    package let sources: [any MessageSource]
    package let feed: OrderFeed?
    package let supervisor: Supervisor
    /// Takes arrivals; for commands that bring a message themselves.
    package let desk: FrontDesk

    /// Builds everything; nothing is connected or read yet.
    ///
    /// - Parameters:
    ///   - settings: What is watched and what it is answered through.
    ///   - playbook: How messages are understood and decided.
    ///   - ledger: The state, opened.
    ///   - credentials: The secrets that the settings name; asked for at each connection.
    ///   - events: The log.
    ///   - filesArrived: When messages out of files count as received; `nil` takes the files' own dates.
    ///   - couriers: Replaces the couriers of the settings by mailbox name, for tests.
    ///   - adjust: Changes how patiently IMAP accounts are watched, for tests.
    ///   - now: The clock of everything but the waiting itself.
    package init(
        settings: Settings,
        playbook: Playbook,
        ledger: Ledger,
        credentials: Credentials,
        events: EventLog,
        filesArrived: Date? = nil,
        couriers: [String: any Courier] = [:],
        adjusting adjust: (inout IMAPSource.Options) -> Void = { _ in },
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.ledger = ledger
        let pipeline = Pipeline(
            ledger: ledger,
            shop: settings.shop,
            playbook: playbook,
            events: events,
            now: now
        )
        self.pipeline = pipeline
        dispatchers = settings.accounts.map { account in
            Dispatcher(
                mailbox: account.mailbox.name,
                pipeline: pipeline,
                courier: couriers[account.mailbox.name] ?? Self.courier(for: account, credentials),
                events: events,
                now: now
            )
        }
        sources = settings.accounts.map { account in
            switch account.source {
            case .folder(let path):
                return FolderSource(mailbox: account.mailbox.name, path: path, arrived: filesArrived)
            case .imap(let server):
                var options = Self.options(for: account, at: server, credentials)
                options.now = now
                adjust(&options)
                return IMAPSource(options)
            }
        }
        feed = settings.ordersFile.map {
            OrderFeed(ledger: ledger, file: OrdersFile(path: $0), events: events)
        }
        supervisor = Supervisor(
            pipeline: pipeline,
            sources: sources,
            dispatchers: dispatchers,
            feed: feed,
            keepsRaw: settings.keepsRaw,
            events: events,
            now: now
        )
        desk = FrontDesk(ledger: ledger, bell: Bell(), events: events, now: now)
    }

    private static func courier(for account: Settings.Account, _ credentials: Credentials) -> any Courier {
        switch account.sender {
        case .folder(let path):
            return FolderCourier(folder: path)
        case .smtp(let server):
            let domain = account.mailbox.addresses[0].split(separator: "@").last.map(String.init)
            return SMTPCourier(
                endpoint: server.endpoint,
                login: login(server, credentials),
                name: server.endpoint.clientName ?? domain ?? "localhost"
            )
        }
    }

    private static func options(
        for account: Settings.Account,
        at server: Settings.Server,
        _ credentials: Credentials
    ) -> IMAPSource.Options {
        let login = login(server, credentials)
        var options = IMAPSource.Options(mailbox: account.mailbox.name, endpoint: server.endpoint) {
            try login?()
        }
        options.sentFolders = account.sentFolders
        options.backlog = account.admitsBacklog ? .admit : .ignore
        return options
    }

    /// Asked anew for each connection, so that a changed password counts at the next one.
    private static func login(
        _ server: Settings.Server,
        _ credentials: Credentials
    ) -> (@Sendable () throws -> Login)? {
        guard let user = server.user, let name = server.credential else { return nil }
        return { Login(user: user, secret: .password(try credentials.secret(name))) }
    }

    /// Takes in all sources that end, decides, and tries every letter that is due: one round without waiting.
    ///
    /// For demonstrations and tests; the service runs ``supervisor`` instead.
    package func runOnce() async throws {
        try await supervisor.recover()
        try await feed?.refresh()
        for source in sources { try await source.watch(for: desk) }
        try await settleAll()
    }

    /// Decides what is open and tries every letter that is due.
    package func settleAll() async throws {
        try await pipeline.concludeOpen()
        for dispatcher in dispatchers { try await dispatcher.dispatchDue() }
    }
}
