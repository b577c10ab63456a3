// SPDX-License-Identifier: MIT
package import FoundationEssentials
import GRDB
package import Mail

extension Ledger {
    /// The first commit: messages and the checkpoint that says they are here, together or not at all.
    ///
    /// A place that is known is skipped, so that a batch may be handed over again. After a change of
    /// UIDVALIDITY a message with the digest of one that had an older number keeps its row and gets the new
    /// number.
    /// - Returns: How many messages are new.
    @discardableResult
    package func admit(_ arrivals: [Arrival], checkpoint: Checkpoint?, now: Date) async throws -> Int {
        try await pool.write { db in
            var new = 0
            for arrival in arrivals where try Self.admit(arrival, now: now, db) { new += 1 }
            if let checkpoint { try Self.save(checkpoint, db) }
            return new
        }
    }

    private static func admit(_ arrival: Arrival, now: Date, _ db: Database) throws -> Bool {
        let place = arrival.place
        let known = try db.cachedStatement(
            sql: "SELECT 1 FROM message WHERE mailbox = ? AND folder = ? AND validity = ? AND uid = ?"
        )
        let arguments: StatementArguments = [place.mailbox, place.folder, place.validity, place.uid]
        if try Int.fetchOne(known, arguments: arguments) != nil { return false }
        // Of a message that did not come whole the digest says too little to call it the same.
        if arrival.isWhole, try renumber(place, digest: arrival.digest, db) { return false }
        let insert = try db.cachedStatement(
            sql: """
                INSERT INTO message
                    (mailbox, folder, role, validity, uid, digest, size, arrived, admitted, is_backlog, is_whole)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try insert.execute(arguments: [
            place.mailbox, place.folder, arrival.role.rawValue, place.validity, place.uid, arrival.digest,
            arrival.size, arrival.arrived.seconds, now.seconds, arrival.isBacklog, arrival.isWhole,
        ])
        let id = db.lastInsertedRowID
        try db.cachedStatement(sql: "INSERT INTO raw (message, bytes) VALUES (?, ?)")
            .execute(arguments: [id, Data(arrival.raw)])
        return true
    }

    /// Gives the row of the same message under an older UIDVALIDITY its new number.
    private static func renumber(_ place: UIDPlace, digest: String, _ db: Database) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: """
                SELECT id FROM message WHERE digest = ? AND mailbox = ? AND folder = ? AND validity <> ?
                ORDER BY id LIMIT 1
                """
        )
        guard
            let id = try Int64.fetchOne(
                statement,
                arguments: [digest, place.mailbox, place.folder, place.validity]
            )
        else { return false }
        try db.execute(
            sql: "UPDATE message SET validity = ?, uid = ? WHERE id = ?",
            arguments: [place.validity, place.uid, id]
        )
        return true
    }

    private static func save(_ checkpoint: Checkpoint, _ db: Database) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO folder (mailbox, name, role, validity, first_uid, last_uid) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET role = excluded.role, validity = excluded.validity,
                    first_uid = excluded.first_uid, last_uid = excluded.last_uid
                """
        ).execute(arguments: [
            checkpoint.mailbox, checkpoint.folder, checkpoint.role.rawValue, checkpoint.validity,
            checkpoint.firstUID, checkpoint.lastUID,
        ])
    }

    /// Where this folder was left; `nil` before the first look.
    package func checkpoint(mailbox: String, folder: String) async throws -> Checkpoint? {
        try await pool.read { db in
            try Row.fetchOne(
                db,
                sql: "SELECT * FROM folder WHERE mailbox = ? AND name = ?",
                arguments: [mailbox, folder]
            ).map(Checkpoint.init(row:))
        }
    }

    /// All watched folders and where they were left.
    package func checkpoints() async throws -> [Checkpoint] {
        try await pool.read { db in
            try Row.fetchAll(db, sql: "SELECT * FROM folder ORDER BY mailbox, name").map(
                Checkpoint.init(row:)
            )
        }
    }

    /// After a change of UIDVALIDITY: gives known messages their new numbers without fetching them.
    ///
    /// A sketch that fits exactly one row is that message. What fits none or several stays unclear and must be
    /// fetched and admitted.
    /// - Returns: The UIDs that stay unclear.
    package func renumber(_ found: [UInt32: MessageSketch], at place: UIDPlace) async throws -> [UInt32] {
        try await pool.write { db in
            var unclear: [UInt32] = []
            for (uid, sketch) in found.sorted(by: { $0.key < $1.key }) {
                let ids = try Int64.fetchAll(
                    db,
                    sql: """
                        SELECT id FROM message WHERE mailbox = ? AND folder = ? AND validity <> ?
                            AND message_id = ? AND size = ? AND abs(arrived - ?) < 1
                        """,
                    arguments: [
                        place.mailbox, place.folder, place.validity, sketch.messageID, sketch.size,
                        sketch.arrived.seconds,
                    ]
                )
                guard ids.count == 1 else {
                    unclear.append(uid)
                    continue
                }
                try db.execute(
                    sql: "UPDATE OR IGNORE message SET validity = ?, uid = ? WHERE id = ?",
                    arguments: [place.validity, uid, ids[0]]
                )
            }
            return unclear
        }
    }

    /// Which of these UIDs the ledger does not have, for the comparison with the server's whole list.
    package func missing(_ uids: [UInt32], at place: UIDPlace) async throws -> [UInt32] {
        guard let low = uids.min(), let high = uids.max() else { return [] }
        return try await pool.read { db in
            let known = try Set(
                UInt32.fetchAll(
                    db,
                    sql: """
                        SELECT uid FROM message
                        WHERE mailbox = ? AND folder = ? AND validity = ? AND uid BETWEEN ? AND ?
                        """,
                    arguments: [place.mailbox, place.folder, place.validity, low, high]
                )
            )
            return uids.filter { !known.contains($0) }
        }
    }
}

extension Checkpoint {
    fileprivate init(row: Row) {
        self.init(
            mailbox: row["mailbox"],
            folder: row["name"],
            role: FolderRole(rawValue: row["role"]) ?? .inbox,
            validity: row["validity"],
            firstUID: row["first_uid"],
            lastUID: row["last_uid"]
        )
    }
}
