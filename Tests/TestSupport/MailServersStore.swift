// SPDX-License-Identifier: MIT

package import Foundation
import Glibc
import Synchronization

/// The mail in the mailboxes, seen and changed past the protocols.
///
/// They use the Maildir files, so that they are fast and change nothing; all that needs UIDs is in the next
/// file and uses `doveadm`, which acts like a mail client (afterwards no mail is `\Recent`).
extension MailServers {
    /// Puts a mail into a mailbox as it is, as if it had arrived.
    ///
    /// Line endings do not survive: Maildir files have LF, and IMAP serves CRLF for each.
    ///
    /// - Parameters:
    ///   - raw: The whole mail.
    ///   - address: Whose mailbox.
    ///   - folder: The folder's name; it is created where it does not exist.
    ///   - flags: System flags such as `\Seen`; keywords are set by ``addFlags(_:to:of:folder:)``.
    ///   - date: The INTERNALDATE; `nil` is now.
    /// - Throws: The system's reason.
    package func deliver(
        _ raw: [UInt8],
        to address: String,
        folder: String = "INBOX",
        flags: Set<String> = [],
        date: Date? = nil
    ) async throws {
        try await deliverMany([raw], to: address, folder: folder, flags: flags, date: date)
    }

    /// Puts a mail into a mailbox as it is, as if it had arrived.
    ///
    /// - Parameters:
    ///   - raw: The whole mail.
    ///   - address: Whose mailbox.
    ///   - folder: The folder's name; it is created where it does not exist.
    ///   - flags: System flags such as `\Seen`.
    ///   - date: The INTERNALDATE; `nil` is now.
    /// - Throws: The system's reason.
    package func deliver(
        _ raw: String,
        to address: String,
        folder: String = "INBOX",
        flags: Set<String> = [],
        date: Date? = nil
    ) async throws {
        try await deliver(Array(raw.utf8), to: address, folder: folder, flags: flags, date: date)
    }

    /// Puts many mails into a mailbox, 5,000 to 25,000 in a second; their UIDs have the order given.
    ///
    /// - Parameters:
    ///   - mails: Whole mails.
    ///   - address: Whose mailbox.
    ///   - folder: The folder's name; it is created where it does not exist.
    ///   - flags: System flags such as `\Seen`, for all of them.
    ///   - date: The INTERNALDATE of all; `nil` is now.
    /// - Throws: The system's reason.
    package func deliverMany(
        _ mails: [[UInt8]],
        to address: String,
        folder: String = "INBOX",
        flags: Set<String> = [],
        date: Date? = nil
    ) async throws {
        let letters = try flags.map { flag in
            guard let letter = maildirLetters[flag] else {
                throw ChildProcess.Failure(description: "`\(flag)` is no system flag: use addFlags")
            }
            return letter
        }.sorted()
        let path = maildir(address, folder)
        // The new mailbox of an address is made by hand (10,000 customers), a folder inside by Dovecot.
        if folder != "INBOX", access("\(path)/cur", F_OK) != 0 {
            try await createFolder(folder, of: address)
        }
        let owner = dovecot.owner
        try await onOwnThread {
            try makeMaildir(path, owner: owner)
            for mail in mails {
                let stored = MaildirFile(mail)
                let suffix = letters.isEmpty ? "" : ":2,\(letters.joined())"
                let temporary = "\(path)/tmp/\(stored.name)"
                try stored.write(to: temporary, owner: owner, date: date)
                let place = letters.isEmpty ? "new" : "cur"
                guard rename(temporary, "\(path)/\(place)/\(stored.name)\(suffix)") == 0 else {
                    throw systemFailure(temporary)
                }
            }
        }
    }

    /// All mails of a folder with CRLF line endings, oldest UID first.
    ///
    /// Those that Dovecot has not given a UID yet come last, in the order of their arrival.
    ///
    /// - Parameters:
    ///   - address: Whose mailbox; it need not exist.
    ///   - folder: The folder's name.
    /// - Returns: Whole mails, delivery headers included.
    /// - Throws: The system's reason.
    package func mails(of address: String, folder: String = "INBOX") async throws -> [[UInt8]] {
        let path = maildir(address, folder)
        return try await onOwnThread {
            // A file is renamed when its flags change; then the list is made again.
            for _ in 0..<50 {
                let files = maildirFiles(path)
                let mails = files.compactMap { try? readFile($0) }
                if mails.count == files.count { return mails.map(withCRLF) }
            }
            throw ChildProcess.Failure(description: "\(path) does not hold still")
        }
    }

    /// How many mails lie in a folder.
    ///
    /// - Parameters:
    ///   - address: Whose mailbox; it need not exist.
    ///   - folder: The folder's name.
    /// - Returns: The number; expunged mails do not count.
    package func count(of address: String, folder: String = "INBOX") -> Int {
        maildirPlaces(maildir(address, folder)).count
    }

    /// Waits until a folder holds at least `count` mails.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - address: Whose mailbox; it need not exist yet.
    ///   - folder: The folder's name.
    ///   - limit: How long to wait.
    /// - Returns: All mails of the folder, as ``mails(of:folder:)`` gives them.
    /// - Throws: ``WaitedTooLong`` with the last lines of the logs.
    @discardableResult
    package func waitUntil(
        count: Int,
        of address: String,
        folder: String = "INBOX",
        within limit: Duration = .seconds(10)
    ) async throws -> [[UInt8]] {
        do {
            try await eventually("mail \(count) in \(folder) of \(address)", within: limit) {
                self.postfix.hurry()
                return self.count(of: address, folder: folder) >= count ? true : nil
            }
        } catch let error as WaitedTooLong {
            let there = self.count(of: address, folder: folder)
            throw WaitedTooLong(what: "\(error.what) (\(there) there)\n\(logs())\n", limit: limit)
        }
        return try await mails(of: address, folder: folder)
    }

    /// All addresses that have a mailbox on the disk: those that mail was delivered to, or that logged in.
    ///
    /// - Returns: In lower case and without `+detail`, sorted.
    package func addresses() -> [String] {
        let files = FileManager.default
        let domains = (try? files.contentsOfDirectory(atPath: dovecot.mailFolder)) ?? []
        return domains.flatMap { domain in
            let names = (try? files.contentsOfDirectory(atPath: "\(dovecot.mailFolder)/\(domain)")) ?? []
            return names.map { "\($0)@\(domain)" }
        }.sorted()
    }

    private var maildirLetters: [String: String] {
        ["\\Seen": "S", "\\Answered": "R", "\\Flagged": "F", "\\Deleted": "T", "\\Draft": "D"]
    }

    /// The Maildir of a folder; as `mail_location` in Dovecot's configuration has it.
    func maildir(_ address: String, _ folder: String) -> String {
        let parts = address.lowercased().split(separator: "@", maxSplits: 1).map(String.init)
        let user = String(parts.first?.prefix { $0 != "+" } ?? "")
        let path = "\(dovecot.mailFolder)/\(parts.last ?? "")/\(user)"
        return folder == "INBOX" ? path : "\(path)/\(folder)"
    }
}

/// One mail as Dovecot itself would store it.
private struct MaildirFile {
    /// A unique name with both sizes, which save Dovecot from reading the file for `RFC822.SIZE`.
    let name: String
    private let content: [UInt8]

    private static let number = Mutex(0)

    init(_ raw: [UInt8]) {
        var content: [UInt8] = []
        content.reserveCapacity(raw.count)
        var previous: UInt8 = 0
        var lines = 0
        for byte in raw {
            if byte == UInt8(ascii: "\n") {
                if previous == UInt8(ascii: "\r") { content.removeLast() }
                lines += 1
            }
            content.append(byte)
            previous = byte
        }
        self.content = content
        // Dovecot gives UIDs in the order of the seconds and, among equals, of the number behind `M`; taking
        // both under one lock keeps the order of delivery.
        name = Self.number.withLock { number in
            number += 1
            let sizes = "S=\(content.count),W=\(content.count + lines)"
            return "\(time(nil)).M\(number)P\(getpid()).poststelle,\(sizes)"
        }
    }

    func write(to path: String, owner: MailOwner, date: Date?) throws {
        let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw systemFailure(path) }
        defer { close(file) }
        var rest = content[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            guard written > 0 else { throw systemFailure(path) }
            rest = rest.dropFirst(written)
        }
        guard fchown(file, owner.user, owner.group) == 0 else { throw systemFailure(path) }
        guard let date else { return }
        let moment = timespec(tv_sec: Int(date.timeIntervalSince1970.rounded(.down)), tv_nsec: 0)
        guard futimens(file, [moment, moment]) == 0 else { throw systemFailure(path) }
    }
}

private func makeMaildir(_ path: String, owner: MailOwner) throws {
    if access("\(path)/new", F_OK) == 0 { return }
    let parent = URL(filePath: path).deletingLastPathComponent().path
    for folder in [parent, path, "\(path)/cur", "\(path)/new", "\(path)/tmp"] {
        guard mkdir(folder, 0o700) == 0 else {
            if errno == EEXIST { continue }
            throw systemFailure(folder)
        }
        guard chown(folder, owner.user, owner.group) == 0 else { throw systemFailure(folder) }
    }
}

/// The paths of all mails of a Maildir by their unique names.
private func maildirPlaces(_ path: String) -> [String: String] {
    let files = FileManager.default
    // `new` first: a mail on its way to `cur` is then seen twice rather than not at all.
    var places: [String: String] = [:]
    for place in ["new", "cur"] {
        for file in (try? files.contentsOfDirectory(atPath: "\(path)/\(place)")) ?? [] {
            places[String(file.prefix { $0 != ":" })] = "\(path)/\(place)/\(file)"
        }
    }
    return places
}

/// The paths of all mails of a Maildir, by UID as far as Dovecot has given them.
private func maildirFiles(_ path: String) -> [String] {
    // Lines of Dovecot's list after the first: `UID [extensions] :name`.
    var uids: [String: UInt32] = [:]
    let list = (try? readFile("\(path)/dovecot-uidlist")) ?? []
    for line in String(decoding: list, as: UTF8.self).split(separator: "\n").dropFirst() {
        let parts = line.split(separator: ":", maxSplits: 1)
        let uid = line.split(separator: " ").first.flatMap { UInt32($0) }
        guard parts.count == 2, let uid else { continue }
        uids[String(parts[1].prefix { $0 != ":" })] = uid
    }
    let order = maildirPlaces(path).map { name, path in (key: (uids[name] ?? .max, arrival(name)), path: path)
    }
    return order.sorted { one, other in
        (one.key.0, one.key.1.0, one.key.1.1) < (other.key.0, other.key.1.0, other.key.1.1)
    }.map(\.path)
}

/// The seconds and the number behind `M` of a Maildir name, `1795292253.M799642P12011.host`.
private func arrival(_ name: String) -> (Int, Int) {
    let parts = name.split(separator: ".")
    let fraction = parts.dropFirst().first?.dropFirst().prefix { $0.isNumber }
    return (Int(parts.first ?? "") ?? 0, fraction.flatMap { Int($0) } ?? 0)
}

private func withCRLF(_ mail: [UInt8]) -> [UInt8] {
    var result: [UInt8] = []
    result.reserveCapacity(mail.count + mail.count / 32)
    var previous: UInt8 = 0
    for byte in mail {
        if byte == UInt8(ascii: "\n"), previous != UInt8(ascii: "\r") { result.append(UInt8(ascii: "\r")) }
        result.append(byte)
        previous = byte
    }
    return result
}

func readFile(_ path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(filePath: path)))
}

private func systemFailure(_ path: String) -> ChildProcess.Failure {
    ChildProcess.Failure(description: "\(path): \(String(cString: strerror(errno)))")
}
