// SPDX-License-Identifier: MIT
package import FoundationEssentials

/// A message as a source hands it over, unread.
package struct Arrival: Sendable, Hashable {
    package var place: UIDPlace
    package var role: FolderRole
    /// The untouched bytes; of a message above the size limit only what was fetched.
    package var raw: [UInt8]
    /// ``MailDigest`` of the bytes.
    package var digest: String
    /// The size the server states, in bytes.
    package var size: Int
    /// When the mailbox received it.
    package var arrived: Date
    package var isBacklog: Bool
    /// Whether ``raw`` is the whole message.
    package var isWhole: Bool

    package init(
        place: UIDPlace,
        role: FolderRole,
        raw: [UInt8],
        digest: String,
        size: Int? = nil,
        arrived: Date,
        isBacklog: Bool = false,
        isWhole: Bool = true
    ) {
        self.place = place
        self.role = role
        self.raw = raw
        self.digest = digest
        self.size = size ?? raw.count
        self.arrived = arrived
        self.isBacklog = isBacklog
        self.isWhole = isWhole
    }
}

/// Where a message lies: account, folder, UIDVALIDITY and UID, RFC 3501 section 2.3.1.1.
package struct UIDPlace: Sendable, Hashable {
    package var mailbox: String
    package var folder: String
    package var validity: UInt32
    package var uid: UInt32

    package init(mailbox: String, folder: String, validity: UInt32, uid: UInt32) {
        self.mailbox = mailbox
        self.folder = folder
        self.validity = validity
        self.uid = uid
    }
}

/// What a watched folder is for.
package enum FolderRole: String, Sendable, Hashable, Codable {
    case inbox, sent
}

/// Where a folder was left: everything up to ``lastUID`` is in the ledger.
package struct Checkpoint: Sendable, Hashable {
    package var mailbox: String
    package var folder: String
    package var role: FolderRole
    package var validity: UInt32
    /// The first UID that counts; what lies below was there before the first look.
    package var firstUID: UInt32
    package var lastUID: UInt32

    package init(
        mailbox: String,
        folder: String,
        role: FolderRole,
        validity: UInt32,
        firstUID: UInt32,
        lastUID: UInt32
    ) {
        self.mailbox = mailbox
        self.folder = folder
        self.role = role
        self.validity = validity
        self.firstUID = firstUID
        self.lastUID = lastUID
    }
}

/// A message known under an older UIDVALIDITY, as far as a cheap look at the server can tell.
package struct MessageSketch: Sendable, Hashable {
    /// Without angle brackets.
    package var messageID: String
    package var size: Int
    /// INTERNALDATE, in whole seconds.
    package var arrived: Date

    package init(messageID: String, size: Int, arrived: Date) {
        self.messageID = messageID
        self.size = size
        self.arrived = arrived
    }
}

/// A door through which messages come in: one account, or a folder of files.
package protocol MessageSource: Sendable {
    /// The mailbox's name in the settings.
    var mailbox: String { get }

    /// Hands over whatever comes, until it is cancelled.
    ///
    /// A source that watches a server reconnects by itself, with growing pauses, and tells `desk` how each look
    /// went. A source that is a finite set of files returns when all are handed over.
    func watch(for desk: any ArrivalDesk) async throws
}

/// What a source needs of the house: the admit commit and what was admitted before.
package protocol ArrivalDesk: Sendable {
    /// Where a folder was left; `nil` before the first look.
    func checkpoint(mailbox: String, folder: String) async throws -> Checkpoint?

    /// Keeps messages and checkpoint in one transaction; known places are skipped.
    func admit(_ arrivals: [Arrival], checkpoint: Checkpoint?) async throws

    /// After a change of UIDVALIDITY: gives known messages their new numbers.
    ///
    /// - Parameters:
    ///   - found: What the server shows, by its new UID.
    ///   - place: The folder and its new UIDVALIDITY; the UID is not looked at.
    /// - Returns: The UIDs that fit nothing known, or several things; they must be fetched.
    /// - Throws: What the ledger throws.
    func renumber(_ found: [UInt32: MessageSketch], at place: UIDPlace) async throws -> [UInt32]

    /// Which of these UIDs the ledger does not have; the place's UID is not looked at.
    func missing(_ uids: [UInt32], at place: UIDPlace) async throws -> [UInt32]

    /// How a look at the mailbox went; `nil` is success, otherwise what the server said.
    func looked(at mailbox: String, complaint: String?) async
}
