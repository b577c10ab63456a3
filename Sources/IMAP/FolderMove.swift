// SPDX-License-Identifier: MIT

/// Moves messages to another folder without ever risking one that was not named.
///
/// With `MOVE` it is one command. Without it: COPY, and only after its OK mark the originals `\Deleted` and
/// `UID EXPUNGE` these UIDs alone. A server that has not even `UIDPLUS` could only expunge everything that
/// anybody marked, so nothing is moved there at all.
///
/// A step that fails ends the move: ``Step/failed(_:copied:)`` says whether copies exist already. After a
/// lost connection the folders must be looked at: the messages are in one of them or in both, never in none.
package struct FolderMove: Sendable, Hashable {
    /// The messages to be moved, in the open folder.
    package let uids: UIDSet
    /// Where they are to go.
    package let folder: FolderName
    private var stage: Stage
    private var copied: CopiedUIDs?

    private enum Stage { case move, copy, mark, expunge }

    /// What to do next.
    package enum Step: Sendable, Hashable {
        /// Send this command and come back with its verdict.
        case send(IMAPCommand)
        /// All are moved; where to, if the server said so.
        case finished(CopiedUIDs?)
        /// The server refused; with copies in the other folder if `copied`, the originals in place or marked.
        case failed(StatusReply, copied: Bool)
    }

    /// Plans a move.
    ///
    /// - Throws: ``IMAPError/unsupported(capability:)`` where it would not be safe.
    package init(
        _ uids: UIDSet,
        to folder: FolderName,
        server capabilities: Capabilities?
    ) throws(IMAPError) {
        let server = capabilities ?? []
        guard server.contains("MOVE") || server.contains("UIDPLUS") else {
            throw .unsupported(capability: "UIDPLUS")
        }
        guard !uids.isEmpty else { throw .unsendable("an empty set of messages") }
        self.uids = uids
        self.folder = folder
        stage = server.contains("MOVE") ? .move : .copy
    }

    /// The first command.
    package var first: IMAPCommand {
        stage == .move ? .uidMove(uids, to: folder) : .uidCopy(uids, to: folder)
    }

    /// What follows from the verdict on the last command.
    package mutating func next(after verdict: StatusReply) -> Step {
        guard verdict.isOK else { return .failed(verdict, copied: stage == .mark || stage == .expunge) }
        if case .copyUID(let copied)? = verdict.code { self.copied = copied }
        switch stage {
        case .move, .expunge: return .finished(copied)
        case .copy:
            stage = .mark
            return .send(.uidStore(uids, .adding([.deleted])))
        case .mark:
            stage = .expunge
            return .send(.uidExpunge(uids))
        }
    }
}
