// SPDX-License-Identifier: MIT

/// Decides when something the outbox could not deliver is tried again, when it is given up, and from which age
/// on somebody should be told.
///
/// The first retry comes after ``firstWait``; each further failure doubles the wait until ``longestWait`` is
/// reached. Every wait is then stretched by up to a quarter, the share being taken from the effect's own seed:
/// what failed together does not come back together, yet the same question always has the same answer.
package struct RetrySchedule: Sendable, Hashable {
    /// What follows a failed attempt.
    package enum Next: Sendable, Hashable {
        /// Try again after this wait, counted from the failure.
        case retry(after: Duration)
        /// The next attempt would come too late to be of use: a person takes over.
        case giveUp
    }

    /// The wait after the first failure, before it is stretched.
    package var firstWait: Duration

    /// The wait that doubling never exceeds, before it is stretched.
    package var longestWait: Duration

    /// The age up to which attempts are made, counted from when the effect was due.
    package var patience: Duration

    /// The age from which on an undelivered effect is worth an alarm, although attempts go on.
    package var alarmAge: Duration

    /// Creates a schedule; the defaults fit mail: one minute, two hours, three days, alarm after four hours.
    package init(
        firstWait: Duration = .seconds(60),
        longestWait: Duration = .seconds(2 * 3600),
        patience: Duration = .seconds(3 * 86400),
        alarmAge: Duration = .seconds(4 * 3600)
    ) {
        precondition(firstWait > .zero, "without a wait the outbox would try again in a tight loop")
        precondition(longestWait >= firstWait, "the longest wait cannot be shorter than the first")
        self.firstWait = firstWait
        self.longestWait = longestWait
        self.patience = patience
        self.alarmAge = alarmAge
    }

    /// What to do after attempt number `attempt` has failed.
    ///
    /// - Parameters:
    ///   - attempt: How many attempts have been made; 1 after the first failure, and less counts as 1.
    ///   - age: For how long the effect has been due.
    ///   - seed: A number made from the effect's idempotency key; it chooses the stretch.
    /// - Returns: The wait before the next attempt, or that there will be none.
    package func next(afterAttempt attempt: Int, age: Duration, seed: UInt64) -> Next {
        var wait = firstWait
        var doublings = attempt - 1
        while doublings > 0, wait < longestWait {
            wait = min(wait * 2, longestWait)
            doublings -= 1
        }
        wait += wait * Int(seed % 256) / 1024
        return age + wait > patience ? .giveUp : .retry(after: wait)
    }

    /// Whether an undelivered effect of this age is worth an alarm.
    package func isAlarming(age: Duration) -> Bool {
        age >= alarmAge
    }
}
