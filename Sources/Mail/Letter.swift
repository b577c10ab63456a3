// SPDX-License-Identifier: MIT
package import FoundationEssentials

/// A complete message that we send, to exactly one recipient.
///
/// ``encoded()`` gives its bytes: CRLF line ends, 7-bit safe whatever the texts hold, and the same bytes
/// each time, so that a letter that is tried again is the same letter.
package struct Letter: Sendable, Hashable, Codable {
    package var from: Message.Address
    package var to: Message.Address
    package var replyTo: Message.Address?
    package var subject: String
    package var date: Date
    /// Seconds east of UTC in which ``date`` is written.
    package var secondsFromGMT: Int = 0
    /// Without angle brackets.
    package var messageID: String
    package var inReplyTo: String?
    /// Oldest first, without angle brackets.
    package var references: [String] = []
    package var origin: Origin
    /// How urgent a mail client shows it; `nil` writes no header.
    package var importance: Importance?
    /// The body, plain text with `\n` line ends; wrapped by whoever wrote it.
    package var text: String
    package var attachments: [Attachment] = []
    /// Further headers, in this order; names are ASCII, values are encoded where needed.
    package var headers: [Header] = []

    package init(
        from: Message.Address,
        to: Message.Address,
        subject: String,
        date: Date,
        messageID: String,
        origin: Origin,
        text: String
    ) {
        self.from = from
        self.to = to
        self.subject = subject
        self.date = date
        self.messageID = messageID
        self.origin = origin
        self.text = text
    }

    /// Who wrote the letter, which decides its automatic-mail headers, RFC 3834 section 3.1.
    package enum Origin: String, Sendable, Hashable, Codable {
        /// An automatic answer: `Auto-Submitted: auto-replied` and `X-Auto-Response-Suppress`.
        case automaticReply
        /// A proactive letter or a note of ours: `auto-generated` and `X-Auto-Response-Suppress`.
        case automatic
        /// A person; no such header.
        case person
    }

    /// What `Importance` says, RFC 4021 section 2.1.54.
    package enum Importance: String, Sendable, Hashable, Codable {
        case low, normal, high
    }

    /// A file that goes with the letter.
    package struct Attachment: Sendable, Hashable, Codable {
        package var name: String
        /// The media type; `message/rfc822` is written as it is while 7-bit, else as `application/octet-stream`.
        package var type: String
        package var bytes: [UInt8]

        package init(name: String, type: String, bytes: [UInt8]) {
            self.name = name
            self.type = type
            self.bytes = bytes
        }
    }

    /// A header of our own.
    package struct Header: Sendable, Hashable, Codable {
        package var name: String
        package var value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }
}
