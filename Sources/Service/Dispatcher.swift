// SPDX-License-Identifier: MIT
package import Actions
package import Delivery
package import FoundationEssentials
import State

/// Empties the outbox of one mailbox: claims what is due, hands it to the courier, settles what became of it.
///
/// Towards customers a letter is tried so that it can never arrive twice; inside the house so that it always
/// arrives. Nothing is dropped silently: what is refused goes to a person or stays in sight.
package struct Dispatcher: Sendable {
    private let mailbox: String
    private let pipeline: Pipeline
    private let courier: any Courier
    private let schedule: RetrySchedule
    private let events: EventLog
    private let now: @Sendable () -> Date

    package init(
        mailbox: String,
        pipeline: Pipeline,
        courier: any Courier,
        schedule: RetrySchedule = RetrySchedule(),
        events: EventLog,
        now: @escaping @Sendable () -> Date
    ) {
        self.mailbox = mailbox
        self.pipeline = pipeline
        self.courier = courier
        self.schedule = schedule
        self.events = events
        self.now = now
    }

    /// Letters that are on their way at the same time; a crash leaves at most so many in doubt.
    private static let atOnce = 16

    /// Tries everything that is due now, once.
    ///
    /// - Returns: How many letters were tried.
    @discardableResult
    package func dispatchDue() async throws -> Int {
        var count = 0
        while let due = try await nextDue(), due <= now(), !Task.isCancelled {
            let claimed = try await uncut {
                try await pipeline.ledger.claim(
                    mailbox: mailbox,
                    limit: Self.atOnce,
                    now: now(),
                    judging: { claimed, page in try pipeline.judge(claimed, page) }
                )
            }
            // Answers that were withheld at the last moment have put forwards in their place: look again.
            guard !claimed.isEmpty else { continue }
            // A cancellation reaches the courier alone, which then hands over no more and soon says what is.
            let deliveries = await courier.deliver(
                claimed.map { $0.effect.consignment(original: $0.original) }
            )
            precondition(deliveries.count == claimed.count, "a courier must say what became of every letter")
            try await settle(Array(zip(claimed, deliveries)))
            count += claimed.count
        }
        return count
    }

    /// When the next letter is due; `nil` if none waits.
    ///
    /// In observe mode nothing leaves: what was queued before waits until the mode is `send` again.
    package func nextDue() async throws -> Date? {
        guard pipeline.shop.mode != .observe else { return nil }
        return try await pipeline.ledger.nextDue(mailbox: mailbox)
    }

    /// Writes down what became of letters, again and again while the disk or a lock refuses: nobody else knows.
    private func settle(_ delivered: [(Claimed, Delivery)]) async throws {
        while true {
            do {
                return try await uncut {
                    let now = now()
                    var results: [(Claimed, Settlement)] = []
                    for (claimed, delivery) in delivered {
                        results.append((claimed, try await settlement(of: claimed, delivery, now)))
                    }
                    try await pipeline.ledger.settle(results, now: now)
                    for (claimed, settlement) in results { events.settled(claimed, settlement) }
                }
            } catch {
                // When the service stops first, the next start finds the claims and treats them as in doubt.
                guard !Task.isCancelled else { throw error }
                events.failed("settle", error)
                try await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Finishes the work although the caller is cancelled: a claimed letter that is not settled is in doubt.
    private func uncut<Result: Sendable>(_ work: @escaping @Sendable () async throws -> Result) async throws
        -> Result
    {
        try await Task { try await work() }.value
    }

    private func settlement(of claimed: Claimed, _ delivery: Delivery, _ now: Date) async throws -> Settlement
    {
        switch delivery {
        case .delivered(let words):
            return .delivered(words)
        case .retry(let words):
            return try await retried(claimed, words, now)
        case .rejected(let words):
            // It may be the original that the server does not take: too large, or called dangerous.
            guard !claimed.effect.attachesOriginal else {
                return .changed(claimed.effect.withoutOriginal, words)
            }
            return try await rejected(claimed, words)
        case .unknown(let words):
            // Inside the house a second copy does less harm than none; still not one every minute for ever.
            guard !claimed.effect.kind.isRepeatable else { return try await retried(claimed, words, now) }
            return .unknown(words, try await plan(after: claimed, .deliveryUnknown, words))
        }
    }

    private func retried(_ claimed: Claimed, _ words: String, _ now: Date) async throws -> Settlement {
        let age = Duration.seconds(now.timeIntervalSince(claimed.queued))
        switch schedule.next(afterAttempt: claimed.attempt, age: age, seed: claimed.effect.key.seed) {
        case .retry(let wait):
            return .retry(at: now.addingTimeInterval(Double(wait.components.seconds)), words)
        case .giveUp:
            return try await rejected(claimed, "given up after \(claimed.attempt) attempts: \(words)")
        }
    }

    private func rejected(_ claimed: Claimed, _ words: String) async throws -> Settlement {
        guard claimed.effect.kind == .answer else { return .rejected(words, nil) }
        return .rejected(words, try await plan(after: claimed, .deliveryRejected, words))
    }

    private func plan(after claimed: Claimed, _ reason: ReplyGuard.Reason, _ words: String) async throws
        -> Plan
    {
        try await pipeline.ledger.reading { page in
            try pipeline.planAfterFailure(of: claimed, reason, words: words, page)
        }
    }
}
