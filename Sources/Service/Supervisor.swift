// SPDX-License-Identifier: MIT
import Actions
package import FoundationEssentials
import Logging
package import Mail
import ServiceLifecycle
import State

/// Runs everything that waits for something: the sources, the pipeline, the outboxes, the orders file.
///
/// A loop that fails says so in the log and tries again after a pause; it never ends another one. On SIGTERM the
/// transaction at hand is finished, letters on their way are settled, and everything else is found again at the
/// next start.
package struct Supervisor: ServiceLifecycle.Service {
    private let pipeline: Pipeline
    private let sources: [any MessageSource]
    private let dispatchers: [Dispatcher]
    private let feed: OrderFeed?
    private let keepsRaw: TimeInterval
    private let pause: Duration
    private let events: EventLog
    private let now: @Sendable () -> Date
    private let pipelineBell: Bell
    private let desk: FrontDesk
    private let dispatcherBells: [Bell]

    /// Plugs the loops together; nothing runs yet.
    ///
    /// The bytes of a settled message are kept for `keepsRaw` seconds; a loop that failed waits for `pause`
    /// before its next round.
    package init(
        pipeline: Pipeline,
        sources: [any MessageSource],
        dispatchers: [Dispatcher],
        feed: OrderFeed?,
        keepsRaw: TimeInterval,
        pause: Duration = .seconds(5),
        events: EventLog,
        now: @escaping @Sendable () -> Date
    ) {
        self.pipeline = pipeline
        self.sources = sources
        self.dispatchers = dispatchers
        self.feed = feed
        self.keepsRaw = keepsRaw
        self.pause = pause
        self.events = events
        self.now = now
        pipelineBell = Bell()
        desk = FrontDesk(ledger: pipeline.ledger, bell: pipelineBell, events: events, now: now)
        dispatcherBells = dispatchers.map { _ in Bell() }
    }

    /// Runs until it is told to stop.
    package func run() async throws {
        events.write(
            .serviceStarted,
            .notice,
            ["mailboxes": "\(sources.count)", "mode": "\(pipeline.shop.mode.rawValue)"]
        )
        try await recover()
        await cancelWhenGracefulShutdown { await runLoops() }
        events.write(.serviceStopped)
    }

    /// Finds again what the last run left in hand.
    package func recover() async throws {
        let recovered = try await pipeline.ledger.recoverClaims(now: now()) { claimed, page in
            try pipeline.planAfterFailure(
                of: claimed,
                .deliveryUnknown,
                words: "the service ended while it was being sent",
                page
            )
        }
        if recovered > 0 { events.write(.claimsRecovered, .warning, ["effects": "\(recovered)"]) }
        try await pipeline.ledger.suspectOpenMessages()
        await pipelineBell.ring()
    }

    private func runLoops() async {
        await withDiscardingTaskGroup { group in
            if let feed {
                // Once before anything is decided: a message must not miss its order by a second.
                await attempt("orders") { try await feed.refresh() }
                group.addTask {
                    while !Task.isCancelled {
                        await rest(.seconds(2))
                        await attempt("orders") { try await feed.refresh() }
                    }
                }
            }
            for source in sources {
                group.addTask {
                    // A source that returns is a finite one and done; one that fails is begun again.
                    while !Task.isCancelled {
                        let isDone = await attempt("source \(source.mailbox)") {
                            try await source.watch(for: desk)
                        }
                        if isDone { break }
                    }
                }
            }
            group.addTask {
                while !Task.isCancelled {
                    let isDone = await attempt("pipeline") {
                        if try await pipeline.concludeOpen() > 0 {
                            for bell in dispatcherBells { await bell.ring() }
                        }
                    }
                    // After a failure nobody rings for the messages that are still open.
                    if isDone { await pipelineBell.wait() }
                }
            }
            for (dispatcher, bell) in zip(dispatchers, dispatcherBells) {
                group.addTask { await dispatch(dispatcher, bell) }
            }
            group.addTask {
                while !Task.isCancelled {
                    await attempt("housekeeping") { try await keepHouse() }
                    await rest(.seconds(3600))
                }
            }
        }
    }

    private func dispatch(_ dispatcher: Dispatcher, _ bell: Bell) async {
        while !Task.isCancelled {
            var wait: Duration?
            await attempt("outbox") {
                try await dispatcher.dispatchDue()
                wait = try await dispatcher.nextDue().map { due in
                    .seconds(max(0.01, due.timeIntervalSince(now())))
                }
            }
            // A person may release a letter through another process: the outbox is looked at now and then.
            await bell.wait(atMost: min(wait ?? .seconds(60), .seconds(60)))
        }
    }

    private func keepHouse() async throws {
        var dropped = 0
        while true {
            let count = try await pipeline.ledger.dropRaw(
                concludedBefore: now().addingTimeInterval(-keepsRaw)
            )
            dropped += count
            if count == 0 { break }
        }
        if dropped > 0 { events.write(.originalsDropped, .info, ["messages": "\(dropped)"]) }
    }

    /// Runs one round of a loop; an error is logged and followed by a pause.
    ///
    /// - Returns: Whether the round came to its end.
    @discardableResult
    private func attempt(_ loop: String, _ round: () async throws -> Void) async -> Bool {
        do {
            try await round()
            return true
        } catch is CancellationError {
            return false
        } catch {
            events.failed(loop, error)
            await rest(pause)
            return false
        }
    }

    private func rest(_ duration: Duration) async {
        do {
            try await Task.sleep(for: duration)
        } catch {
            // Cancelled: the loop looks at that itself.
        }
    }
}
