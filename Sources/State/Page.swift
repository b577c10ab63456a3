// SPDX-License-Identifier: MIT
package import Actions
package import Cases
package import FoundationEssentials
import GRDB
package import Orders

/// The ledger opened for one transaction: the look-ups that a decision needs, and what is written with it.
///
/// Valid only inside the call that hands it out.
package struct Page {
    let db: Database

    // MARK: - Cases

    package func existingCase(_ id: Case.ID) throws -> Case? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT * FROM cases WHERE id = ?"),
            arguments: [id.number]
        ).map(Case.init(row:))
    }

    /// The cases these Message-IDs lead to; the last id's first.
    package func cases(referredToBy messageIDs: [String]) throws -> [Case] {
        let statement = try db.cachedStatement(
            sql:
                "SELECT c.* FROM thread t JOIN cases c ON c.id = t.case_id WHERE t.message_id = ? ORDER BY c.id DESC"
        )
        var found: [Case] = []
        for id in messageIDs.suffix(Self.mostReferences).reversed() {
            for row in try Row.fetchAll(statement, arguments: [id]) {
                let one = Case(row: row)
                if !found.contains(one) { found.append(one) }
            }
        }
        return found
    }

    /// A message's References can be endless; the newest lead furthest.
    private static let mostReferences = 50

    /// The newest cases about this order.
    package func cases(aboutOrder number: String) throws -> [Case] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT * FROM cases WHERE order_number = ? ORDER BY last_message DESC LIMIT 5"
            ),
            arguments: [number]
        ).map(Case.init(row:))
    }

    /// Whether one of these Message-IDs is a letter that a person of the shop sent.
    package func isPersonsLetter(anyOf messageIDs: [String]) throws -> Bool {
        let statement = try db.cachedStatement(
            sql: "SELECT 1 FROM thread WHERE message_id = ? AND is_person = 1 LIMIT 1"
        )
        return try messageIDs.suffix(Self.mostReferences).contains { id in
            try Int.fetchOne(statement, arguments: [id]) != nil
        }
    }

    /// Opens a case.
    package func openCase(writer: String, order: String?, now: Date) throws -> Case {
        try db.cachedStatement(
            sql: "INSERT INTO cases (opened, writer, order_number, last_message) VALUES (?, ?, ?, ?)"
        ).execute(arguments: [now.seconds, writer, order, now.seconds])
        return Case(
            id: Case.ID(db.lastInsertedRowID),
            opened: now,
            writer: writer,
            order: order,
            lastMessage: now
        )
    }

    /// Notes that the customer wrote again, and the order if the case had none.
    package func continueCase(_ id: Case.ID, order: String?, now: Date) throws {
        try db.cachedStatement(
            sql: "UPDATE cases SET last_message = ?, order_number = coalesce(order_number, ?) WHERE id = ?"
        ).execute(arguments: [now.seconds, order, id.number])
    }

    /// From now on nothing automatic is sent in this case.
    package func personWrote(in id: Case.ID, at date: Date) throws {
        try db.cachedStatement(
            sql: "UPDATE cases SET person_wrote = max(coalesce(person_wrote, 0), ?) WHERE id = ?"
        ).execute(arguments: [date.seconds, id.number])
    }

    /// The cases of these writers in which something happened after `since`.
    package func cases(ofWriters addresses: [String], since: Date) throws -> [Case] {
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM cases WHERE writer = ? AND last_message > ?"
        )
        return try addresses.flatMap { address in
            try Row.fetchAll(statement, arguments: [address.lowercased(), since.seconds]).map(Case.init(row:))
        }
    }

    /// Remembers that these Message-IDs lead to a case.
    package func thread(_ messageIDs: [String], to id: Case.ID, isPerson: Bool = false) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO thread (message_id, case_id, is_person) VALUES (?, ?, ?)
                ON CONFLICT DO UPDATE SET is_person = max(is_person, excluded.is_person)
                """
        )
        for messageID in messageIDs.suffix(Self.mostReferences) {
            try statement.execute(arguments: [messageID, id.number, isPerson])
        }
    }

    // MARK: - Messages

    /// The earlier message of which this one is a copy.
    package func original(ofDigest digest: String, before id: Int64) throws -> Int64? {
        try Int64.fetchOne(
            db.cachedStatement(
                sql:
                    "SELECT id FROM message WHERE digest = ? AND id < ? AND role = 'inbox' ORDER BY id LIMIT 1"
            ),
            arguments: [digest, id]
        )
    }

    // MARK: - What was sent before

    /// What the guard needs to know about a writer and a case.
    ///
    /// The effect `except` is itself being judged and does not count.
    package func history(
        case id: Case.ID?,
        peer: String,
        answers: [String],
        order: String?,
        now: Date,
        except effect: Int64? = nil
    ) throws -> ReplyGuard.History {
        var history = ReplyGuard.History()
        let except = effect ?? -1
        let live = "state NOT IN ('withdrawn', 'dropped', 'rejected', 'refused')"
        // What is still to leave counts as waiting alone: a second mail of the same case is then no new question.
        let left = "state IN ('delivered', 'unknown', 'held')"
        let since = now.addingTimeInterval(-86_400).seconds
        let peer = peer.lowercased()
        if let id {
            history.personWrote = try existingCase(id)?.personWrote != nil
            history.lettersInCase =
                try Int.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT count(*) FROM effect WHERE case_id = ? AND kind = 'answer' AND \(left) AND id <> ?
                            """
                    ),
                    arguments: [id.number, except]
                ) ?? 0
            history.answerWaits =
                try Int.fetchOne(
                    db.cachedStatement(
                        sql: """
                            SELECT 1 FROM effect WHERE case_id = ? AND kind = 'answer'
                                AND state IN ('waiting', 'claimed') AND id <> ? LIMIT 1
                            """
                    ),
                    arguments: [id.number, except]
                ) != nil
        }
        history.lettersToPeer =
            try Int.fetchOne(
                db.cachedStatement(
                    sql: """
                        SELECT count(*) FROM effect WHERE peer = ? AND queued > ? AND kind = 'answer'
                            AND \(live) AND id <> ?
                        """
                ),
                arguments: [peer, since, except]
            ) ?? 0
        history.lettersToday =
            try Int.fetchOne(
                db.cachedStatement(
                    sql:
                        "SELECT count(*) FROM effect WHERE queued > ? AND kind = 'answer' AND \(live) AND id <> ?"
                ),
                arguments: [since, except]
            ) ?? 0
        let same = try db.cachedStatement(
            sql: """
                SELECT DISTINCT state IN ('waiting', 'claimed') FROM effect WHERE peer = ? AND kind = 'answer'
                    AND answer = ? AND order_number IS ? AND \(live) AND id <> ?
                """
        )
        for answer in answers {
            for isWaiting in try Bool.fetchAll(same, arguments: [peer, answer, order, except]) {
                // Also of another case: who writes twice without a number opens two, and wants one answer.
                if isWaiting { history.answerWaits = true } else { history.answeredSame = true }
            }
        }
        return history
    }

    // MARK: - Orders

    /// The order with this number, however its letters are written and with or without `#`.
    package func order(numbered number: String) throws -> Order? {
        try decoded("SELECT json FROM shop_order WHERE number = ?", OrderShelf.key(number)).first
    }

    package func orders(tracked tracking: String) throws -> [Order] {
        try decoded(
            """
            SELECT o.json FROM shop_parcel p JOIN shop_order o ON o.number = p.number WHERE p.tracking = ? LIMIT 5
            """,
            OrderShelf.key(tracking)
        )
    }

    /// The orders of this address or relay alias, at most twenty.
    package func orders(of address: String) throws -> [Order] {
        let address = address.lowercased()
        return try decoded("SELECT json FROM shop_order WHERE email = ? LIMIT 20", address)
            + decoded("SELECT json FROM shop_order WHERE relay = ? LIMIT 20", address)
    }

    private func decoded(_ sql: String, _ argument: String) throws -> [Order] {
        try String.fetchAll(db.cachedStatement(sql: sql), arguments: [argument])
            .map { try Order.decoder.decode(Order.self, from: Data($0.utf8)) }
    }
}

extension Case {
    init(row: Row) {
        let wrote: Double? = row["person_wrote"]
        self.init(
            id: Case.ID(row["id"]),
            opened: Date(timeIntervalSince1970: row["opened"]),
            writer: row["writer"],
            order: row["order_number"],
            personWrote: wrote.map(Date.init(timeIntervalSince1970:)),
            lastMessage: Date(timeIntervalSince1970: row["last_message"])
        )
    }
}
