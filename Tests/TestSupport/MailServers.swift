// SPDX-License-Identifier: MIT

import Glibc
import Synchronization

/// A real IMAP server and a real SMTP server for tests: Dovecot, and Postfix that delivers into it.
///
/// Both run on loopback ports of their own, with fresh TLS certificates, in a temporary folder. Every address
/// of every domain is a mailbox, with ``password``. Starting takes a fraction of a second; most suites use
/// ``shared()``, a test that takes a server down starts its own. Whatever becomes of the test process, the
/// servers end and the folder goes with it (``ProcessGuard``).
///
/// Needs root and the Debian packages ``packages``; ``unavailable`` says what is missing:
///
/// ```swift
/// @Suite("…", .enabled(if: MailServers.unavailable == nil, "\(MailServers.unavailable ?? "")"))
/// ```
package final class MailServers: Sendable {
    /// The password of every mailbox.
    package static let password = "geheim-123"
    /// The shop's domain; `support@shop.example` is a mailbox like any other.
    package static let domain = "shop.example"
    /// The Debian packages the servers come from.
    package static let packages = ["dovecot-imapd", "dovecot-lmtpd", "postfix", "openssl"]

    /// The certificate (PEM) that clients must trust; the servers' is for `localhost` and `127.0.0.1`.
    package var caFile: String { certificates.caFile }
    /// IMAP over TLS.
    package var imapsPort: Int { dovecot.imapsPort }
    /// IMAP with STARTTLS; also takes logins without TLS.
    package var imapPort: Int { dovecot.imapPort }
    /// SMTP; also with STARTTLS and AUTH, neither demanded.
    package var smtpPort: Int { postfix.smtpPort }
    /// SMTP that demands STARTTLS and AUTH.
    package var submissionPort: Int { postfix.submissionPort }
    /// SMTP over TLS that demands AUTH.
    package var submissionsPort: Int { postfix.submissionsPort }

    let dovecot: DovecotServer
    let postfix: PostfixServer
    private let certificates: Certificates
    private let running = Mutex(Running())

    private struct Running {
        var dovecot: ChildProcess?
        var postfix: ChildProcess?
    }

    private init(certificates: Certificates, dovecot: DovecotServer, postfix: PostfixServer) {
        self.certificates = certificates
        self.dovecot = dovecot
        self.postfix = postfix
    }

    /// Why the servers cannot be started here; `nil` when they can.
    package static var unavailable: String? {
        let missing =
            ["dovecot", "doveadm", "openssl"].filter { ChildProcess.find($0) == nil }
            + (PostfixServer.daemonFolder == nil ? ["postfix"] : [])
            + (access("/usr/lib/dovecot/lmtp", X_OK) == 0 ? [] : ["dovecot-lmtpd"])
        guard missing.isEmpty else {
            let packages = packages.joined(separator: " ")
            return "\(missing.joined(separator: ", ")) not installed: apt-get install \(packages)"
        }
        return geteuid() == 0 ? nil : "Postfix can be started by root only"
    }

    /// The servers that all suites of this process share; started at the first call.
    ///
    /// - Returns: The running servers.
    /// - Throws: What ``start()`` threw, at every call.
    package static func shared() async throws -> MailServers { try await SharedServers.instance.servers() }

    /// Starts servers of one's own.
    ///
    /// - Returns: The servers, both greeting.
    /// - Throws: An error with the words of the program that would not start.
    package static func start() async throws -> MailServers {
        if let unavailable { throw ChildProcess.Failure(description: unavailable) }
        // Another process may take a port between its choice and its use.
        var triesLeft = 3
        while true {
            triesLeft -= 1
            let folder = try TemporaryFolder(openToAll: true)
            let certificates = try await Certificates.make(in: folder)
            let dovecot = try DovecotServer(in: folder, certificates: certificates)
            let postfix = try PostfixServer(deliveringTo: dovecot, certificates: certificates)
            let servers = MailServers(certificates: certificates, dovecot: dovecot, postfix: postfix)
            do {
                let imap = try dovecot.launch()
                servers.running.withLock { $0.dovecot = imap }
                let smtp = try postfix.launch()
                servers.running.withLock { $0.postfix = smtp }
                try await dovecot.waitUntilReady(imap)
                try await postfix.waitUntilReady(smtp)
                return servers
            } catch {
                try await servers.stop()
                guard triesLeft > 0, error is EndedEarly else { throw error }
            }
        }
    }

    /// Ends both servers at once and waits until no process of theirs is left.
    ///
    /// - Throws: ``WaitedTooLong`` with the id of the session that stayed.
    package func stop() async throws {
        for child in takeAll() { try await Self.end(child) }
    }

    /// The process ids of both servers and all their helpers that run now.
    package var processes: [Int32] {
        running.withLock { [$0.dovecot, $0.postfix].compactMap(\.?.runningSession).flatMap(\.self) }
    }

    /// Makes the SMTP ports refuse connections and cuts the open ones; accepted mail is still delivered.
    ///
    /// Mail that is on its way to Dovecot in this moment may rest for a minute, unless
    /// ``waitUntil(count:of:folder:within:)`` looks for it.
    ///
    /// For servers of one's own, not for ``shared()``.
    ///
    /// - Throws: When the ports stayed open.
    package func smtpGoesDown() async throws { try await listen(false) }

    /// Undoes ``smtpGoesDown()``.
    ///
    /// - Throws: When the ports stayed closed.
    package func smtpComesBack() async throws { try await listen(true) }

    /// Kills Dovecot: open connections are cut, new ones refused.
    ///
    /// For servers of one's own, not for ``shared()``.
    ///
    /// - Throws: ``WaitedTooLong`` when a process of it stayed.
    package func imapGoesDown() async throws {
        guard let child = running.withLock({ $0.dovecot.take() }) else { return }
        try await Self.end(child)
    }

    /// Starts Dovecot again on the same ports with the same mail.
    ///
    /// - Throws: When it did not start.
    package func imapComesBack() async throws {
        let child = try dovecot.launch()
        running.withLock { $0.dovecot = child }
        try await dovecot.waitUntilReady(child)
    }

    /// The last lines of both logs, for the message of a failed test.
    ///
    /// - Parameter characters: How much of each.
    /// - Returns: Dovecot's, then Postfix's.
    package func logs(last characters: Int = 2_000) -> String {
        [dovecot.logFile, postfix.logFile].map { file in
            let log = (try? readFile(file)) ?? []
            return "\(file):\n\(String(decoding: log.suffix(characters), as: UTF8.self))"
        }.joined(separator: "\n")
    }

    private func listen(_ listening: Bool) async throws {
        guard let master = running.withLock({ $0.postfix }) else { return }
        try await postfix.listen(listening, master: master, dovecot: dovecot)
    }

    private func takeAll() -> [ChildProcess] {
        running.withLock { [$0.postfix.take(), $0.dovecot.take()].compactMap(\.self) }
    }

    private static func end(_ child: ChildProcess) async throws {
        child.kill()
        try await child.wait(within: .seconds(5))
        try await eventually("the end of session \(child.pid)", within: .seconds(5)) {
            child.runningSession.isEmpty ? true : nil
        }
    }

    deinit { for child in takeAll() { child.kill() } }
}

private actor SharedServers {
    static let instance = SharedServers()
    private var starting: Task<MailServers, any Error>?

    func servers() async throws -> MailServers {
        let task = starting ?? Task { try await MailServers.start() }
        starting = task
        return try await task.value
    }
}
