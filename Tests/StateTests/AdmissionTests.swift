// SPDX-License-Identifier: MIT
import Actions
import Foundation
import GRDB
import Mail
import State
import Testing

@Suite("Admit: messages and checkpoint together", .timeLimit(.minutes(1)))
struct AdmissionTests {
    @Test("A batch that is handed over again brings nothing new, and the checkpoint stands")
    func idempotent() async throws {
        let bench = try Workbench()
        let batch = [Workbench.arrival(1), Workbench.arrival(2)]
        #expect(
            try await bench.ledger.admit(batch, checkpoint: Workbench.checkpoint(2), now: Workbench.start)
                == 2
        )
        #expect(
            try await bench.ledger.admit(batch, checkpoint: Workbench.checkpoint(2), now: Workbench.start)
                == 0
        )
        #expect(
            try await bench.ledger.checkpoint(mailbox: "support", folder: "INBOX") == Workbench.checkpoint(2)
        )
        #expect(try await bench.ledger.checkpoint(mailbox: "support", folder: "Sent") == nil)
        #expect(try await bench.ledger.checkpoints() == [Workbench.checkpoint(2)])
        let open = try await bench.ledger.openMessages(limit: 10)
        #expect(open.map(\.raw) == [Array("mail 1".utf8), Array("mail 2".utf8)])
        #expect(open.map(\.place) == [Workbench.place(1), Workbench.place(2)])
    }

    @Test("A batch is there with its checkpoint, or neither is")
    func atomic() async throws {
        let bench = try Workbench()
        try bench.alter(
            """
            CREATE TRIGGER broken BEFORE INSERT ON message WHEN new.uid = 2 BEGIN SELECT RAISE(ABORT, 'no'); END
            """
        )
        await #expect(throws: DatabaseError.self) {
            try await bench.ledger.admit(
                [Workbench.arrival(1), Workbench.arrival(2)],
                checkpoint: Workbench.checkpoint(2),
                now: Workbench.start
            )
        }
        #expect(try bench.count("message") == 0)
        #expect(try bench.count("raw") == 0)
        #expect(try await bench.ledger.checkpoint(mailbox: "support", folder: "INBOX") == nil)
    }

    @Test("After a change of UIDVALIDITY a known mail gets its new number and stays concluded")
    func renumbered() async throws {
        let bench = try Workbench()
        try await bench.conclude(2)
        let again = [
            Workbench.arrival(11, validity: 2, digest: "d2"),
            Workbench.arrival(12, validity: 2, digest: "d1"),
            Workbench.arrival(13, validity: 2, digest: "new"),
        ]
        #expect(try await bench.ledger.admit(again, checkpoint: nil, now: Workbench.start) == 1)
        #expect(try await bench.outcomes() == [11: .forwarded, 12: .forwarded, 13: nil])
    }

    @Test(
        "A second copy in the same folder is a message of its own, and only one row moves to each new number"
    )
    func copies() async throws {
        let bench = try Workbench()
        let twins = [Workbench.arrival(1, digest: "twin"), Workbench.arrival(2, digest: "twin")]
        #expect(try await bench.ledger.admit(twins, checkpoint: nil, now: Workbench.start) == 2)
        let moved = [
            Workbench.arrival(5, validity: 2, digest: "twin"),
            Workbench.arrival(6, validity: 2, digest: "twin"),
            Workbench.arrival(7, validity: 2, digest: "twin"),
        ]
        #expect(try await bench.ledger.admit(moved, checkpoint: nil, now: Workbench.start) == 1)
        #expect(try await bench.outcomes().keys.sorted() == [5, 6, 7])
    }

    @Test("A sketch that fits one known mail renumbers it; what fits none or several must be fetched")
    func sketches() async throws {
        let bench = try Workbench()
        try await bench.conclude(3)
        func sketch(_ id: Int64, size: Int = 6, later: Double = 0) -> MessageSketch {
            MessageSketch(
                messageID: "mid\(id)@x",
                size: size,
                arrived: Workbench.start.addingTimeInterval(later)
            )
        }
        let unclear = try await bench.ledger.renumber(
            [21: sketch(1), 22: sketch(2, size: 7), 23: sketch(3, later: 5), 24: sketch(4), 25: sketch(1)],
            at: Workbench.place(0, validity: 2)
        )
        #expect(unclear == [22, 23, 24, 25])
        #expect(try await bench.outcomes().keys.sorted() == [2, 3, 21])
    }

    @Test("Holes in what we have are found")
    func missing() async throws {
        let bench = try Workbench()
        try await bench.conclude(3)
        #expect(try await bench.ledger.missing([1, 2, 3, 4, 9], at: Workbench.place(0)) == [4, 9])
        #expect(try await bench.ledger.missing([1], at: Workbench.place(0, validity: 2)) == [1])
        #expect(try await bench.ledger.missing([1], at: Workbench.place(0, folder: "Sent")) == [1])
    }

    @Test("How the last looks went is kept: since when one fails, and that it succeeds again")
    func looks() async throws {
        let bench = try Workbench()
        func look(_ minute: Double, _ complaint: String?) async throws {
            try await bench.ledger.noteLook(
                mailbox: "support",
                at: Workbench.start.addingTimeInterval(60 * minute),
                complaint: complaint
            )
        }
        try await look(0, nil)
        try await look(1, "NO login refused")
        try await look(2, "BYE")
        var looks = try await bench.ledger.looks()
        #expect(looks.map(\.mailbox) == ["support"])
        #expect(looks.map(\.succeeded) == [Workbench.start])
        #expect(looks.map(\.failingSince) == [Workbench.start.addingTimeInterval(60)])
        #expect(looks.map(\.complaint) == ["BYE"])
        try await look(3, nil)
        looks = try await bench.ledger.looks()
        #expect(looks.map(\.succeeded) == [Workbench.start.addingTimeInterval(180)])
        #expect(looks.map(\.failingSince) == [nil])
        #expect(looks.map(\.complaint) == [nil])
    }
}
