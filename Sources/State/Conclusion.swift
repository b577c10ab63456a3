// SPDX-License-Identifier: MIT
package import Actions
package import Cases
package import FoundationEssentials
import GRDB
package import Mail
package import Rules
package import Understanding

/// A message that was admitted and has no outcome yet.
package struct OpenMessage: Sendable {
    package var id: Int64
    package var place: UIDPlace
    package var role: FolderRole
    package var raw: [UInt8]
    package var digest: String
    package var size: Int
    package var arrived: Date
    package var isBacklog: Bool
    package var isWhole: Bool
    /// How often it was taken up alone and nothing came of it.
    package var attempts: Int
}

/// Everything that was found out and decided about one message.
package struct Record: Sendable, Codable {
    package var reading: Reading
    package var order: OrderMatch
    package var decision: Decision
    package var plan: Plan

    package init(reading: Reading, order: OrderMatch, decision: Decision, plan: Plan) {
        self.reading = reading
        self.order = order
        self.decision = decision
        self.plan = plan
    }
}

/// The second commit's content for one message.
package struct Conclusion: Sendable {
    package var outcome: Outcome
    /// Why, in a few words without personal data, where the outcome alone does not say it.
    package var reason: String?
    package var caseID: Case.ID?
    package var order: String?
    package var messageID: String?
    package var record: Record?
    package var effects: [Effect]

    package init(
        outcome: Outcome,
        reason: String? = nil,
        caseID: Case.ID? = nil,
        order: String? = nil,
        messageID: String? = nil,
        record: Record? = nil,
        effects: [Effect] = []
    ) {
        self.outcome = outcome
        self.reason = reason
        self.caseID = caseID
        self.order = order
        self.messageID = messageID
        self.record = record
        self.effects = effects
    }
}

extension Ledger {
    /// Messages without an outcome in the order they came, with their bytes.
    ///
    /// Those that were open when the service last stopped come singly, so that one that crashes it is found out.
    package func openMessages(limit: Int) async throws -> [OpenMessage] {
        try await pool.read { db in
            let rows = try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT m.*, r.bytes FROM message m LEFT JOIN raw r ON r.message = m.id
                        WHERE m.outcome IS NULL ORDER BY m.id LIMIT ?
                        """
                ),
                arguments: [limit]
            )
            let all = rows.map(OpenMessage.init(row:))
            guard let suspect = all.firstIndex(where: { $0.attempts > 0 }) else { return all }
            return suspect == 0 ? [all[0]] : Array(all[..<suspect])
        }
    }

    /// At the start: whatever is still open may have been what ended the last run, and is looked at alone.
    package func suspectOpenMessages() async throws {
        try await pool.write { db in
            try db.execute(sql: "UPDATE message SET attempts = 1 WHERE outcome IS NULL AND attempts = 0")
        }
    }

    /// Counts one more attempt at a suspect message, before it is touched.
    package func countAttempt(at id: Int64) async throws {
        try await pool.write { db in
            try db.execute(sql: "UPDATE message SET attempts = attempts + 1 WHERE id = ?", arguments: [id])
        }
    }

    /// The second commit: for each message its outcome, case, record and effects, all in one transaction.
    ///
    /// A message whose decision throws is rolled back alone and concluded by `failed` instead; the others of the
    /// batch are not touched by that. An error of the disk, a lock or a cancellation takes back the whole batch.
    /// - Returns: The conclusions in the order of the messages.
    package func conclude(
        _ messages: [OpenMessage],
        now: Date,
        deciding decide: @escaping @Sendable (Int, OpenMessage, Page) throws -> Conclusion,
        failed: @escaping @Sendable (OpenMessage, any Error, Page) throws -> Conclusion
    ) async throws -> [Conclusion] {
        try await pool.write { db in
            let page = Page(db: db)
            return try messages.enumerated().map { index, message in
                var conclusion: Conclusion?
                var complaint: (any Error)?
                try db.inSavepoint {
                    do {
                        let decided = try decide(index, message, page)
                        try page.write(decided, of: message, now: now)
                        conclusion = decided
                        return .commit
                    } catch  where LedgerError.concernsLedger(error) {
                        throw error
                    } catch {
                        complaint = error
                        return .rollback
                    }
                }
                if let conclusion { return conclusion }
                let instead = try failed(message, complaint ?? CancellationError(), page)
                try page.write(instead, of: message, now: now)
                return instead
            }
        }
    }
}

extension Page {
    fileprivate func write(_ conclusion: Conclusion, of message: OpenMessage, now: Date) throws {
        try db.cachedStatement(
            sql: """
                UPDATE message SET concluded = ?, outcome = ?, reason = ?, case_id = ?, order_number = ?,
                    message_id = ?, record = ? WHERE id = ?
                """
        ).execute(arguments: [
            now.seconds, conclusion.outcome.rawValue, conclusion.reason, conclusion.caseID?.number,
            conclusion.order, conclusion.messageID, try conclusion.record.map(Stored.text), message.id,
        ])
        for effect in conclusion.effects {
            try queue(
                effect,
                message: message.id,
                caseID: conclusion.caseID ?? Case.ID(0),
                answer: conclusion.record?.answer,
                order: conclusion.order,
                now: now
            )
        }
    }

    /// Puts an effect into the outbox; a key that is there already is not queued again.
    func queue(
        _ effect: Effect,
        message: Int64,
        caseID: Case.ID,
        answer: String?,
        order: String?,
        now: Date
    ) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO effect
                    (key, message, case_id, kind, mailbox, peer, answer, order_number, effect, state, queued, due)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', ?, ?) ON CONFLICT (key) DO NOTHING
                """
        ).execute(arguments: [
            effect.key.text, message, caseID.number, effect.kind.rawValue, effect.mailbox,
            effect.letter.to.address.lowercased(), effect.kind == .answer ? answer : nil, order,
            try Stored.text(effect), now.seconds, effect.notBefore.seconds,
        ])
    }
}

extension Record {
    /// The answer that the plan sends, if it sends one.
    package var answer: String? {
        guard decision.choices.indices.contains(plan.choice),
            case .answer(let name) = decision.choices[plan.choice].ending
        else { return nil }
        return name
    }
}

extension OpenMessage {
    init(row: Row) {
        let bytes: Data? = row["bytes"]
        self.init(
            id: row["id"],
            place: UIDPlace(
                mailbox: row["mailbox"],
                folder: row["folder"],
                validity: row["validity"],
                uid: row["uid"]
            ),
            role: FolderRole(rawValue: row["role"]) ?? .inbox,
            raw: bytes.map(Array.init) ?? [],
            digest: row["digest"],
            size: row["size"],
            arrived: Date(timeIntervalSince1970: row["arrived"]),
            isBacklog: row["is_backlog"],
            isWhole: row["is_whole"],
            attempts: row["attempts"]
        )
    }
}

/// Values as JSON text in a column.
enum Stored {
    static func text(_ value: some Encodable) throws -> String {
        String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    }

    static func value<Value: Decodable>(_ type: Value.Type, from text: String) throws -> Value {
        try JSONDecoder().decode(type, from: Data(text.utf8))
    }
}
