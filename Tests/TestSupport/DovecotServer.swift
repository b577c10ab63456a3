// SPDX-License-Identifier: MIT

import Glibc

/// A Dovecot with a configuration, a folder and ports of its own, in the foreground.
///
/// - Every address of every domain has a mailbox as soon as somebody delivers to it or logs in, with
///   ``MailServers/password`` as its password.
/// - Mail lies in Maildir folders, `mail/DOMAIN/LOCALPART` in lower case without the `+detail`, with `/`
///   between folder names and UTF-8 on the disk.
/// - Refused logins are refused at once (a public server would wait longer each time).
///
/// A new mail is announced to `IDLE` half a second after it lies in the mailbox: Dovecot 2.3 collects changes
/// for that time (`NOTIFY_DELAY_MSECS` in its `mailbox-watch.c`) and has no setting for it.
struct DovecotServer: Sendable {
    /// Holds the configuration, the sockets and the mail.
    let folder: TemporaryFolder
    /// IMAP with STARTTLS.
    let imapPort: Int
    /// IMAP over TLS.
    let imapsPort: Int
    /// The owner of the mail on the disk; a user that every Linux system has.
    let owner: MailOwner

    /// `dovecot.conf`, for `doveadm -c`.
    var configFile: String { folder.path("dovecot/dovecot.conf") }
    /// What Dovecot has logged.
    var logFile: String { folder.path("dovecot/dovecot.log") }
    /// Where Postfix hands over the mail.
    var lmtpSocket: String { folder.path("dovecot/run/lmtp") }
    /// Where Postfix has passwords checked.
    var authSocket: String { folder.path("dovecot/run/auth-postfix") }
    /// The folder above the mail of all domains.
    var mailFolder: String { folder.path("mail") }

    /// Writes the configuration.
    ///
    /// - Parameters:
    ///   - folder: Readable by all, so that Dovecot's own users can reach their sockets.
    ///   - certificates: For TLS.
    /// - Throws: The system's reason.
    init(in folder: TemporaryFolder, certificates: Certificates) throws {
        self.folder = folder
        imapPort = FreePort.pick()
        imapsPort = FreePort.pick()
        owner = try MailOwner()
        try folder.write(configuration(certificates), to: "dovecot/dovecot.conf")
        mkdir(mailFolder, 0o755)
        chown(mailFolder, owner.user, owner.group)
    }

    /// Starts the server, without waiting for it.
    ///
    /// - Returns: The master process.
    /// - Throws: When it cannot be started.
    func launch() throws -> ChildProcess { try ChildProcess("dovecot", ["-F", "-c", configFile]) }

    /// Waits until it greets; it has both ports then.
    ///
    /// - Parameter master: The process that was launched.
    /// - Throws: With the log's last lines when it ended or did not greet in time.
    func waitUntilReady(_ master: ChildProcess) async throws {
        try await master.waitForGreeting(folder.name, onPort: imapPort, logFile: logFile)
    }

    private func configuration(_ certificates: Certificates) -> String {
        """
        base_dir = \(folder.path("dovecot/run"))
        state_dir = \(folder.path("dovecot/state"))
        log_path = \(logFile)
        instance_name = poststelle-test
        login_greeting = \(folder.name) ready
        protocols = imap lmtp
        listen = 127.0.0.1

        ssl = yes
        ssl_cert = <\(certificates.certificateFile)
        ssl_key = <\(certificates.keyFile)
        ssl_min_protocol = TLSv1.2
        disable_plaintext_auth = no
        auth_mechanisms = plain login
        auth_username_chars =
        auth_failure_delay = 0

        passdb {
          driver = static
          args = password=\(MailServers.password)
        }
        userdb {
          driver = static
          args = uid=\(owner.user) gid=\(owner.group) home=\(mailFolder)/%Ld/%Ln allow_all_users=yes
        }
        first_valid_uid = 1
        recipient_delimiter = +
        mail_location = maildir:\(mailFolder)/%Ld/%Ln:LAYOUT=fs:UTF-8
        mail_fsync = never
        mail_max_userip_connections = 1000
        mailbox_idle_check_interval = 2 secs

        namespace inbox {
          inbox = yes
          separator = /
          mailbox Sent {
            special_use = \\Sent
            auto = subscribe
          }
          mailbox Drafts {
            special_use = \\Drafts
            auto = subscribe
          }
          mailbox Junk {
            special_use = \\Junk
            auto = subscribe
          }
        }

        protocol lmtp {
          postmaster_address = postmaster@\(MailServers.domain)
        }
        service imap-login {
          inet_listener imap {
            port = \(imapPort)
          }
          inet_listener imaps {
            port = \(imapsPort)
            ssl = yes
          }
          service_count = 0
          process_min_avail = 1
        }
        service lmtp {
          unix_listener lmtp {
            mode = 0666
          }
        }
        service auth {
          unix_listener auth-postfix {
            mode = 0666
          }
          unix_listener auth-userdb {
            mode = 0666
          }
        }
        service stats {
          unix_listener stats-writer {
            mode = 0666
          }
        }
        service anvil {
          unix_listener anvil-auth-penalty {
            mode = 0
          }
        }

        """
    }
}

/// The system user who owns all test mail on the disk.
struct MailOwner: Sendable {
    /// Its name.
    static let name = "nobody"
    /// Its number.
    let user: uid_t
    /// The number of its group.
    let group: gid_t

    init() throws {
        guard let entry = getpwnam(Self.name) else {
            throw ChildProcess.Failure(description: "there is no user `\(Self.name)`")
        }
        user = entry.pointee.pw_uid
        group = entry.pointee.pw_gid
    }
}
