// SPDX-License-Identifier: MIT

/// An account that is watched, as far as a message needs to know it in order to be read.
package struct Mailbox: Sendable, Hashable {
    /// The name in the settings.
    package var name: String
    /// Its own addresses, lower case, the principal one first.
    package var addresses: [String]
    /// Which `Authentication-Results` may be believed.
    package var trust: Trust

    package init(name: String, addresses: [String], trust: Trust = .nobody) {
        self.name = name
        self.addresses = addresses
        self.trust = trust
    }

    /// Whose `Authentication-Results` headers count, RFC 8601 section 5.
    package enum Trust: Sendable, Hashable {
        /// None: every message is unauthenticated.
        case nobody
        /// The topmost header with exactly this authserv-id; where it reports one method only, also those right
        /// below it that add another.
        case server(String)
        /// Microsoft 365, which writes no authserv-id: the topmost header without one, above the first `Received`
        /// that tells of a hop from another organisation.
        case topmost
    }
}
