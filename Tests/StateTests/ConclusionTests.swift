// SPDX-License-Identifier: MIT
import Actions
import Cases
import Foundation
import GRDB
import Mail
import State
import Testing

@Suite("Conclude: one outcome for each message", .timeLimit(.minutes(1)))
struct ConclusionTests {
    @Test("Outcome, case, record and effects of a message come together")
    func together() async throws {
        let bench = try Workbench()
        try await bench.conclude(1, .answer)
        #expect(try await bench.outcomes() == [1: .answered])
        #expect(try await bench.states() == ["m1.answer": "waiting"])
        let concluded = try await bench.ledger.reading { page in try page.concluded(1) }
        #expect(concluded?.record?.answer == "wismo")
        #expect(concluded?.caseID.number == 1)
        #expect(
            try await bench.ledger.reading { page in try page.letters(for: 1).map(\.state) } == ["waiting"]
        )
        #expect(try await bench.ledger.openMessages(limit: 10).isEmpty)
    }

    @Test("A message whose deciding fails is set aside alone, with nothing of its half-done work")
    func poison() async throws {
        let bench = try Workbench()
        try await bench.ledger.admit(
            (1...3).map { Workbench.arrival($0) },
            checkpoint: nil,
            now: Workbench.start
        )
        let conclusions = try await bench.concludeOpen { open, page in
            let known = try page.openCase(writer: "w\(open.id)", order: nil, now: Workbench.start)
            try page.thread(["t\(open.id)"], to: known.id)
            if open.id == 2 { throw Poison() }
            return Conclusion(outcome: .forwarded, caseID: known.id, effects: [Workbench.effect(open.id)])
        }
        #expect(conclusions.map(\.outcome) == [.forwarded, .setAside, .forwarded])
        #expect(try await bench.outcomes() == [1: .forwarded, 2: .setAside, 3: .forwarded])
        #expect(try bench.count("cases") == 2)
        #expect(try bench.count("thread") == 2)
        #expect(try await bench.states() == ["m1.forward": "waiting", "m3.forward": "waiting"])
    }

    @Test(
        "An error of the disk, a lock or a cancellation takes back the whole batch; nobody is set aside for it",
        arguments: [ResultCode.SQLITE_FULL, .SQLITE_IOERR, .SQLITE_BUSY, .SQLITE_INTERRUPT, nil]
    )
    func diskFull(code: ResultCode?) async throws {
        let bench = try Workbench()
        try await bench.ledger.admit(
            (1...3).map { Workbench.arrival($0) },
            checkpoint: nil,
            now: Workbench.start
        )
        await #expect(throws: (any Error).self) {
            try await bench.concludeOpen { open, _ in
                guard open.id == 3 else { return Conclusion(outcome: .left) }
                if let code { throw DatabaseError(resultCode: code) }
                throw CancellationError()
            }
        }
        #expect(try await bench.outcomes() == [1: nil, 2: nil, 3: nil])
        #expect(try await bench.ledger.openMessages(limit: 10).count == 3)
    }

    @Test("An error of SQLite that the message itself causes sets aside that message alone")
    func constraint() async throws {
        let bench = try Workbench()
        try await bench.ledger.admit(
            (1...2).map { Workbench.arrival($0) },
            checkpoint: nil,
            now: Workbench.start
        )
        _ = try await bench.concludeOpen { open, _ in
            if open.id == 1 { throw DatabaseError(resultCode: .SQLITE_TOOBIG) }
            return Conclusion(outcome: .left)
        }
        #expect(try await bench.outcomes() == [1: .setAside, 2: .left])
    }

    @Test("Messages that were open when the service stopped come singly, each attempt counted")
    func suspects() async throws {
        let bench = try Workbench()
        try await bench.ledger.admit(
            (1...3).map { Workbench.arrival($0) },
            checkpoint: nil,
            now: Workbench.start
        )
        try await bench.ledger.suspectOpenMessages()
        try await bench.ledger.admit(
            [Workbench.arrival(4), Workbench.arrival(5)],
            checkpoint: nil,
            now: Workbench.start
        )
        #expect(try await bench.ledger.openMessages(limit: 10).map(\.id) == [1])
        try await bench.ledger.countAttempt(at: 1)
        try await bench.ledger.suspectOpenMessages()
        #expect(try await bench.ledger.openMessages(limit: 10).map(\.attempts) == [2])
        for id in [1, 2, 3] as [Int64] {
            let open = try await bench.ledger.openMessages(limit: 10)
            #expect(open.map(\.id) == [id])
            _ = try await bench.ledger.conclude(
                open,
                now: Workbench.start,
                deciding: { _, _, _ in Conclusion(outcome: .left) },
                failed: { _, _, _ in Conclusion(outcome: .setAside) }
            )
        }
        // Those that came after the start were never in doubt... until the second start.
        #expect(try await bench.ledger.openMessages(limit: 10).map(\.id) == [4])
    }

    @Test("The books balance: every mail seen is in one outcome or open")
    func books() async throws {
        let bench = try Workbench()
        try await bench.conclude(3)
        try await bench.conclude(2, .answer, from: 4)
        try await bench.ledger.admit([Workbench.arrival(6)], checkpoint: nil, now: Workbench.start)
        let books = try await bench.ledger.books()
        #expect(books.outcomes == [.forwarded: 3, .answered: 2])
        #expect(books.open == 1)
        #expect(books.oldestOpen == Workbench.start)
        #expect(books.total == 6)
        #expect(try await bench.ledger.books(mailbox: "other").total == 0)
    }
}
