// SPDX-License-Identifier: MIT
package import FoundationEssentials

/// What a customer, a robot or a colleague sent, parsed.
///
/// Parsing is total: it never fails and never throws. What is broken is read as well as it can be and
/// listed in ``damage``. Every text is valid UTF-8 with `\n` line ends.
package struct Message: Sendable, Hashable {
    /// The first mailbox of `From`; `nil` if there is none that can be read.
    package var from: Address?
    /// Where the writer wants answers, RFC 5322 section 3.6.2; empty without the header.
    package var replyTo: [Address] = []
    /// The mailboxes of `To`.
    package var to: [Address] = []
    /// The mailboxes of `Cc`.
    package var cc: [Address] = []
    /// The envelope's sender as the delivering server wrote it down.
    package var returnPath: ReturnPath = .unknown
    /// The decoded subject on one line; empty without the header.
    package var subject = ""
    /// When the writer says it was written.
    package var date: Date?
    /// The `Message-ID` without its angle brackets; a hint, never an identity.
    package var messageID: String?
    /// The ids of `In-Reply-To` and `References`, oldest first, without brackets, each once.
    package var references: [String] = []
    /// By which way it reached the shop.
    package var channel: Channel = .email
    /// Everything a reader would see, as plain text.
    package var text = ""
    /// The writer's own new words: ``text`` without quotes, signature and footers.
    package var ownWords = ""
    /// The files that came with it.
    package var attachments: [Attachment] = []
    /// Why this is not a person's own message; `nil` if nothing says so.
    package var automatic: Automatic?
    /// What a delivery report says; `nil` for anything else.
    package var bounce: Bounce?
    /// Whose message this one carries on; `nil` unless it is a forward.
    package var forwarded: Forwarded?
    /// Whether the provider vouches for the writer's domain.
    package var authentication: Authentication = .none
    /// Whether the provider's filter called it spam.
    package var isSpam = false
    /// What was broken, one short sentence each, in English.
    package var damage: [String] = []
    /// SHA-256 over the sender-made headers and the body, lower-case hexadecimal.
    ///
    /// Two copies of one mail in two mailboxes have the same digest, though their delivery headers differ.
    package var digest = ""

    package init() {}
}

extension Message {
    /// A mailbox in a header, RFC 5322 section 3.4.
    package struct Address: Sendable, Hashable, Codable {
        /// The display name, decoded; `nil` if there is none.
        package var name: String?
        /// `local@domain`, the domain in lower case, as written otherwise.
        package var address: String

        package init(name: String? = nil, address: String) {
            self.name = name
            self.address = address
        }
    }

    /// The sender of the envelope, RFC 5321 section 4.4.
    package enum ReturnPath: Sendable, Hashable {
        /// No server wrote it down.
        case unknown
        /// `<>`: reports and automatic mail; never answered.
        case null
        case address(String)
    }

    /// The way a message came; all ways end in the same mailbox.
    package enum Channel: String, Sendable, Hashable, Codable, CaseIterable {
        case email, form, amazon, ebay, kaufland, etsy
    }

    /// A file that came with a message.
    package struct Attachment: Sendable, Hashable, Codable {
        package var name: String
        /// The media type, lower case, without parameters.
        package var type: String
        /// Decoded size in bytes.
        package var size: Int

        package init(name: String, type: String, size: Int) {
            self.name = name
            self.type = type
            self.size = size
        }
    }

    /// What shows that nobody typed this message for us.
    package enum Automatic: String, Sendable, Hashable, Codable, CaseIterable {
        /// `Auto-Submitted` other than `no`, RFC 3834 section 5.
        case autoSubmitted = "auto_submitted"
        /// `Precedence` or `X-Precedence`: bulk, junk, list, auto_reply.
        case precedence
        /// A `List-*` header, RFC 2369 and RFC 2919.
        case list
        /// `X-Auto-Response-Suppress` with `All`, `OOF` or `AutoReply`.
        case suppress = "auto_response_suppress"
        /// A header of a known autoresponder or notice.
        case robot
        /// The envelope's sender is `<>`.
        case nullSender = "null_sender"
        /// `mailer-daemon`, `postmaster`, `noreply`, `…-request`, `owner-…`.
        case systemSender = "system_sender"
        /// A delivery report.
        case bounce
        /// The subject of an out-of-office notice.
        case outOfOffice = "out_of_office"
    }

    /// A report that a letter did not arrive, RFC 3464.
    package struct Bounce: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Hashable, Codable {
            case hard, soft, delayed
        }
        package var kind: Kind
        /// The address that could not be reached.
        package var address: String?
        /// The enhanced status code, RFC 3463.
        package var status: String?
        /// The `Message-ID` of the letter it is about.
        package var letter: String?

        package init(kind: Kind, address: String? = nil, status: String? = nil, letter: String? = nil) {
            self.kind = kind
            self.address = address
            self.status = status
            self.letter = letter
        }
    }

    /// The message that was forwarded inside this one.
    package struct Forwarded: Sendable, Hashable, Codable {
        /// Whom the forwarded headers name; text that anybody could have typed.
        package var from: Address?
        package var subject: String?

        package init(from: Address? = nil, subject: String? = nil) {
            self.from = from
            self.subject = subject
        }
    }

    /// The verdict on the domain of `From`: DMARC alignment computed from trusted results, RFC 7489.
    package enum Authentication: String, Sendable, Hashable, Codable {
        case pass, fail, none
    }
}
