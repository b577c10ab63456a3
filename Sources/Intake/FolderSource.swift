// SPDX-License-Identifier: MIT
package import FoundationEssentials
package import Mail

/// A folder of `.eml` files, or a Maildir, whose messages are handed over once; for demonstrations and
/// trials.
///
/// Of a Maildir (a folder with a `cur` or a `new` inside) all files in these two count, whatever they are
/// called. UIDs are given in the order of names, UIDVALIDITY is 1: the same files are the same messages the
/// next time, as long as new ones sort behind them.
package struct FolderSource: MessageSource {
    /// The name of the mailbox the files are said to lie in.
    package let mailbox: String
    private let path: String
    private let folder: String
    private let role: FolderRole
    private let arrived: Date?
    private let sizeLimit: Int

    /// How much is handed over in one transaction.
    private static let batchMessages = 200
    private static let batchBytes = 8 << 20
    /// How much of a file above the size limit is read.
    private static let excerpt = 64 << 10

    /// A source of files.
    ///
    /// - Parameters:
    ///   - mailbox: The name of the mailbox they are said to lie in.
    ///   - path: The folder on the disk.
    ///   - folder: The name of the mailbox's folder they are said to lie in.
    ///   - role: What that folder is for.
    ///   - arrived: When all of them arrived; without it, when each file was written last.
    ///   - sizeLimit: The size in bytes above which only the beginning of a message is handed over.
    package init(
        mailbox: String,
        path: String,
        folder: String = "INBOX",
        role: FolderRole = .inbox,
        arrived: Date? = nil,
        sizeLimit: Int = 25 << 20
    ) {
        self.mailbox = mailbox
        self.path = path
        self.folder = folder
        self.role = role
        self.arrived = arrived
        self.sizeLimit = sizeLimit
    }

    /// Hands over all files and returns; a file that cannot be read is told to the desk, and the others go
    /// on.
    ///
    /// - Throws: ``MailFile/Failure`` when the folder itself cannot be read; what `desk` throws.
    package func watch(for desk: any ArrivalDesk) async throws {
        let paths = try MailFile.paths(in: path)
        var batch: [Arrival] = []
        var bytes = 0
        var isWell = true
        for (index, path) in paths.enumerated() {
            guard !Task.isCancelled else { return }
            do throws(MailFile.Failure) {
                let file = try MailFile(path: path, limit: sizeLimit, excerpt: Self.excerpt)
                batch.append(arrival(UInt32(index + 1), file))
                bytes += file.bytes.count
            } catch {
                isWell = false
                await desk.looked(at: mailbox, complaint: error.description)
            }
            guard batch.count >= Self.batchMessages || bytes >= Self.batchBytes else { continue }
            try await desk.admit(batch, checkpoint: checkpoint(index + 1))
            batch = []
            bytes = 0
        }
        try await desk.admit(batch, checkpoint: checkpoint(paths.count))
        if isWell { await desk.looked(at: mailbox, complaint: nil) }
    }

    private func checkpoint(_ last: Int) -> Checkpoint {
        Checkpoint(
            mailbox: mailbox,
            folder: folder,
            role: role,
            validity: 1,
            firstUID: 1,
            lastUID: UInt32(last)
        )
    }

    private func arrival(_ uid: UInt32, _ file: MailFile) -> Arrival {
        Arrival(
            place: UIDPlace(mailbox: mailbox, folder: folder, validity: 1, uid: uid),
            role: role,
            raw: file.bytes,
            digest: MailDigest.of(file.bytes),
            size: file.size,
            arrived: arrived ?? file.written,
            isWhole: file.bytes.count == file.size
        )
    }
}
