// SPDX-License-Identifier: MIT

import Foundation
import Glibc

/// A Postfix with a configuration, a queue and ports of its own, in the foreground.
///
/// It accepts every recipient of every domain from loopback and hands all of it to Dovecot's LMTP; there is no
/// transport that leads out of the machine, and it never asks the DNS. Where an *address* is not ASCII, it
/// uses `doveadm save` instead, because Dovecot 2.3's LMTP has no SMTPUTF8; a letter with ASCII addresses and
/// raw UTF-8 in its own header, sent with SMTPUTF8, bounces for that reason.
///
/// It announces PIPELINING, CHUNKING, 8BITMIME, SMTPUTF8, SIZE 52428800, DSN, STARTTLS and AUTH PLAIN LOGIN.
struct PostfixServer: Sendable {
    /// Holds the configuration, the queue and the log.
    let folder: TemporaryFolder
    /// SMTP; login and STARTTLS are offered, not demanded.
    let smtpPort: Int
    /// Submission: STARTTLS and login are demanded (RFC 6409).
    let submissionPort: Int
    /// Submission over TLS; login is demanded (RFC 8314).
    let submissionsPort: Int

    /// What Postfix has logged.
    var logFile: String { folder.path("postfix/postfix.log") }
    private var configFolder: String { folder.path("postfix/etc") }
    private var queueFolder: String { folder.path("postfix/queue") }

    /// Where Debian has Postfix's daemons; `nil` where they are not installed.
    static var daemonFolder: String? {
        ["/usr/lib/postfix/sbin", "/usr/libexec/postfix"].first { access("\($0)/master", X_OK) == 0 }
    }

    /// Writes the configuration and makes the queue.
    ///
    /// - Parameters:
    ///   - dovecot: Where the mail goes and passwords are checked.
    ///   - certificates: For TLS.
    /// - Throws: The system's reason, or that Postfix or its users are not installed.
    init(deliveringTo dovecot: DovecotServer, certificates: Certificates) throws {
        guard
            let daemonFolder = Self.daemonFolder, let user = getpwnam("postfix"),
            let group = getgrnam("postdrop")
        else { throw ChildProcess.Failure(description: "Postfix is not installed") }
        folder = dovecot.folder
        smtpPort = FreePort.pick()
        submissionPort = FreePort.pick()
        submissionsPort = FreePort.pick()
        try makeQueue(owner: user.pointee.pw_uid, dropGroup: group.pointee.gr_gid)
        let configuration = mainConfiguration(dovecot, certificates, daemonFolder: daemonFolder)
        let file = try folder.write(configuration, to: "postfix/etc/main.cf")
        // Postfix reads `main.cf` again and again until it is more than a second old.
        let past = timeval(tv_sec: time(nil) - 60, tv_usec: 0)
        utimes(file, [past, past])
        try folder.write(masterConfiguration(dovecot, listening: true), to: "postfix/etc/master.cf")
    }

    /// Starts the server, without waiting for it.
    ///
    /// - Returns: The master process.
    /// - Throws: When it cannot be started.
    func launch() throws -> ChildProcess {
        // `-d`: stays in the foreground.
        try ChildProcess("\(Self.daemonFolder ?? "")/master", ["-d", "-c", configFolder])
    }

    /// Waits until it greets.
    ///
    /// - Parameter master: The process that was launched.
    /// - Throws: With the log's last lines when it ended or did not greet in time.
    func waitUntilReady(_ master: ChildProcess) async throws {
        try await master.waitForGreeting(folder.name, onPort: smtpPort, logFile: logFile)
    }

    /// Closes or opens the SMTP ports while the queue goes on being delivered.
    ///
    /// - Parameters:
    ///   - listening: Whether connections are accepted afterwards.
    ///   - master: The running server.
    ///   - dovecot: Where the mail goes.
    /// - Throws: When the ports did not follow in time.
    func listen(_ listening: Bool, master: ChildProcess, dovecot: DovecotServer) async throws {
        try folder.write(masterConfiguration(dovecot, listening: listening), to: "postfix/etc/master.cf")
        master.send(SIGHUP)
        for port in [smtpPort, submissionPort, submissionsPort] {
            try await eventually("port \(port) \(listening ? "open" : "closed")", within: .seconds(10)) {
                LoopbackConnection.isAccepted(onPort: port) == listening ? true : nil
            }
        }
    }

    /// Takes back the minute's rest that Postfix gives to mails which were on their way during a reload.
    ///
    /// The new queue manager finds such a mail locked by the old one's helper ("skipped, still being
    /// delivered") and dates its file a minute ahead, whatever the configured back-off is.
    func hurry() {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: "\(queueFolder)/incoming")) ?? []
        for file in files {
            let path = "\(queueFolder)/incoming/\(file)"
            var status = stat()
            guard stat(path, &status) == 0, status.st_mtim.tv_sec > time(nil) else { continue }
            utimes(path, nil)
        }
    }

    // As `postfix set-permissions` would, which knows no other folder than the installed one.
    private func makeQueue(owner: uid_t, dropGroup: gid_t) throws {
        let inside: [(String, mode_t, uid_t, gid_t)] =
            [
                "active", "bounce", "corrupt", "defer", "deferred", "flush", "hold", "incoming", "private",
                "saved", "trace",
            ].map { ($0, 0o700, owner, 0) } + [
                ("maildrop", 0o730, owner, dropGroup), ("public", 0o710, owner, dropGroup),
                ("pid", 0o755, 0, 0), ("../data", 0o700, owner, 0),
            ]
        try FileManager.default.createDirectory(atPath: queueFolder, withIntermediateDirectories: true)
        for (name, mode, owner, group) in inside {
            let path = "\(queueFolder)/\(name)"
            guard mkdir(path, mode) == 0, chown(path, owner, group) == 0, chmod(path, mode) == 0 else {
                throw ChildProcess.Failure(description: "\(path): \(String(cString: strerror(errno)))")
            }
        }
    }

    private func mainConfiguration(
        _ dovecot: DovecotServer,
        _ certificates: Certificates,
        daemonFolder: String
    ) -> String {
        """
        compatibility_level = 3.6
        queue_directory = \(queueFolder)
        data_directory = \(folder.path("postfix/data"))
        daemon_directory = \(daemonFolder)
        command_directory = /usr/sbin
        mail_owner = postfix
        setgid_group = postdrop
        default_privs = \(MailOwner.name)
        maillog_file = \(logFile)
        maillog_file_prefixes = \(folder.path)

        inet_interfaces = 127.0.0.1
        inet_protocols = ipv4
        mynetworks = 127.0.0.0/8
        disable_dns_lookups = yes
        smtp_host_lookup = native
        smtpd_peername_lookup = no
        smtpd_banner = $myhostname ESMTP \(folder.name)
        myhostname = mail.\(MailServers.domain)
        mydomain = \(MailServers.domain)
        myorigin = \(MailServers.domain)
        mydestination =
        local_recipient_maps =
        alias_maps =
        alias_database =
        recipient_delimiter = +

        default_transport = lmtp:unix:\(dovecot.lmtpSocket)
        local_transport = $default_transport
        virtual_transport = $default_transport
        relay_transport = $default_transport
        transport_maps = regexp:{{/[^[:cntrl:][:print:]]/ save:}}
        sender_dependent_default_transport_maps = regexp:{{/[^[:cntrl:][:print:]]/ save:}}

        smtpd_relay_restrictions = permit_mynetworks, reject
        smtpd_recipient_restrictions =
        smtpd_client_connection_count_limit = 0
        smtpd_error_sleep_time = 0
        message_size_limit = 52428800
        mailbox_size_limit = 0
        smtputf8_enable = yes
        notify_classes =
        in_flow_delay = 0
        queue_run_delay = 1s
        minimal_backoff_time = 1s
        maximal_backoff_time = 2s

        smtpd_tls_security_level = may
        smtpd_tls_chain_files = \(certificates.keyFile), \(certificates.certificateFile)
        smtpd_sasl_auth_enable = yes
        smtpd_sasl_type = dovecot
        smtpd_sasl_path = \(dovecot.authSocket)
        smtpd_sasl_security_options = noanonymous

        """
    }

    private func masterConfiguration(_ dovecot: DovecotServer, listening: Bool) -> String {
        let login = "-o smtpd_relay_restrictions=permit_sasl_authenticated,reject"
        let ports = """
            127.0.0.1:\(smtpPort) inet n - n - - smtpd
            127.0.0.1:\(submissionPort) inet n - n - - smtpd -o smtpd_tls_security_level=encrypt \(login)
            127.0.0.1:\(submissionsPort) inet n - n - - smtpd -o smtpd_tls_wrappermode=yes \(login)

            """
        return (listening ? ports : "") + """
            pickup unix n - n 60 1 pickup
            cleanup unix n - n - 0 cleanup
            qmgr unix n - n 1 1 qmgr
            tlsmgr unix - - n 1000? 1 tlsmgr
            rewrite unix - - n - - trivial-rewrite
            bounce unix - - n - 0 bounce
            defer unix - - n - 0 bounce
            trace unix - - n - 0 bounce
            proxymap unix - - n - - proxymap
            showq unix n - n - - showq
            error unix - - n - - error
            retry unix - - n - - error
            lmtp unix - - n - - lmtp
            anvil unix - - n - 1 anvil
            scache unix - - n - 1 scache
            postlog unix-dgram n - n - 1 postlogd
            save unix - n n - - pipe flags=DR user=\(MailOwner.name)
              argv=\(ChildProcess.find("doveadm") ?? "") -c \(dovecot.configFile) save -u ${user}@${domain}

            """
    }
}

extension ChildProcess {
    /// Waits until a server greets by its name; another one may have the port.
    ///
    /// - Throws: ``EndedEarly``, or after ten seconds another error, with the log's last lines.
    func waitForGreeting(_ name: String, onPort port: Int, logFile: String) async throws {
        do {
            try await eventually("a greeting on port \(port)", within: .seconds(10)) {
                if self.ending != nil { throw EndedEarly() }
                return try await onOwnThread { () -> Bool? in
                    let connection = try? LoopbackConnection(port: port, seconds: 1)
                    let greeting = try? connection?.line()
                    return greeting?.contains(name) == true ? true : nil
                }
            }
        } catch {
            let log = FileManager.default.contents(atPath: logFile) ?? Data()
            let words = String(decoding: log.suffix(1_000) + standardError, as: UTF8.self)
            if error is EndedEarly { throw EndedEarly(description: "\(executable) ended: \(words)") }
            throw Failure(description: "\(error): \(words)")
        }
    }
}

/// A server ended instead of greeting; the usual reason is a port that somebody else has taken.
struct EndedEarly: Error, CustomStringConvertible {
    /// Its last words; Postfix has none where it could not have a port.
    var description = ""
}
