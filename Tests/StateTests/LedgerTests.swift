// SPDX-License-Identifier: MIT
import Foundation
import GRDB
import State
import Testing

@Suite("The ledger's file", .timeLimit(.minutes(1)))
struct LedgerTests {
    @Test("Every commit is on the disk before the call returns: WAL, and FULL on the writer, also after work")
    func durability() async throws {
        let bench = try Workbench()
        #expect(try bench.ledger.durability() == ("wal", 2))
        try await bench.conclude(3)
        #expect(try bench.ledger.durability() == ("wal", 2))
    }

    @Test("A ledger opened again keeps what it has and signs with the same secret")
    func reopened() async throws {
        let bench = try Workbench()
        try await bench.conclude(2)
        let again = try Ledger(at: bench.path)
        #expect(again.secret == bench.ledger.secret)
        #expect(again.secret.count >= 32)
        #expect(try await again.books().total == 2)
        #expect(try again.durability() == ("wal", 2))
    }

    @Test("Two new ledgers have different secrets")
    func secrets() throws {
        #expect(try Workbench().ledger.secret != Workbench().ledger.secret)
    }

    @Test("A ledger of a newer version is refused with the way out, and not touched")
    func newer() throws {
        let bench = try Workbench()
        try bench.alter("INSERT INTO grdb_migrations (identifier) VALUES ('99 of the future')")
        let error = #expect(throws: LedgerError.self) { try Ledger(at: bench.path) }
        #expect(
            error?.description.hasSuffix("written by a newer version of poststelle; install that one") == true
        )
        #expect(error?.isTemporary == false)
    }

    @Test("A file that is no ledger, or a folder that is not there, is said so")
    func unusable() throws {
        let bench = try Workbench()
        let other = bench.path + ".txt"
        try Data("This is a text and no database at all.\n".utf8).write(to: URL(filePath: other))
        let error = #expect(throws: LedgerError.self) { try Ledger(at: other) }
        #expect(error?.words == "file is not a database")
        #expect(throws: LedgerError.self) { try Ledger(at: bench.path + "/nowhere/ledger") }
    }

    @Test("While another program holds the ledger a commit waits and then succeeds")
    func locked() async throws {
        let bench = try Workbench()
        let stranger = try bench.stranger()
        let (held, hold) = AsyncStream.makeStream(of: Void.self)
        let order = Order()
        async let other: Void = stranger.writeWithoutTransaction { db in
            try db.inTransaction(.immediate) {
                hold.yield()
                // Long enough for the other one to be refused a first time; it tries again by itself.
                usleep(50_000)
                order.add("released")
                return .commit
            }
        }
        for await _ in held { break }
        try await bench.ledger.admit([Workbench.arrival(1)], checkpoint: nil, now: Workbench.start)
        order.add("admitted")
        try await other
        #expect(order.entries == ["released", "admitted"])
    }

    @Test("A copy is a whole ledger of its own")
    func copied() async throws {
        let bench = try Workbench()
        try await bench.conclude(2)
        try bench.ledger.copy(to: bench.path + ".copy")
        try await bench.conclude(1, from: 3)
        let copy = try Ledger(at: bench.path + ".copy")
        #expect(try await copy.books().total == 2)
        #expect(copy.secret == bench.ledger.secret)
    }
}

/// In which order things happened.
private final class Order: Sendable {
    private let lock = NSLock()
    private nonisolated(unsafe) var list: [String] = []

    func add(_ entry: String) { lock.withLock { list.append(entry) } }

    var entries: [String] { lock.withLock { list } }
}
