// SPDX-License-Identifier: MIT

/// One line of the server's list of folders (RFC 9051, section 7.3.1).
package struct Folder: Sendable, Hashable {
    /// The full name, with all parents.
    package var name: FolderName
    /// What separates parents from children in names; nothing where the server has no hierarchy.
    package var delimiter: Character?
    /// `\Noselect`, `\HasChildren`, `\Sent` and so on.
    package var attributes: Set<Flag>

    /// A folder as listed.
    package init(name: FolderName, delimiter: Character? = nil, attributes: Set<Flag> = []) {
        self.name = name
        self.delimiter = delimiter
        self.attributes = attributes
    }

    /// Whether it can hold messages at all.
    package var isSelectable: Bool {
        attributes.isDisjoint(with: ["\\Noselect", "\\NonExistent"])
    }

    /// The readable name, cut at the delimiter: `INBOX/Team/Returns` is three.
    package var path: [String] {
        guard let delimiter else { return [name.text] }
        return name.text.split(separator: delimiter).map(String.init)
    }
}

/// What a server says about a folder without opening it (RFC 9051, section 7.3.4).
package struct FolderStatus: Sendable, Hashable {
    /// The folder.
    package var name: FolderName
    /// How many messages it has.
    package var messages: UInt32?
    /// How many of them were never seen.
    package var unseen: UInt32?
    /// A bound for the next message's UID.
    package var uidNext: UID?
    /// The generation of its UIDs.
    package var uidValidity: UIDValidity?
    /// The highest modification sequence (RFC 7162).
    package var highestModSeq: UInt64?

    /// A status with nothing known yet.
    package init(name: FolderName) {
        self.name = name
    }
}

/// The folder that is open, as the answers to SELECT or EXAMINE describe it and later news change it.
package struct SelectedFolder: Sendable, Hashable {
    /// The folder.
    package var name: FolderName
    /// Whether flags cannot be changed nor messages moved.
    package var isReadOnly: Bool
    /// The generation of its UIDs; a few servers have none, and then no UID may be remembered.
    package var uidValidity: UIDValidity?
    /// A bound for the next message's UID.
    package var uidNext: UID?
    /// How many messages there are now.
    package var exists: UInt32 = 0
    /// Flags in use.
    package var flags: [Flag] = []
    /// Flags that can be changed for good; nothing if the server does not say.
    package var permanentFlags: [Flag]?
    /// The highest modification sequence (RFC 7162).
    package var highestModSeq: UInt64?

    /// A folder just opened.
    package init(name: FolderName, isReadOnly: Bool) {
        self.name = name
        self.isReadOnly = isReadOnly
    }

    /// Whether this flag, set by us, would be kept: it is listed, or `\*` is and it is a keyword.
    ///
    /// RFC 9051, section 7.1. A server that lists no permanent flags is trusted with the flags in use alone.
    package func keeps(_ flag: Flag) -> Bool {
        guard !isReadOnly else { return false }
        guard let permanentFlags else { return flags.contains(flag) }
        return permanentFlags.contains(flag) || flag.isKeyword && permanentFlags.contains(.anyKeyword)
    }
}
