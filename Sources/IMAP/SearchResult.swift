// SPDX-License-Identifier: MIT

/// The messages a search found: an answer `SEARCH` or `ESEARCH` (RFC 9051, 7.3.4; RFC 4731).
package struct SearchResult: Sendable, Hashable {
    /// The tag of the search it answers; only `ESEARCH` says.
    package var tag: String?
    /// What was found.
    ///
    /// They are UIDs because only `UID SEARCH` is ever sent from here.
    package var uids: UIDSet
    /// How many were found, where the server counted.
    package var count: UInt32?
    /// The highest modification sequence among them, where asked for.
    package var modSeq: UInt64?

    /// The messages a search found.
    package init(uids: UIDSet, tag: String? = nil, count: UInt32? = nil, modSeq: UInt64? = nil) {
        self.tag = tag
        self.uids = uids
        self.count = count
        self.modSeq = modSeq
    }
}
