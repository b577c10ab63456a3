// SPDX-License-Identifier: MIT

/// What happened on a connection, in the order it happened.
package enum IMAPEvent: Sendable, Hashable {
    /// The server's first words, when the dialogue was not begun with ``IMAPDialogue/begin()``.
    case greeting(StatusReply)
    /// The verdict on a command. After a move its code tells where the messages went, if the server said so.
    case completed(CommandTag, StatusReply)
    /// A folder is open; comes before the command's verdict.
    case selected(SelectedFolder)
    case capabilities(Capabilities)
    case enabled([String])
    case listed(Folder)
    case folderStatus(FolderStatus)
    case found(SearchResult)
    /// An answer to `UID FETCH`, or news about a message; see ``FetchedMessage``.
    case fetched(FetchedMessage)
    /// How many messages the open folder has now.
    case exists(UInt32)
    /// The message at this position is gone.
    case expunged(UInt32)
    /// Messages are gone; `earlier` ones before the folder was opened.
    case vanished(UIDSet, earlier: Bool)
    /// The flags in use in the open folder have changed.
    case flags([Flag])
    /// The server waits with us: news come as they happen until ``IMAPDialogue/done()``.
    case idling(CommandTag)
    /// The server's words must reach a person.
    case alert(String)
    /// A remark of the server.
    case notice(StatusReply)
    /// The server will close the connection; commands without a verdict will get none.
    case bye(StatusReply)
    /// A verdict on a command that was never sent, or has had its verdict.
    case strayVerdict(String, StatusReply)
    /// An answer of another kind, with its name in capitals.
    case other(String, [IMAPValue])
    /// A line that is no IMAP.
    case unparsable([UInt8])
}
