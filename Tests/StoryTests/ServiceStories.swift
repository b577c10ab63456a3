// SPDX-License-Identifier: MIT
import Actions
import Foundation
import GRDB
import Logging
import Mail
import Service
import Shops
import State
import Synchronization
import Testing

@Suite("Stories: the service stops, or a part of it fails", .timeLimit(.minutes(1)))
struct ServiceStories {
    let folder: StoryFolder
    let ledger: Ledger
    let failures = FailureLog()
    var events: EventLog { EventLog(Logger(label: "story", factory: { _ in failures })) }
    let now: @Sendable () -> Date = { Teeladen.start.addingTimeInterval(600) }

    init() throws {
        folder = try StoryFolder()
        ledger = try Ledger(at: folder.path("ledger"))
    }

    func pipeline() throws -> Pipeline {
        Pipeline(
            ledger: ledger,
            shop: Teeladen.shop,
            playbook: try Teeladen.playbook.get(),
            events: events,
            now: now
        )
    }

    /// What another program does to the ledger, and undoes.
    func alter(_ sql: String) async throws {
        try await DatabaseQueue(path: folder.path("ledger")).write { db in try db.execute(sql: sql) }
    }

    static func arrival(_ post: Post) -> Arrival {
        Arrival(
            place: UIDPlace(mailbox: "support", folder: "INBOX", validity: 1, uid: 1),
            role: .inbox,
            raw: post.raw,
            digest: MailDigest.of(post.raw),
            arrived: Teeladen.start
        )
    }

    @Test(
        "When the service is told to stop, a letter on its way is settled first, and none is begun after it"
    )
    func stopping() async throws {
        for number in 0..<20 as Range<UInt32> {
            var arrival = Self.arrival(.concern.with(id: "c\(number)@example.de"))
            arrival.place.uid = number + 1
            try await ledger.admit([arrival], checkpoint: nil, now: now())
        }
        let pipeline = try pipeline()
        try await pipeline.concludeOpen()
        let (begun, begin) = AsyncStream.makeStream(of: Void.self)
        let dispatcher = Dispatcher(
            mailbox: "support",
            pipeline: pipeline,
            courier: SlowCourier(begin: begin),
            events: events,
            now: now
        )
        let work = Task { try await dispatcher.dispatchDue() }
        for await _ in begun { break }
        work.cancel()
        _ = await work.result
        #expect(try await ledger.outboxCounts() == ["delivered": 16, "waiting": 4])
        folder.remove()
    }

    @Test("What became of a letter is written down as soon as the ledger takes it again")
    func settlingAgain() async throws {
        try await ledger.admit([Self.arrival(.concern)], checkpoint: nil, now: now())
        let pipeline = try pipeline()
        try await pipeline.concludeOpen()
        // The ledger refuses while the letter travels.
        let courier = BreakingCourier {
            try await alter(
                "CREATE TRIGGER broken BEFORE UPDATE ON effect BEGIN SELECT RAISE(ABORT, 'no'); END"
            )
        }
        let dispatcher = Dispatcher(
            mailbox: "support",
            pipeline: pipeline,
            courier: courier,
            events: events,
            now: now
        )
        async let count = dispatcher.dispatchDue()
        await failures.next(of: "settle")
        try await alter("DROP TRIGGER broken")
        #expect(try await count == 1)
        #expect(try await ledger.outboxCounts() == ["delivered": 1])
        folder.remove()
    }

    @Test(
        "A source that fails is begun again, and messages that could not be decided are taken up without a new one"
    )
    func failing() async throws {
        let source = FailingSource(arrival: Self.arrival(.concern))
        let pipeline = try pipeline()
        let supervisor = Supervisor(
            pipeline: pipeline,
            sources: [source],
            dispatchers: [],
            feed: nil,
            keepsRaw: 3600,
            pause: .milliseconds(20),
            events: events,
            now: now
        )
        // Neither a decision nor setting aside can be written.
        try await alter("ALTER TABLE cases RENAME TO away")
        let service = Task { try await supervisor.run() }
        defer { service.cancel() }
        await failures.next(of: "source support")
        // More often than there were rings: the loop goes on by itself.
        for _ in 0..<4 { await failures.next(of: "pipeline") }
        #expect(try await ledger.books().open == 1)
        try await alter("ALTER TABLE away RENAME TO cases")
        while try await ledger.books().open > 0 { await Task.yield() }
        #expect(try await ledger.books().outcomes == [.forwarded: 1])
        service.cancel()
        _ = await service.result
        folder.remove()
    }

    @Test("Orders that the ledger could not take are taken at the next look, though the file stays as it is")
    func orders() async throws {
        let file = folder.path("orders")
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        try encoder.encode(Teeladen.order("2026-11834", of: "a@example.de")).write(to: URL(filePath: file))
        let feed = OrderFeed(ledger: ledger, file: OrdersFile(path: file), events: events)
        try await alter("ALTER TABLE shop_order RENAME TO away")
        await #expect(throws: (any Error).self) { try await feed.refresh() }
        try await alter("ALTER TABLE away RENAME TO shop_order")
        try await feed.refresh()
        #expect(try await ledger.orderCount() == 1)
        folder.remove()
    }

    @Test("A bell that rang while nobody waited is heard at once; a wait ends by time or by cancellation too")
    func bell() async {
        let bell = Bell()
        await bell.ring()
        await bell.ring()
        await bell.wait()
        await bell.wait(atMost: .milliseconds(1))
        let waiting = Task { await bell.wait() }
        waiting.cancel()
        await waiting.value
        let woken = Task { await bell.wait(atMost: .seconds(3600)) }
        await bell.ring()
        await woken.value
        folder.remove()
    }
}

/// Takes its time until it is told to stop; what it has begun it finishes.
private struct SlowCourier: Courier {
    let begin: AsyncStream<Void>.Continuation

    func deliver(_ parcels: [Consignment]) async -> [Delivery] {
        begin.yield()
        while !Task.isCancelled { await Task.yield() }
        return parcels.map { _ in .delivered("250 Ok") }
    }
}

/// Something goes wrong in the house while the letter is outside.
private struct BreakingCourier: Courier {
    let trouble: @Sendable () async throws -> Void

    func deliver(_ parcels: [Consignment]) async -> [Delivery] {
        try? await trouble()
        return parcels.map { _ in .delivered("250 Ok") }
    }
}

/// Hands on which loops failed, in order; all other log lines are dropped.
struct FailureLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    private let loops: AsyncStream<String>
    private let add: AsyncStream<String>.Continuation

    init() {
        (loops, add) = AsyncStream.makeStream(of: String.self)
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        guard "\(event.message)" == EventLog.Event.loopFailed.rawValue else { return }
        add.yield(event.metadata?["loop"].map { "\($0)" } ?? "")
    }

    /// Waits until this loop has failed once more.
    func next(of loop: String) async {
        for await failed in loops where failed == loop { break }
    }
}

/// Fails once, then brings a message, then waits like any source.
private final class FailingSource: MessageSource {
    struct Broken: Error {}

    let mailbox = "support"
    private let arrival: Arrival
    private let rounds = Mutex(0)

    init(arrival: Arrival) {
        self.arrival = arrival
    }

    func watch(for desk: any ArrivalDesk) async throws {
        let round = rounds.withLock { rounds in
            rounds += 1
            return rounds
        }
        if round == 1 { throw Broken() }
        try await desk.admit([arrival], checkpoint: nil)
        try await Task.sleep(for: .seconds(3600))
    }
}
