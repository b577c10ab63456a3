// SPDX-License-Identifier: MIT

/// Configurations for the programs whose speed ours is compared with.
extension MailServers {
    /// The Debian packages of these programs.
    package static let peerPackages = ["isync", "dovecot-sieve"]

    /// A configuration for `mbsync` that fetches a folder of one mailbox over TLS.
    ///
    /// Run `mbsync -c FILE fetch`.
    ///
    /// - Parameters:
    ///   - address: Whose mailbox.
    ///   - folder: Which folder.
    ///   - target: An existing local folder, by its absolute path: mails come into its `INBOX`, a Maildir,
    ///     the cursor beside it.
    ///   - sync: Whether `mbsync` forces each mail to the disk, as its default is.
    /// - Returns: The text for the configuration file.
    package func mbsyncConfig(
        address: String,
        folder: String = "INBOX",
        target: String,
        sync: Bool
    ) -> String {
        // mbsync 1.4 compares the certificate with host names only, hence `localhost`. Blank lines end
        // sections.
        """
        FSync \(sync ? "yes" : "no")

        IMAPAccount server
        Host localhost
        Port \(imapsPort)
        User \(address)
        Pass \(MailServers.password)
        SSLType IMAPS
        SystemCertificates no
        CertificateFile \(caFile)
        AuthMechs PLAIN

        IMAPStore remote
        Account server

        MaildirStore local
        Path \(target)/
        Inbox \(target)/INBOX

        Channel fetch
        Far ":remote:\(folder)"
        Near :local:INBOX
        Create Near
        Sync Pull New
        SyncState \(target)/

        """
    }

    /// A configuration for `sieve-filter` over a Maildir without a running server.
    ///
    /// Run `sieve-filter -c FILE -e -W SCRIPT INBOX`; ``mailUser`` must own the Maildir, the home and the
    /// script's folder (the compiled script is put beside it).
    ///
    /// - Parameters:
    ///   - maildir: The absolute path of the folder with `cur`, `new` and `tmp`.
    ///   - home: An absolute path of a folder for the program's own files.
    /// - Returns: The text for the configuration file.
    /// - Throws: When ``mailUser`` does not exist.
    package static func sieveFilterConfig(maildir: String, home: String) throws -> String {
        let owner = try MailOwner()
        return """
            base_dir = \(home)/run
            state_dir = \(home)/state
            log_path = /dev/stderr
            ssl = no
            mail_uid = \(owner.user)
            mail_gid = \(owner.group)
            first_valid_uid = 1
            mail_home = \(home)
            mail_location = maildir:\(maildir):LAYOUT=fs
            mail_fsync = never
            namespace inbox {
              inbox = yes
              separator = /
            }

            """
    }

    /// The system user who owns the mail on the disk.
    package static var mailUser: String { MailOwner.name }
}
