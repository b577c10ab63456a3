// SPDX-License-Identifier: MIT

/// What can be asked of an IMAP server (RFC 9051, section 6).
///
/// There is no command that sets `\Seen` by reading, expunges more than named UIDs, or deletes a folder.
package enum IMAPCommand: Sendable, Hashable {
    case noop
    case capability
    /// Names the program to the server (RFC 2971); some providers refuse service without it.
    case id([String: String])
    /// All folders, with their special uses where the server can tell them.
    case list
    /// Opens a folder; `readOnly` is EXAMINE.
    case select(FolderName, readOnly: Bool = false)
    /// Counts a folder's messages without opening it; not meant for the open one.
    case status(FolderName)
    case create(FolderName)
    case uidSearch(SearchCriteria)
    /// Asks about messages; with `changedSince` only about those changed after it (RFC 7162).
    case uidFetch(UIDSet, [FetchItem], changedSince: UInt64? = nil)
    /// Changes flags, silently: the server need not tell the outcome.
    case uidStore(UIDSet, FlagChange)
    case uidCopy(UIDSet, to: FolderName)
    /// Needs `MOVE`; ``FolderMove`` knows what to do without it.
    case uidMove(UIDSet, to: FolderName)
    /// Removes for good those of these messages that are marked `\Deleted`. Needs `UIDPLUS`.
    case uidExpunge(UIDSet)
    /// Places a message into a folder.
    case append(to: FolderName, flags: [Flag] = [], date: InternalDate? = nil, message: [UInt8])
    /// Waits for news until ``IMAPDialogue/done()`` or the next command. Needs `IDLE`.
    case idle
    case logout

    /// A change of flags that leaves all others as they are.
    package enum FlagChange: Sendable, Hashable {
        case adding([Flag])
        case removing([Flag])
    }

    /// The capability without which the command is not sent.
    var needs: String? {
        switch self {
        case .uidMove: "MOVE"
        case .uidExpunge: "UIDPLUS"
        case .idle: "IDLE"
        case .id: "ID"
        case .uidFetch(_, let items, let changedSince):
            changedSince != nil || items.contains(.modSeq) ? "CONDSTORE" : nil
        default: nil
        }
    }

    func encode(into command: inout CommandEncoder, for server: Capabilities) throws(IMAPError) {
        switch self {
        case .noop: command.write("NOOP")
        case .capability: command.write("CAPABILITY")
        case .idle: command.write("IDLE")
        case .logout: command.write("LOGOUT")
        case .id(let fields): try Self.encode(id: fields, into: &command)
        case .list:
            // The attributes come by themselves with RFC 6154 alone; RETURN is understood with LIST-EXTENDED.
            let canReturn = server.contains("SPECIAL-USE") && server.contains("LIST-EXTENDED")
            command.write(canReturn ? "LIST \"\" \"*\" RETURN (SPECIAL-USE)" : "LIST \"\" \"*\"")
        case .select(let folder, let readOnly):
            command.write(readOnly ? "EXAMINE " : "SELECT ")
            try command.write(folder)
        case .status(let folder):
            command.write("STATUS ")
            try command.write(folder)
            command.write(" (MESSAGES UNSEEN UIDNEXT UIDVALIDITY)")
        case .create(let folder):
            command.write("CREATE ")
            try command.write(folder)
        case .uidSearch(let criteria):
            // The short answer, ranges: without it a large mailbox is one line of megabytes.
            command.write(server.contains("ESEARCH") ? "UID SEARCH RETURN (ALL) " : "UID SEARCH ")
            if criteria.needsUnicode { command.write("CHARSET UTF-8 ") }
            try criteria.encode(into: &command)
        case .uidFetch(let uids, let items, let changedSince):
            try Self.encode(fetch: items, of: uids, changedSince: changedSince, into: &command)
        case .uidStore(let uids, .adding(let flags)):
            try Self.encode("+FLAGS.SILENT", flags, of: uids, into: &command)
        case .uidStore(let uids, .removing(let flags)):
            try Self.encode("-FLAGS.SILENT", flags, of: uids, into: &command)
        case .uidCopy(let uids, let folder): try Self.encode("UID COPY", uids, folder, into: &command)
        case .uidMove(let uids, let folder): try Self.encode("UID MOVE", uids, folder, into: &command)
        case .uidExpunge(let uids):
            command.write("UID EXPUNGE ")
            try command.write(uids)
        case .append(let folder, let flags, let date, let message):
            command.write("APPEND ")
            try command.write(folder)
            command.write(" ")
            if !flags.isEmpty {
                try command.write(flags)
                command.write(" ")
            }
            if let date { command.write("\"\(date)\" ") }
            try command.literal(message, as: "a message with a NUL in it")
        }
    }

    private static func encode(
        id fields: [String: String],
        into command: inout CommandEncoder
    ) throws(IMAPError) {
        command.write(fields.isEmpty ? "ID NIL" : "ID ")
        for (index, field) in fields.sorted(by: { $0.key < $1.key }).enumerated() {
            command.write(index == 0 ? "(" : " ")
            try command.string(field.key)
            command.write(" ")
            try command.string(field.value)
        }
        if !fields.isEmpty { command.write(")") }
    }

    private static func encode(
        fetch items: [FetchItem],
        of uids: UIDSet,
        changedSince: UInt64?,
        into command: inout CommandEncoder
    ) throws(IMAPError) {
        guard !items.isEmpty else { throw .unsendable("a question about nothing") }
        command.write("UID FETCH ")
        try command.write(uids)
        for (index, item) in items.enumerated() {
            command.write(index == 0 ? " (" : " ")
            try item.encode(into: &command)
        }
        command.write(")")
        if let changedSince { command.write(" (CHANGEDSINCE \(changedSince))") }
    }

    private static func encode(
        _ change: String,
        _ flags: [Flag],
        of uids: UIDSet,
        into command: inout CommandEncoder
    ) throws(IMAPError) {
        guard !flags.isEmpty else { throw .unsendable("a change of no flags") }
        command.write("UID STORE ")
        try command.write(uids)
        command.write(" \(change) ")
        try command.write(flags)
    }

    private static func encode(
        _ verb: String,
        _ uids: UIDSet,
        _ folder: FolderName,
        into command: inout CommandEncoder
    ) throws(IMAPError) {
        command.write("\(verb) ")
        try command.write(uids)
        command.write(" ")
        try command.write(folder)
    }
}

/// The name of one command on one connection; the server's verdict repeats it.
package struct CommandTag: Sendable, Hashable, CustomStringConvertible {
    let number: UInt32

    package var description: String { "P\(number)" }
}
