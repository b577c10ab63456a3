// SPDX-License-Identifier: MIT

/// One answer of an IMAP server, read but not yet judged by where the dialogue stands (RFC 9051, section 7).
package enum IMAPResponse: Sendable, Hashable {
    /// The verdict on a command: its tag, and `OK`, `NO` or `BAD`.
    case tagged(String, StatusReply)
    /// A remark, the greeting, or a farewell.
    case untagged(StatusReply)
    /// The server waits for the rest of a command; its words.
    case continuation(String)
    case capability(Capabilities)
    case enabled([String])
    case flags([Flag])
    /// A folder, from `LIST`, `LSUB` or `XLIST`.
    case folder(Folder)
    case folderStatus(FolderStatus)
    case search(SearchResult)
    case exists(UInt32)
    case recent(UInt32)
    /// The message at this position is gone; all behind it move up by one.
    case expunged(UInt32)
    /// These messages are gone; `earlier` ones were gone before the folder was opened (RFC 7162, 3.2.10).
    case vanished(UIDSet, earlier: Bool)
    case fetched(FetchedMessage)
    /// An answer of another kind, with its name in capitals: `NAMESPACE`, `ID`, `QUOTA` …
    case other(String, [IMAPValue])
    /// A line that is no IMAP, without its ending; literals in it are left out.
    case unparsable([UInt8])
}
