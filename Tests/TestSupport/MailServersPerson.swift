// SPDX-License-Identifier: MIT

/// What a person with a mail client, or the mailbox's administrator, does; carried out by `doveadm`.
extension MailServers {
    /// The UIDs in a folder, lowest first.
    ///
    /// - Parameters:
    ///   - address: Whose mailbox.
    ///   - folder: The folder's name.
    /// - Returns: The UIDs; none where there is no such folder.
    /// - Throws: With `doveadm`'s words.
    package func uids(of address: String, folder: String = "INBOX") async throws -> [UInt32] {
        try await flags(of: address, folder: folder).keys.sorted()
    }

    /// The flags and keywords of all mails in a folder.
    ///
    /// - Parameters:
    ///   - address: Whose mailbox.
    ///   - folder: The folder's name.
    /// - Returns: By UID, without `\Recent`; nothing where there is no such folder.
    /// - Throws: With `doveadm`'s words.
    package func flags(of address: String, folder: String = "INBOX") async throws -> [UInt32: Set<String>] {
        let table = try await doveadm(
            ["-f", "tab", "fetch", "-u", address, "uid flags", "mailbox", folder, "ALL"]
        )
        var flags: [UInt32: Set<String>] = [:]
        for line in table.split(separator: "\n").dropFirst() {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard let uid = UInt32(columns[0]) else { continue }
            flags[uid] = Set(columns.dropFirst().joined().split(separator: " ").map(String.init))
            flags[uid]?.remove("\\Recent")
        }
        return flags
    }

    /// Adds flags or keywords to one mail.
    ///
    /// - Parameters:
    ///   - flags: Such as `\Seen` or `Erledigt`.
    ///   - uid: The mail.
    ///   - address: Whose mailbox.
    ///   - folder: The folder's name.
    /// - Throws: With `doveadm`'s words.
    package func addFlags(
        _ flags: Set<String>,
        to uid: UInt32,
        of address: String,
        folder: String = "INBOX"
    ) async throws {
        let list = flags.sorted().joined(separator: " ")
        try await doveadm(["flags", "add", "-u", address, list, "mailbox", folder, "uid", "\(uid)"])
    }

    /// Deletes one mail for good.
    ///
    /// - Parameters:
    ///   - uid: The mail.
    ///   - address: Whose mailbox.
    ///   - folder: The folder's name.
    /// - Throws: With `doveadm`'s words.
    package func expunge(_ uid: UInt32, of address: String, folder: String = "INBOX") async throws {
        try await doveadm(["expunge", "-u", address, "mailbox", folder, "uid", "\(uid)"])
    }

    /// Moves one mail into another folder of the same mailbox.
    ///
    /// - Parameters:
    ///   - uid: The mail.
    ///   - address: Whose mailbox.
    ///   - folder: Where it lies.
    ///   - target: Where it goes; the folder must exist.
    /// - Throws: With `doveadm`'s words.
    package func move(
        _ uid: UInt32,
        of address: String,
        from folder: String = "INBOX",
        to target: String
    ) async throws {
        try await doveadm(["move", "-u", address, target, "mailbox", folder, "uid", "\(uid)"])
    }

    /// Creates and subscribes a folder; nothing happens when it exists.
    ///
    /// - Parameters:
    ///   - folder: Its name, with `/` between levels.
    ///   - address: Whose mailbox.
    /// - Throws: With `doveadm`'s words.
    package func createFolder(_ folder: String, of address: String) async throws {
        try await doveadm(["mailbox", "create", "-s", "-u", address, folder], butFor: "already exists")
    }

    /// Deletes a folder with all in it.
    ///
    /// - Parameters:
    ///   - folder: Its name.
    ///   - address: Whose mailbox.
    /// - Throws: With `doveadm`'s words.
    package func deleteFolder(_ folder: String, of address: String) async throws {
        try await doveadm(["mailbox", "delete", "-s", "-u", address, folder])
    }

    /// Gives a folder another UIDVALIDITY, so that all UIDs known so far mean nothing (RFC 3501 2.3.1.1).
    ///
    /// The mails keep the numbers of their UIDs.
    ///
    /// - Parameters:
    ///   - address: Whose mailbox.
    ///   - folder: The folder's name.
    /// - Returns: The new value, one above the old.
    /// - Throws: With `doveadm`'s words.
    @discardableResult
    package func changeUIDValidity(of address: String, folder: String = "INBOX") async throws -> UInt32 {
        let new = try await uidValidity(of: address, folder: folder) + 1
        try await doveadm(["mailbox", "update", "--uid-validity", "\(new)", "-u", address, folder])
        return new
    }

    /// The UIDVALIDITY of a folder.
    ///
    /// - Parameters:
    ///   - address: Whose mailbox.
    ///   - folder: The folder's name.
    /// - Returns: The value.
    /// - Throws: With `doveadm`'s words.
    package func uidValidity(of address: String, folder: String = "INBOX") async throws -> UInt32 {
        let table = try await doveadm(
            ["-f", "tab", "mailbox", "status", "-u", address, "uidvalidity", folder]
        )
        let value = table.split(separator: "\n").last?.split(separator: "\t").last
        guard let value = value.flatMap({ UInt32($0) }) else {
            throw ChildProcess.Failure(description: "no UIDVALIDITY in \(table)")
        }
        return value
    }

    /// Throws a user's connections out of the IMAP server; nothing happens when there are none.
    ///
    /// - Parameter address: Whose.
    /// - Throws: With `doveadm`'s words.
    package func kick(_ address: String) async throws {
        try await doveadm(["kick", address], butFor: "no users kicked")
    }

    @discardableResult
    private func doveadm(_ arguments: [String], butFor harmless: String? = nil) async throws -> String {
        let output = try await ChildProcess.run("doveadm", ["-c", dovecot.configFile] + arguments)
        if let harmless, (output.errorText + output.text).contains(harmless) { return output.text }
        guard output.succeeded else {
            let command = arguments.joined(separator: " ")
            throw ChildProcess.Failure(description: "doveadm \(command): \(output.errorText)\(output.text)")
        }
        return output.text
    }
}
