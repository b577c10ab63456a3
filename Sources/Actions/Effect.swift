// SPDX-License-Identifier: MIT
package import FoundationEssentials
package import Mail

/// One thing to be done once: a letter to one recipient.
///
/// The key is derived from what caused it. The ledger takes each key once, so that a decision that is made
/// again after a crash queues nothing twice; a letter that is tried again is the same bytes under the same
/// `Message-ID`.
package struct Effect: Sendable, Hashable, Codable {
    package var key: Key
    package var kind: Kind
    /// The name of the mailbox whose account sends it.
    package var mailbox: String
    package var letter: Letter
    /// Whether the untouched original goes along as an attachment.
    package var attachesOriginal: Bool
    /// Not tried earlier: a second mail or a person's answer may still come.
    package var notBefore: Date
    /// Not sent later, since its facts would be old; `nil` for letters inside the house.
    package var goodUntil: Date?

    package init(
        key: Key,
        kind: Kind,
        mailbox: String,
        letter: Letter,
        attachesOriginal: Bool = false,
        notBefore: Date,
        goodUntil: Date? = nil
    ) {
        self.key = key
        self.kind = kind
        self.mailbox = mailbox
        self.letter = letter
        self.attachesOriginal = attachesOriginal
        self.notBefore = notBefore
        self.goodUntil = goodUntil
    }

    /// The letter as it leaves, with the original beside it where that was asked for.
    ///
    /// - Parameter original: The untouched message; `nil` if the ledger no longer has it or never had it whole.
    /// - Returns: The letter's bytes with the envelope's two addresses.
    package func consignment(original: [UInt8]?) -> Consignment {
        var letter = letter
        if attachesOriginal {
            if let original, original.count <= Self.largestOriginal {
                letter.attachments.append(
                    Letter.Attachment(name: "original.eml", type: "message/rfc822", bytes: original)
                )
            } else {
                letter = withoutOriginal.letter
            }
        }
        return Consignment(
            key: key,
            sender: self.letter.from.address,
            recipient: self.letter.to.address,
            bytes: letter.encoded()
        )
    }

    /// The same letter with a pointer in the original's place, for a server that does not take it.
    package var withoutOriginal: Effect {
        var lighter = self
        lighter.attachesOriginal = false
        let pointer = letter.inReplyTo.map { "Message-ID <\($0)>" } ?? "-"
        lighter.letter.text += "\n\n[original: \(pointer)]\n"
        return lighter
    }

    /// A larger original is pointed to, not attached: many servers refuse letters above 25 MB.
    private static let largestOriginal = 15_000_000

    /// For whom it is, which decides what happens when nobody knows whether it arrived.
    package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
        /// An automatic answer to a customer: at most once.
        case answer
        /// A letter inside the house: at least once.
        case forward
        /// A message that could not be processed, untouched, to the default team: at least once.
        case setAside = "set_aside"

        /// Whether an uncertain attempt may be made again.
        package var isRepeatable: Bool { self != .answer }
    }

    /// The idempotency key, such as `m17.answer`.
    package struct Key: Sendable, Hashable, Codable, CustomStringConvertible {
        package var text: String

        package init(_ text: String) { self.text = text }

        package init(from decoder: any Decoder) throws {
            text = try decoder.singleValueContainer().decode(String.self)
        }

        package func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            try container.encode(text)
        }

        package var description: String { text }

        /// A number that spreads keys evenly: FNV-1a.
        package var seed: UInt64 {
            text.utf8.reduce(0xcbf2_9ce4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3 }
        }
    }
}

/// What has become of a message; each has exactly one.
package enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
    case answered, drafted, forwarded, left, filed, relayed, duplicate
    case setAside = "set_aside"
    /// Placed or sent by the shop itself; counted in the books, not a customer's message.
    case own
}
