// SPDX-License-Identifier: MIT
package import Actions
package import FoundationEssentials
import GRDB

/// What the ledger is told about one attempt.
package enum Settlement: Sendable {
    case delivered(String)
    /// Tried again at this time.
    case retry(at: Date, String)
    /// Never delivered; the plan, if there is one, says who looks after it, otherwise it stays in sight.
    case rejected(String, Plan?)
    /// Refused as it was; tried again at once in this form, under the same key.
    case changed(Effect, String)
    /// Nobody can know; the plan says who looks after it.
    case unknown(String, Plan)
}

extension Ledger {
    /// The fourth commit: what became of the effects that were claimed, all in one transaction.
    package func settle(_ results: [(Claimed, Settlement)], now: Date) async throws {
        try await pool.write { db in
            let page = Page(db: db)
            for (claimed, result) in results {
                switch result {
                case .delivered(let words):
                    try page.settle(claimed, state: "delivered", words: words, now: now)
                case .retry(let date, let words):
                    try db.cachedStatement(
                        sql: "UPDATE effect SET state = 'waiting', due = ?, words = ? WHERE id = ?"
                    ).execute(arguments: [date.seconds, words, claimed.id])
                case .rejected(let words, let plan):
                    if let plan {
                        try page.replace(claimed, by: plan, because: words, state: "refused", now: now)
                    } else {
                        try page.settle(claimed, state: "rejected", words: words, now: now)
                    }
                case .changed(let effect, let words):
                    try db.execute(
                        sql:
                            "UPDATE effect SET state = 'waiting', due = ?, words = ?, effect = ? WHERE id = ?",
                        arguments: [now.seconds, words, try Stored.text(effect), claimed.id]
                    )
                case .unknown(let words, let plan):
                    try page.replace(claimed, by: plan, because: words, state: "unknown", now: now)
                }
            }
        }
    }

    /// Looks at one claimed effect together with its message, to plan what follows a failure.
    package func reading<Result: Sendable>(
        _ work: @escaping @Sendable (Page) throws -> Result
    ) async throws -> Result {
        try await pool.read { db in try work(Page(db: db)) }
    }
}

extension Page {
    fileprivate func settle(_ claimed: Claimed, state: String, words: String, now: Date) throws {
        try db.cachedStatement(sql: "UPDATE effect SET state = ?, settled = ?, words = ? WHERE id = ?")
            .execute(arguments: [state, now.seconds, words, claimed.id])
    }
}
