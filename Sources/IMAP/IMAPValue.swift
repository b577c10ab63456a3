// SPDX-License-Identifier: MIT

/// A piece of a server's answer whose meaning this room does not know: IMAP's answers are nested lists.
package indirect enum IMAPValue: Sendable, Hashable {
    /// `NIL`.
    case null
    /// A bare word or number, as written.
    case atom(String)
    /// A quoted string or a literal, its bytes undecoded.
    case string([UInt8])
    /// Values in parentheses.
    case list([IMAPValue])
    /// Something above a limit that was read over and not kept; its length in bytes.
    case omitted(bytes: UInt64)

    /// The words of an atom or a string; what is not UTF-8 is replaced.
    package var text: String? {
        switch self {
        case .atom(let word): word
        case .string(let bytes): String(decoding: bytes, as: UTF8.self)
        case .null, .list, .omitted: nil
        }
    }

    /// The number that an atom is.
    package var number: UInt64? {
        guard case .atom(let word) = self else { return nil }
        return Ascii.number(Array(word.utf8)[...], as: UInt64.self)
    }

    /// The values of a list.
    package var items: [IMAPValue]? {
        guard case .list(let items) = self else { return nil }
        return items
    }
}
