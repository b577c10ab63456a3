// SPDX-License-Identifier: MIT

/// What a server said about one message: only the fields of this answer are filled in (RFC 9051, 7.5.2).
///
/// An answer to our `UID FETCH` and news about changed flags look the same. ``uid`` tells which message is
/// meant; an answer without it speaks of a position in the folder, which is worthless once messages go.
package struct FetchedMessage: Sendable, Hashable {
    /// The message's position in the folder at this moment, from 1.
    package var number: UInt32
    /// The message's UID.
    package var uid: UID?
    /// All flags the message has now.
    package var flags: [Flag]?
    /// When the server received it.
    package var internalDate: InternalDate?
    /// Its size in bytes, as the server counts; some only estimate.
    package var size: UInt64?
    /// Its modification sequence (RFC 7162).
    package var modSeq: UInt64?
    /// Its addresses and subject, unread.
    package var envelope: IMAPValue?
    /// Its MIME structure, unread; `BODY` and `BODYSTRUCTURE` both.
    package var structure: IMAPValue?
    /// The parts of its text that came along.
    package var sections: [Section] = []
    /// Anything else, with its name in capitals: `X-GM-THRID`, `EMAILID`, fields with damaged values.
    package var others: [Other] = []

    /// Nothing known but the position.
    package init(number: UInt32, uid: UID? = nil) {
        self.number = number
        self.uid = uid
    }

    /// The whole message as it is, when `BODY[]` was asked for and came.
    package var message: [UInt8]? { bytes(of: "") }

    /// The bytes of one section, from its beginning; nothing if it is missing, `NIL` or too large.
    package func bytes(of name: String) -> [UInt8]? {
        for section in sections where section.name == name && section.offset == 0 {
            if case .bytes(let bytes) = section.content { return bytes }
        }
        return nil
    }

    /// A part of a message's text.
    package struct Section: Sendable, Hashable {
        /// What stood between the brackets, in capitals: nothing for the whole, `HEADER`, `1.MIME`, `TEXT`.
        package var name: String
        /// Where it begins, in bytes, when only a stretch was asked for.
        package var offset: UInt64
        /// What came.
        package var content: SectionContent

        /// A part of a message's text.
        package init(name: String, offset: UInt64 = 0, content: SectionContent) {
            self.name = name
            self.offset = offset
            self.content = content
        }
    }

    /// A field this room does not know.
    package struct Other: Sendable, Hashable {
        /// Its name in capitals.
        package var name: String
        /// Its value, unread.
        package var value: IMAPValue

        /// A field this room does not know.
        package init(name: String, value: IMAPValue) {
            self.name = name
            self.value = value
        }
    }
}

/// The bytes of a part of a message, or why there are none.
package enum SectionContent: Sendable, Hashable {
    /// The server has no such part.
    case null
    /// The bytes, untouched.
    case bytes([UInt8])
    /// More bytes than ``IMAPLimits/kept``, read over.
    case omitted(bytes: UInt64)
}
