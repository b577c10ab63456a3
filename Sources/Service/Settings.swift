// SPDX-License-Identifier: MIT
package import Actions
package import FoundationEssentials
package import Mail
import Orders
package import Wire

/// What `settings.yaml` says, read and checked.
package struct Settings: Sendable {
    package var shop: Shop
    package var accounts: [Account]
    /// The orders file; `nil` for a shop without order data.
    package var ordersFile: String?
    /// Patterns of the shop's order numbers, in RE2's syntax.
    package var orderNumbers: [String]
    /// How long the bytes of a settled message are kept.
    package var keepsRaw: TimeInterval
    /// The folder of the settings file; relative paths start here.
    package var folder: String

    /// A mailbox with the two servers behind it.
    package struct Account: Sendable {
        package var mailbox: Mailbox
        package var source: Source
        package var sender: Sender
        package var sentFolders: [String]
        /// Whether mail that was there before the first look is taken in (and never answered).
        package var admitsBacklog: Bool

        package enum Source: Sendable {
            case imap(Server)
            /// A folder of `.eml` files, read once.
            case folder(String)
        }

        package enum Sender: Sendable {
            case smtp(Server)
            /// A folder into which letters are written.
            case folder(String)
        }
    }

    /// A mail server and the account at it.
    package struct Server: Sendable {
        package var endpoint: Endpoint
        package var user: String?
        /// The name of the credential; never the secret itself.
        package var credential: String?
    }
}

extension Settings {
    /// For reading texts without a shop: one mailbox that nobody writes to, nothing is sent.
    package static var unnamed: Settings {
        let mailbox = Mailbox(name: "support", addresses: ["support@shop.invalid"])
        let shop = Shop(
            name: "",
            language: "en",
            promise: ShopPromise(calendar: ShopCalendar(zone: .gmt)),
            mailboxes: [mailbox],
            teams: ["service": "team@shop.invalid"],
            defaultTeam: "service"
        )
        return Settings(
            shop: shop,
            accounts: [
                Account(
                    mailbox: mailbox,
                    source: .folder("/dev/null"),
                    sender: .folder("/dev/null"),
                    sentFolders: [],
                    admitsBacklog: false
                )
            ],
            ordersFile: nil,
            orderNumbers: [],
            keepsRaw: 0,
            folder: "."
        )
    }
}
