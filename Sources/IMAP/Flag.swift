// SPDX-License-Identifier: MIT

/// A mark on a message, or an attribute of a folder: `\Seen`, `$Forwarded`, `\Noselect` (RFC 9051, 2.3.2).
///
/// Case does not matter when two are compared; the spelling of the server is kept.
package struct Flag: Sendable, CustomStringConvertible, ExpressibleByStringLiteral {
    /// The flag as written, with its backslash if it has one.
    package let name: String

    /// The flag with this name; whether it may be sent is found out by ``IMAPDialogue/send(_:)``.
    package init(_ name: String) {
        self.name = name
    }

    /// A flag written in the source.
    package init(stringLiteral name: String) {
        self.init(name)
    }

    package var description: String { name }

    /// Whether it is a keyword, chosen by people or programs, and not one of IMAP's own flags.
    package var isKeyword: Bool { !name.hasPrefix("\\") }

    /// It was answered.
    package static let answered: Flag = "\\Answered"
    /// It goes at the next expunge.
    package static let deleted: Flag = "\\Deleted"
    /// It is not finished.
    package static let draft: Flag = "\\Draft"
    /// It is marked as urgent.
    package static let flagged: Flag = "\\Flagged"
    /// A person has read it; ours is neither to set nor to read this one.
    package static let seen: Flag = "\\Seen"
    /// In `PERMANENTFLAGS`: new keywords may be made (RFC 9051, section 7.1).
    package static let anyKeyword: Flag = "\\*"
}

extension Flag: Hashable {
    package static func == (left: Flag, right: Flag) -> Bool {
        left.name.utf8.elementsEqual(right.name.utf8) { Ascii.upper($0) == Ascii.upper($1) }
    }

    package func hash(into hasher: inout Hasher) {
        for byte in name.utf8 { hasher.combine(Ascii.upper(byte)) }
        hasher.combine(UInt8(0xFF))
    }
}
