// SPDX-License-Identifier: MIT
package import FoundationEssentials
package import Wire

extension IMAPSource {
    /// What an account is, and how much and how patiently its server is asked.
    package struct Options: Sendable {
        /// The mailbox's name in the settings.
        package var mailbox: String
        /// The IMAP server.
        package var endpoint: Endpoint
        /// Gives user and secret anew for each connection, since tokens change; `nil` where no login is
        /// needed.
        ///
        /// What it throws is told to the desk and tried again later; its words must not hold the secret.
        package var login: @Sendable () throws -> Login?
        /// The folder where customers' mail arrives.
        package var inbox = "INBOX"
        /// Sent folders besides those the server announces as such or that have a well-known name.
        package var sentFolders: [String] = []
        /// Whether Sent folders are watched at all, by a second connection.
        package var watchesSent = true
        /// What becomes of messages that were there before the first look.
        package var backlog = Backlog.ignore
        /// The size in bytes above which only ``excerpt`` of a message is fetched.
        package var sizeLimit = 25 << 20
        /// How many bytes of the text of such a message are fetched, besides its header.
        package var excerpt: UInt32 = 64 << 10
        /// How much is asked for with one command.
        package var window = Window()
        /// How often a server is asked for news that does not tell them by itself.
        package var pollInterval = Duration.seconds(60)
        /// How long one IDLE lasts; then the server is asked all the same.
        package var idleRenewal = Duration.seconds(300)
        /// How often the whole list of UIDs is compared with the ledger.
        package var comparison = Duration.seconds(600)
        /// How long a server may be silent.
        package var patience = Patience()
        /// How long is waited before trying again.
        package var pauses = Pauses()
        /// How often an unchanged state is told to the desk again.
        package var reportInterval = Duration.seconds(60)
        /// The time, for messages whose arrival the server does not tell.
        package var now: @Sendable () -> Date = { Date.now }
        /// Waits before a new connection.
        package var sleep: @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) }
        /// A number of 0 to below 1 that spreads reconnections.
        package var random: @Sendable () -> Double = { Double.random(in: 0..<1) }

        /// An account with the usual patience.
        package init(
            mailbox: String,
            endpoint: Endpoint,
            login: @escaping @Sendable () throws -> Login? = { nil }
        ) {
            self.mailbox = mailbox
            self.endpoint = endpoint
            self.login = login
        }
    }

    /// What becomes of messages that were in a folder before the first look at it.
    package enum Backlog: Sendable, Hashable {
        /// They are never fetched.
        case ignore
        /// They are admitted as backlog, after whatever is new.
        case admit
    }

    /// How much is asked for with one `UID FETCH`; two such commands are under way at a time.
    package struct Window: Sendable, Hashable {
        /// Messages at most; they are admitted in one transaction.
        package var messages = 200
        /// Bytes at most, by the sizes the server states; a larger message goes alone.
        package var bytes = 8 << 20

        /// 200 messages, 8 MB.
        package init() {}
    }

    /// How long a server may take.
    package struct Patience: Sendable, Hashable {
        /// For name look-up, connection, TLS and login together.
        package var connecting = Duration.seconds(30)
        /// Between two signs of life while an answer is due.
        package var silence = Duration.seconds(60)
        /// For a whole answer, however lively it comes.
        package var answer = Duration.seconds(900)
        /// For the good-bye when the watch is cancelled.
        package var farewell = Duration.milliseconds(500)

        /// 30 s, 60 s, 15 min, 0.5 s.
        package init() {}
    }

    /// The first of each kind of pause; each further one is twice as long, up to ``longest``.
    package struct Pauses: Sendable, Hashable {
        /// After a lost connection, and whatever has no pause of its own.
        package var first = Duration.seconds(1)
        /// After a refused login.
        package var login = Duration.seconds(30)
        /// After the server has said that it is asked too much.
        package var throttled = Duration.seconds(120)
        /// After a message that was asked for alone did not come.
        package var message = Duration.seconds(60)
        /// What doubling never exceeds.
        package var longest = Duration.seconds(300)
        /// How long a connection must have held for the pauses to begin anew.
        package var steady = Duration.seconds(60)

        /// 1 s, 30 s, 120 s, 60 s, up to 300 s; anew after 60 s.
        package init() {}
    }
}
