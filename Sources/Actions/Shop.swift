// SPDX-License-Identifier: MIT
package import FoundationEssentials
package import Mail
package import Orders

/// What letters and decisions need to know about the shop; from the settings, immutable.
package struct Shop: Sendable, Hashable {
    package var name: String
    /// The language of the shop's people: blocks, notes, reasons.
    package var language: String
    package var promise: ShopPromise
    package var mode: Mode
    /// How long an automatic answer waits before it leaves.
    package var hold: TimeInterval
    /// Messages that arrived longer ago are not answered automatically.
    package var answersUntilAge: TimeInterval
    package var limits: Limits
    package var mailboxes: [Mailbox]
    /// Team name to mail address.
    package var teams: [String: String]
    package var defaultTeam: String

    package init(
        name: String,
        language: String,
        promise: ShopPromise,
        mode: Mode = .observe,
        hold: TimeInterval = 180,
        answersUntilAge: TimeInterval = 2 * 86_400,
        limits: Limits = Limits(),
        mailboxes: [Mailbox],
        teams: [String: String],
        defaultTeam: String
    ) {
        self.name = name
        self.language = language
        self.promise = promise
        self.mode = mode
        self.hold = hold
        self.answersUntilAge = answersUntilAge
        self.limits = limits
        self.mailboxes = mailboxes
        self.teams = teams
        self.defaultTeam = defaultTeam
    }

    /// What may leave the house.
    package enum Mode: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nothing: what would have happened is recorded, the mail stays where it is.
        case observe
        /// Answers and forwards.
        case send
    }

    /// Ceilings for automatic letters.
    package struct Limits: Sendable, Hashable {
        /// To one address within 24 hours.
        package var perPeer: Int
        /// In one case, however long it lasts.
        ///
        /// Every answer promises that a person reads the reply, so one is the default.
        package var perCase: Int
        /// From the whole shop within 24 hours: the breaker against loops that nobody foresaw.
        package var perDay: Int

        package init(perPeer: Int = 3, perCase: Int = 1, perDay: Int = 500) {
            self.perPeer = perPeer
            self.perCase = perCase
            self.perDay = perDay
        }
    }

    /// The mailbox with this name.
    package func mailbox(named name: String) -> Mailbox? {
        mailboxes.first { $0.name == name }
    }

    /// Whether this address is one of the shop's own: a mailbox, its alias, or a team.
    package func isOwn(_ address: String) -> Bool {
        let address = address.lowercased()
        return mailboxes.contains { $0.addresses.contains(address) }
            || teams.values.contains { $0.lowercased() == address }
    }
}
