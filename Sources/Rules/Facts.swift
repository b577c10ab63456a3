// SPDX-License-Identifier: MIT
package import Cases
package import FoundationEssentials
package import Mail
package import Understanding

/// Everything a rule can ask about: one message and what the shop knows around it, at one moment.
package struct Facts: Sendable {
    package var message: Message
    package var reading: Reading
    /// The name of the mailbox it came to.
    package var mailbox: String
    /// When the mailbox received it.
    package var arrived: Date
    package var now: Date
    package var order: OrderMatch
    /// The case it belongs to as it stood before; `nil` if it opens a new one.
    package var existingCase: Case?
    /// Whether it was there before Poststelle looked for the first time.
    package var isBacklog: Bool

    package init(
        message: Message,
        reading: Reading,
        mailbox: String,
        arrived: Date,
        now: Date,
        order: OrderMatch = OrderMatch(),
        existingCase: Case? = nil,
        isBacklog: Bool = false
    ) {
        self.message = message
        self.reading = reading
        self.mailbox = mailbox
        self.arrived = arrived
        self.now = now
        self.order = order
        self.existingCase = existingCase
        self.isBacklog = isBacklog
    }

    /// Intents at or above this score count as present for the rules that sort mail.
    ///
    /// Answers have thresholds of their own.
    package static let presence = 0.5

    /// What the writer wants, best first; what is only threatened or taken back is not wanted.
    package var wanted: [String] {
        reading.intents
            .filter { $0.score >= Self.presence && ($0.act == .does || $0.act == .asks) }
            .map(\.name)
    }
}
