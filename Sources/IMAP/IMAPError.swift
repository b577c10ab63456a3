// SPDX-License-Identifier: MIT

/// Why a dialogue cannot go on, or why a command was not sent.
package enum IMAPError: Error, Hashable {
    /// The server sent more than this many bytes without ending its line; the connection is lost.
    case lineTooLong(limit: Int)
    /// The server announced a literal beyond ``IMAPLimits/literal``; the connection is lost.
    case literalTooLong(announced: String, limit: Int)
    /// Nothing was sent: the server does not announce this capability, or was not asked yet.
    case unsupported(capability: String)
    /// Nothing was sent: IMAP has no way of writing this argument; says which.
    case unsendable(String)
}

extension IMAPError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .lineTooLong(let limit):
            "the mail server sent a line of more than \(limit) bytes"
        case .literalTooLong(let announced, let limit):
            "the mail server announced \(announced) bytes in one piece; at most \(limit) are read"
        case .unsupported(let capability):
            "the mail server does not announce \(capability)"
        case .unsendable(let argument):
            "IMAP cannot express \(argument)"
        }
    }
}

/// How much a server may say at once before it is taken for broken or hostile.
package struct IMAPLimits: Sendable, Hashable {
    /// Longest answer in bytes, literals not counted.
    ///
    /// A plain `SEARCH` answer names every message in one line: 8 MB are enough for a million of them.
    package var line: Int
    /// Bytes of literals kept per answer; a literal beyond is read over and becomes `.omitted`.
    ///
    /// One message that is larger than the server said costs this message, not the connection.
    package var kept: Int
    /// Longest literal in bytes that is read at all; beyond, the dialogue ends with an error.
    package var literal: Int
    /// Deepest nesting of lists; a list further inside becomes `.omitted`.
    package var depth: Int

    /// The usual limits: 8 MB, 32 MB, 1 GB, 64.
    package init(line: Int = 8 << 20, kept: Int = 32 << 20, literal: Int = 1 << 30, depth: Int = 64) {
        precondition(line > 0 && kept >= 0 && depth > 0, "limits that no answer could meet")
        precondition(literal >= kept, "what is kept must be read")
        self.line = line
        self.kept = kept
        self.literal = literal
        self.depth = depth
    }
}
