// SPDX-License-Identifier: MIT
import Actions
import Cases
import Foundation
import GRDB
import Mail
import Rules
import State
import Understanding

/// A new ledger in a folder of its own, and short ways to the four commits.
final class Workbench: Sendable {
    static let start = Date(timeIntervalSince1970: 1_795_251_600)

    let path: String
    let ledger: Ledger

    init(statements: (@Sendable (String) -> Void)? = nil) throws {
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? URL(filePath: memory) : FileManager.default.temporaryDirectory
        let folder = parent.appending(path: "ledger-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
        path = folder.appending(path: "ledger.sqlite").path(percentEncoded: false)
        ledger = try Ledger(at: path, observer: nil, statements: statements)
    }

    deinit {
        try? FileManager.default.removeItem(at: URL(filePath: path).deletingLastPathComponent())
    }

    /// A second connection, as another program has it.
    func stranger() throws -> DatabaseQueue { try DatabaseQueue(path: path) }

    /// Changes rows behind the ledger's back.
    func alter(_ sql: String, _ arguments: StatementArguments = []) throws {
        try stranger().write { db in try db.execute(sql: sql, arguments: arguments) }
    }

    static func place(_ uid: UInt32, validity: UInt32 = 1, folder: String = "INBOX") -> UIDPlace {
        UIDPlace(mailbox: "support", folder: folder, validity: validity, uid: uid)
    }

    static func arrival(_ uid: UInt32, validity: UInt32 = 1, digest: String? = nil) -> Arrival {
        Arrival(
            place: place(uid, validity: validity),
            role: .inbox,
            raw: Array("mail \(uid)".utf8),
            digest: digest ?? "d\(uid)",
            arrived: start
        )
    }

    static func checkpoint(_ last: UInt32, validity: UInt32 = 1) -> Checkpoint {
        Checkpoint(
            mailbox: "support",
            folder: "INBOX",
            role: .inbox,
            validity: validity,
            firstUID: 1,
            lastUID: last
        )
    }

    /// An effect of one message, due at once.
    static func effect(_ message: Int64, _ kind: Effect.Kind = .forward, to: String? = nil, due: Date = start)
        -> Effect
    {
        let key = "m\(message).\(kind.rawValue)"
        return Effect(
            key: Effect.Key(key),
            kind: kind,
            mailbox: "support",
            letter: Letter(
                from: Message.Address(address: "support@shop.example"),
                to: Message.Address(
                    address: to ?? (kind == .answer ? "c\(message)@example.de" : "team@shop.example")
                ),
                subject: "s",
                date: start,
                messageID: "\(key)@shop.example",
                origin: .automatic,
                text: "t"
            ),
            attachesOriginal: kind != .answer,
            notBefore: due
        )
    }

    /// A record whose plan sends the answer `wismo`.
    static func record(_ effect: Effect) -> State.Record {
        var decision = Decision()
        decision.choices = [
            Decision.Choice(rule: "r", ending: .answer("wismo")),
            Decision.Choice(rule: nil, ending: .forward(team: nil)),
        ]
        var plan = Plan(
            outcome: effect.kind == .answer ? .answered : .forwarded,
            choice: effect.kind == .answer ? 0 : 1
        )
        plan.effects = [effect]
        return State.Record(reading: Reading(), order: OrderMatch(), decision: decision, plan: plan)
    }

    /// The plan that carries a message to the team.
    static func forwarding(_ message: Int64) -> Plan {
        var plan = Plan(outcome: .forwarded, choice: 1)
        plan.effects = [effect(message)]
        return plan
    }

    /// Admits and concludes `count` messages, each with one effect of this kind; their numbers begin at 1.
    func conclude(_ count: Int = 1, _ kind: Effect.Kind = .forward, from first: UInt32 = 1) async throws {
        try await ledger.admit(
            (0..<UInt32(count)).map { Self.arrival(first + $0) },
            checkpoint: nil,
            now: Self.start
        )
        _ = try await concludeOpen { open, page in
            let effect = Self.effect(open.id, kind)
            let known = try page.openCase(writer: "c\(open.id)@example.de", order: nil, now: Self.start)
            return Conclusion(
                outcome: kind == .answer ? .answered : .forwarded,
                caseID: known.id,
                messageID: "mid\(open.id)@x",
                record: Self.record(effect),
                effects: [effect]
            )
        }
    }

    func concludeOpen(
        _ decide: @escaping @Sendable (OpenMessage, Page) throws -> Conclusion
    ) async throws -> [Conclusion] {
        try await ledger.conclude(
            try await ledger.openMessages(limit: 1000),
            now: Self.start,
            deciding: { _, open, page in try decide(open, page) },
            failed: { open, error, _ in Conclusion(outcome: .setAside, reason: "\(error)") }
        )
    }

    /// Claims what is due; every answer may leave.
    func claim(at now: Date = start, limit: Int = 100) async throws -> [Claimed] {
        try await ledger.claim(mailbox: "support", limit: limit, now: now, judging: { _, _ in .send })
    }

    /// Each effect's state by its key.
    func states() async throws -> [String: String] {
        try await ledger.outbox(all: true).reduce(into: [:]) { $0[$1.key] = $1.state }
    }

    func outcomes() async throws -> [UInt32: Outcome?] {
        try await ledger.outcomes(mailbox: "support", folder: "INBOX")
    }

    func count(_ table: String) throws -> Int {
        try stranger().read { db in try Int.fetchOne(db, sql: "SELECT count(*) FROM \(table)") ?? -1 }
    }
}

/// What a test throws in place of a broken message.
struct Poison: Error {}
