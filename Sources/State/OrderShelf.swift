// SPDX-License-Identifier: MIT
import FoundationEssentials
import GRDB
package import Orders

/// An order on its way into the ledger, with the form it is kept in.
package struct ShelvedOrder: Sendable {
    package var order: Order
    /// The order as its system wrote it, unknown fields included.
    package var json: String

    package init(_ order: Order, json: String) {
        self.order = order
        self.json = json
    }
}

/// How orders are kept and found.
enum OrderShelf {
    /// Numbers are compared without regard to case, blanks and a leading `#`.
    static func key(_ number: String) -> String {
        String(number.lowercased().filter { !$0.isWhitespace }.drop { $0 == "#" })
    }
}

extension Ledger {
    /// Puts orders on the shelf, replacing older states; those that did not change cost a look-up.
    ///
    /// - Returns: How many are new or changed.
    @discardableResult
    package func shelve(_ orders: [ShelvedOrder]) async throws -> Int {
        try await pool.write { db in
            let look = try db.cachedStatement(sql: "SELECT digest FROM shop_order WHERE number = ?")
            let insert = try db.cachedStatement(
                sql: """
                    INSERT INTO shop_order (number, email, relay, digest, json) VALUES (?, ?, ?, ?, ?)
                    ON CONFLICT DO UPDATE SET email = excluded.email, relay = excluded.relay,
                        digest = excluded.digest, json = excluded.json
                    """
            )
            var changed = 0
            for shelved in orders {
                let order = shelved.order
                let key = OrderShelf.key(order.number)
                let digest = Digest.text(shelved.json)
                if try String.fetchOne(look, arguments: [key]) == digest { continue }
                changed += 1
                try insert.execute(arguments: [
                    key, order.customer.email?.lowercased(), order.customer.relay?.lowercased(), digest,
                    shelved.json,
                ])
                try db.cachedStatement(sql: "DELETE FROM shop_parcel WHERE number = ?").execute(arguments: [
                    key
                ])
                for tracking in Set(order.parcels.compactMap(\.tracking).map(OrderShelf.key)) {
                    try db.cachedStatement(sql: "INSERT INTO shop_parcel (tracking, number) VALUES (?, ?)")
                        .execute(arguments: [tracking, key])
                }
            }
            return changed
        }
    }

    /// How many orders are on the shelf.
    package func orderCount() async throws -> Int {
        try await pool.read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM shop_order") ?? 0 }
    }
}

/// A short fingerprint of a text, to see whether it changed.
private enum Digest {
    /// FNV-1a over 64 bits and the length: enough to notice a change, nobody's defence.
    static func text(_ text: String) -> String {
        let hash = text.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) {
            ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01b3
        }
        return String(hash, radix: 16) + "." + String(text.utf8.count)
    }
}
