// SPDX-License-Identifier: MIT
package import Actions
package import FoundationEssentials
import GRDB

/// The books: every UID that was seen is in exactly one outcome, or open.
package struct Books: Sendable, Hashable {
    /// Messages by outcome.
    package var outcomes: [Outcome: Int]
    package var open: Int
    /// When the oldest open message came.
    package var oldestOpen: Date?

    package var total: Int { outcomes.values.reduce(open, +) }
}

/// One line of the outbox, for people.
package struct OutboxEntry: Sendable, Hashable, Codable {
    package var id: Int64
    package var key: String
    package var caseID: Int64
    package var kind: String
    package var state: String
    package var attempt: Int
    package var queued: Date
    package var due: Date
    /// The server's last words.
    package var words: String?
}

/// How the last looks at a mailbox went.
package struct Look: Sendable, Hashable, Codable {
    package var mailbox: String
    package var succeeded: Date?
    package var failingSince: Date?
    package var complaint: String?
}

extension Ledger {
    /// The sums of all outcomes, of one mailbox or all.
    package func books(mailbox: String? = nil) async throws -> Books {
        try await pool.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT outcome, count(*) AS n, min(arrived) AS oldest FROM message
                    WHERE ?1 IS NULL OR mailbox = ?1 GROUP BY outcome
                    """,
                arguments: [mailbox]
            )
            var books = Books(outcomes: [:], open: 0)
            for row in rows {
                let name: String? = row["outcome"]
                if let outcome = name.flatMap(Outcome.init(rawValue:)) {
                    books.outcomes[outcome] = row["n"]
                } else {
                    books.open = row["n"]
                    let oldest: Double? = row["oldest"]
                    books.oldestOpen = oldest.map(Date.init(timeIntervalSince1970:))
                }
            }
            return books
        }
    }

    /// Every UID of a folder under its present UIDVALIDITY, and its outcome; `nil` while open.
    package func outcomes(mailbox: String, folder: String) async throws -> [UInt32: Outcome?] {
        try await pool.read { db in
            let rows = try Row.fetchAll(
                db,
                sql: """
                    SELECT uid, outcome FROM message WHERE mailbox = ?1 AND folder = ?2 AND validity = coalesce(
                        (SELECT validity FROM folder WHERE mailbox = ?1 AND name = ?2), validity)
                    """,
                arguments: [mailbox, folder]
            )
            return Dictionary(
                rows.map { row in
                    let name: String? = row["outcome"]
                    return (row["uid"] as UInt32, name.flatMap(Outcome.init(rawValue:)))
                },
                uniquingKeysWith: { first, _ in first }
            )
        }
    }

    /// How many effects are in each state.
    package func outboxCounts() async throws -> [String: Int] {
        try await pool.read { db in
            try Row.fetchAll(db, sql: "SELECT state, count(*) AS n FROM effect GROUP BY state")
                .reduce(into: [:]) { $0[$1["state"]] = $1["n"] }
        }
    }

    /// The effects that are not settled, or were refused; all of them on request.
    package func outbox(all: Bool = false) async throws -> [OutboxEntry] {
        try await pool.read { db in
            let condition = all ? "1" : "state IN ('waiting', 'claimed', 'rejected', 'held')"
            return try Row.fetchAll(db, sql: "SELECT * FROM effect WHERE \(condition) ORDER BY id").map {
                row in
                OutboxEntry(
                    id: row["id"],
                    key: row["key"],
                    caseID: row["case_id"],
                    kind: row["kind"],
                    state: row["state"],
                    attempt: row["attempt"],
                    queued: Date(timeIntervalSince1970: row["queued"]),
                    due: Date(timeIntervalSince1970: row["due"]),
                    words: row["words"]
                )
            }
        }
    }

    /// What a person may do with a letter in the outbox.
    package enum Order: String, Sendable, CaseIterable {
        case retry, hold, drop
    }

    /// Carries out a person's order on one letter.
    ///
    /// - Returns: Whether the letter was in a state that allows it: delivered ones and those being sent are not.
    package func order(_ order: Order, effect id: Int64, now: Date) async throws -> Bool {
        try await pool.write { db in
            switch order {
            case .retry:
                try db.execute(
                    sql: """
                        UPDATE effect SET state = 'waiting', due = ?, settled = NULL
                        WHERE id = ? AND state IN ('waiting', 'held', 'rejected', 'dropped')
                        """,
                    arguments: [now.seconds, id]
                )
            case .hold:
                try db.execute(
                    sql: "UPDATE effect SET state = 'held' WHERE id = ? AND state = 'waiting'",
                    arguments: [id]
                )
            case .drop:
                try db.execute(
                    sql: """
                        UPDATE effect SET state = 'dropped', settled = ?
                        WHERE id = ? AND state IN ('waiting', 'held', 'rejected')
                        """,
                    arguments: [now.seconds, id]
                )
            }
            return db.changesCount == 1
        }
    }

    /// Notes that a look at a mailbox succeeded, or what the server said.
    package func noteLook(mailbox: String, at date: Date, complaint: String?) async throws {
        try await pool.write { db in
            if let complaint {
                try db.execute(
                    sql: """
                        INSERT INTO look (mailbox, failing_since, complaint) VALUES (?, ?, ?)
                        ON CONFLICT DO UPDATE SET failing_since = coalesce(failing_since, excluded.failing_since),
                            complaint = excluded.complaint
                        """,
                    arguments: [mailbox, date.seconds, complaint]
                )
            } else {
                try db.execute(
                    sql: """
                        INSERT INTO look (mailbox, succeeded) VALUES (?, ?) ON CONFLICT DO UPDATE
                            SET succeeded = excluded.succeeded, failing_since = NULL, complaint = NULL
                        """,
                    arguments: [mailbox, date.seconds]
                )
            }
        }
    }

    package func looks() async throws -> [Look] {
        try await pool.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM look ORDER BY mailbox").map { row in
                let succeeded: Double? = row["succeeded"]
                let failing: Double? = row["failing_since"]
                return Look(
                    mailbox: row["mailbox"],
                    succeeded: succeeded.map(Date.init(timeIntervalSince1970:)),
                    failingSince: failing.map(Date.init(timeIntervalSince1970:)),
                    complaint: row["complaint"]
                )
            }
        }
    }

    /// Drops the bytes of messages concluded before `date` whose effects have all settled.
    ///
    /// At most `limit` at a time, so that the writer is never held up for long. It walks the bytes that are
    /// left (`CROSS JOIN` fixes the order), not all messages ever.
    /// - Returns: How many were dropped.
    package func dropRaw(concludedBefore date: Date, limit: Int = 1000) async throws -> Int {
        try await pool.write { db in
            try db.execute(
                sql: """
                    DELETE FROM raw WHERE message IN (
                        SELECT r.message FROM raw r CROSS JOIN message m ON m.id = r.message
                        WHERE m.concluded < ? AND NOT EXISTS (
                            SELECT 1 FROM effect e WHERE e.message = m.id
                                AND e.state IN ('waiting', 'claimed', 'held', 'rejected'))
                        LIMIT ?)
                    """,
                arguments: [date.seconds, limit]
            )
            return db.changesCount
        }
    }
}
