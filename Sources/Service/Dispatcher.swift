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
        mailbox: String, pipeline: Pipeline, courier: any Courier, schedule: RetrySchedule = RetrySchedule(),
        events: EventLog, now: @escaping @Sendable () -> Date
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
        while !Task.isCancelled {
            let claimed = try await pipeline.ledger.claim(
                mailbox: mailbox, limit: Self.atOnce, now: now(),
                judging: { claimed, page in try pipeline.judge(claimed, page) })
            if claimed.isEmpty {
                // Answers that were withheld at the last moment have put forwards in their place.
                guard let due = try await nextDue(), due <= now() else { break }
                continue
            }
            // From here to the settling nothing may be cut off: a claimed letter that is not settled is in doubt.
            try await Task { try await deliver(claimed) }.value
            count += claimed.count
        }
        return count
    }

    /// When the next letter is due; `nil` if none waits.
    package func nextDue() async throws -> Date? {
        try await pipeline.ledger.nextDue(mailbox: mailbox)
    }

    private func deliver(_ claimed: [Claimed]) async throws {
        let consignments = claimed.map { $0.effect.consignment(original: $0.original) }
        let deliveries = await courier.deliver(consignments)
        precondition(deliveries.count == claimed.count, "a courier must say what became of every letter")
        let now = now()
        var results: [(Claimed, Settlement)] = []
        for (claimed, delivery) in zip(claimed, deliveries) {
            results.append((claimed, try await settlement(of: claimed, delivery, now)))
        }
        try await pipeline.ledger.settle(results, now: now)
        for (claimed, settlement) in results { events.settled(claimed, settlement) }
    }

    private func settlement(of claimed: Claimed, _ delivery: Delivery, _ now: Date) async throws -> Settlement {
        switch delivery {
        case .delivered(let words):
            return .delivered(words)
        case .retry(let words):
            let age = Duration.seconds(now.timeIntervalSince(claimed.queued))
            switch schedule.next(afterAttempt: claimed.attempt, age: age, seed: claimed.effect.key.seed) {
            case .retry(let wait):
                return .retry(at: now.addingTimeInterval(Double(wait.components.seconds)), words)
            case .giveUp:
                return try await rejected(claimed, "given up after \(claimed.attempt) attempts: \(words)")
            }
        case .rejected(let words):
            return try await rejected(claimed, words)
        case .unknown(let words):
            guard !claimed.effect.kind.isRepeatable else {
                return .retry(at: now.addingTimeInterval(60), words)
            }
            return .unknown(words, try await plan(after: claimed, .deliveryUnknown, words))
        }
    }

    private func rejected(_ claimed: Claimed, _ words: String) async throws -> Settlement {
        guard claimed.effect.kind == .answer else { return .rejected(words, nil) }
        return .rejected(words, try await plan(after: claimed, .deliveryRejected, words))
    }

    private func plan(after claimed: Claimed, _ reason: ReplyGuard.Reason, _ words: String) async throws -> Plan {
        try await pipeline.ledger.reading { page in
            try pipeline.planAfterFailure(of: claimed, reason, words: words, page)
        }
    }
}
