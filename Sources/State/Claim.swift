// SPDX-License-Identifier: MIT
package import Actions
package import Cases
package import FoundationEssentials
import GRDB

/// An effect taken from the outbox for one attempt.
package struct Claimed: Sendable {
    package var id: Int64
    package var message: Int64
    package var caseID: Case.ID
    package var effect: Effect
    /// 1 for the first.
    package var attempt: Int
    package var queued: Date
    /// The untouched message that goes along as an attachment; `nil` where none does, and once it is dropped.
    package var original: [UInt8]?
}

/// What the guard says about an effect at the last moment.
package enum ClaimVerdict: Sendable {
    case send
    /// Not to be sent; the plan takes its place.
    case replace(Plan, because: String)
}

/// How the message of an effect was concluded, for judging it again.
package struct Concluded: Sendable {
    package var message: OpenMessage
    package var caseID: Case.ID
    package var order: String?
    package var record: Record?
    package var outcome: Outcome
    package var reason: String?
}

extension Ledger {
    /// The third commit: takes due effects of one mailbox out of the outbox, after a last judgement.
    ///
    /// `judge` runs in the same transaction for every answer to a customer. A claimed effect is either settled
    /// or, after a crash, found by ``recoverClaims(now:replacing:)``. One that cannot be read or judged is held,
    /// in sight of `poststelle outbox`, and keeps no other one back.
    /// - Returns: At most `limit`, and fewer where originals are large.
    package func claim(
        mailbox: String,
        limit: Int,
        now: Date,
        judging judge: @escaping @Sendable (Claimed, Page) throws -> ClaimVerdict
    ) async throws -> [Claimed] {
        guard try await nextDue(mailbox: mailbox).map({ $0 <= now }) ?? false else { return [] }
        return try await pool.write { db in
            let page = Page(db: db)
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT * FROM effect WHERE state = 'waiting' AND mailbox = ? AND due <= ?
                        ORDER BY due, id LIMIT ?
                        """
                ),
                arguments: [mailbox, now.seconds, limit]
            )
            var taken: [Claimed] = []
            var bytes = 0
            for row in rows where bytes < Self.mostBytes {
                let claimed = try page.orHold(row["id"]) {
                    try page.claim(Claimed(row: row), now: now, judging: judge)
                }
                guard let claimed else { continue }
                bytes += claimed.original?.count ?? 0
                taken.append(claimed)
            }
            return taken
        }
    }

    /// Originals that are in memory at the same time, in bytes; the last one may exceed it.
    private static let mostBytes = 10_000_000

    /// When the next effect of this mailbox is due; `nil` if none waits.
    package func nextDue(mailbox: String) async throws -> Date? {
        try await pool.read { db in
            try Double.fetchOne(
                db.cachedStatement(
                    sql: "SELECT due FROM effect WHERE state = 'waiting' AND mailbox = ? ORDER BY due LIMIT 1"
                ),
                arguments: [mailbox]
            ).map(Date.init(timeIntervalSince1970:))
        }
    }

    /// At the start: settles what was claimed when the last run ended.
    ///
    /// Whether such a letter left, nobody can know. Inside the house it is tried again under the same
    /// Message-ID; an answer to a customer becomes `unknown` and `replacing` says who looks after it.
    /// - Returns: How many claims were found.
    @discardableResult
    package func recoverClaims(
        now: Date,
        replacing replace: @escaping @Sendable (Claimed, Page) throws -> Plan
    ) async throws -> Int {
        try await pool.write { db in
            let page = Page(db: db)
            let rows = try Row.fetchAll(db, sql: "SELECT * FROM effect WHERE state = 'claimed' ORDER BY id")
            for row in rows {
                try page.orHold(row["id"]) {
                    let claimed = try Claimed(row: row)
                    if claimed.effect.kind.isRepeatable {
                        try db.execute(
                            sql: "UPDATE effect SET state = 'waiting', due = ? WHERE id = ?",
                            arguments: [now.seconds, claimed.id]
                        )
                    } else {
                        try page.replace(
                            claimed,
                            by: try replace(claimed, page),
                            because: "the service ended while it was being sent",
                            state: "unknown",
                            now: now
                        )
                    }
                }
            }
            return rows.count
        }
    }
}

extension Page {
    /// The message behind an effect as it was concluded.
    package func concluded(_ message: Int64) throws -> Concluded? {
        guard
            let row = try Row.fetchOne(
                db.cachedStatement(
                    sql:
                        "SELECT m.*, r.bytes FROM message m LEFT JOIN raw r ON r.message = m.id WHERE m.id = ?"
                ),
                arguments: [message]
            )
        else { return nil }
        let text: String? = row["record"]
        let outcome: String? = row["outcome"]
        guard let outcome = outcome.flatMap(Outcome.init(rawValue:)) else { return nil }
        return Concluded(
            message: OpenMessage(row: row),
            caseID: Case.ID(row["case_id"] ?? 0),
            order: row["order_number"],
            record: try text.map { try Stored.value(Record.self, from: $0) },
            outcome: outcome,
            reason: row["reason"]
        )
    }

    /// The letters that a message led to, in the order they were planned, and their states.
    package func letters(for message: Int64) throws -> [(effect: Effect, state: String)] {
        try Row.fetchAll(
            db.cachedStatement(sql: "SELECT effect, state FROM effect WHERE message = ? ORDER BY id"),
            arguments: [message]
        ).map { (try Stored.value(Effect.self, from: $0["effect"]), $0["state"]) }
    }

    /// The numbers of all messages that have an outcome, oldest first.
    package func concludedMessages() throws -> [Int64] {
        try Int64.fetchAll(db, sql: "SELECT id FROM message WHERE outcome IS NOT NULL ORDER BY id")
    }

    /// Whether the customer sent a message in this case after that one which was not about the same alone.
    package func customerWroteAgain(after message: Int64, in id: Case.ID) throws -> Bool {
        try Int.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT 1 FROM message WHERE case_id = ? AND id > ?
                        AND outcome IN ('answered', 'drafted', 'forwarded', 'left', 'set_aside') LIMIT 1
                    """
            ),
            arguments: [id.number, message]
        ) != nil
    }

    /// Takes one effect for an attempt; `nil` if the judgement put something else in its place.
    fileprivate func claim(
        _ waiting: Claimed,
        now: Date,
        judging judge: (Claimed, Page) throws -> ClaimVerdict
    ) throws -> Claimed? {
        var claimed = waiting
        if claimed.effect.kind == .answer, case .replace(let plan, let reason) = try judge(claimed, self) {
            try replace(claimed, by: plan, because: reason, state: "withdrawn", now: now)
            return nil
        }
        claimed.attempt += 1
        try db.cachedStatement(sql: "UPDATE effect SET state = 'claimed', attempt = ? WHERE id = ?")
            .execute(arguments: [claimed.attempt, claimed.id])
        if claimed.effect.attachesOriginal {
            claimed.original = try Data.fetchOne(
                db.cachedStatement(sql: "SELECT bytes FROM raw WHERE message = ?"),
                arguments: [claimed.message]
            ).map(Array.init)
        }
        return claimed
    }

    /// Does `work` on one effect, or holds the effect with the reason if the work fails by its fault.
    @discardableResult
    fileprivate func orHold<Result>(_ id: Int64, _ work: () throws -> Result?) throws -> Result? {
        var result: Result?
        var complaint: (any Error)?
        try db.inSavepoint {
            do {
                result = try work()
                return .commit
            } catch  where LedgerError.concernsLedger(error) {
                throw error
            } catch {
                complaint = error
                return .rollback
            }
        }
        guard let complaint else { return result }
        try db.execute(
            sql: "UPDATE effect SET state = 'held', words = ? WHERE id = ?",
            arguments: ["\(complaint)", id]
        )
        return nil
    }

    /// Ends an effect without a delivery and puts the plan in its place, as the message's new outcome.
    func replace(_ claimed: Claimed, by plan: Plan, because reason: String, state: String, now: Date) throws {
        try db.execute(
            sql: "UPDATE effect SET state = ?, settled = ?, words = ? WHERE id = ?",
            arguments: [state, now.seconds, reason, claimed.id]
        )
        guard let concluded = try concluded(claimed.message) else { return }
        var record = concluded.record
        record?.plan = plan
        try db.execute(
            sql: "UPDATE message SET outcome = ?, reason = ?, record = ? WHERE id = ?",
            arguments: [plan.outcome.rawValue, reason, try record.map(Stored.text), claimed.message]
        )
        for effect in plan.effects {
            try queue(
                effect,
                message: claimed.message,
                caseID: claimed.caseID,
                answer: record?.answer,
                order: concluded.order,
                now: now
            )
        }
    }
}

extension Claimed {
    /// Without the original.
    fileprivate init(row: Row) throws {
        self.init(
            id: row["id"],
            message: row["message"],
            caseID: Case.ID(row["case_id"]),
            effect: try Stored.value(Effect.self, from: row["effect"]),
            attempt: row["attempt"],
            queued: Date(timeIntervalSince1970: row["queued"])
        )
    }
}
