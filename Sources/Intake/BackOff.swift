// SPDX-License-Identifier: MIT

/// How long to wait before the next connection: twice as long each time, stretched by up to a quarter.
struct BackOff: Sendable {
    /// Why there is a pause.
    enum Cause: Sendable, Hashable {
        case trouble
        /// The server does not accept user and secret; providers lock accounts that go on trying.
        case login
        /// The server wants to be asked less.
        case throttled
    }

    private let pauses: IMAPSource.Pauses
    private var cause = Cause.trouble
    private var attempts = 0

    init(_ pauses: IMAPSource.Pauses) {
        self.pauses = pauses
    }

    /// Begins anew after a connection that held.
    mutating func reset() {
        attempts = 0
    }

    /// The pause after one more failure.
    ///
    /// What failed together shall not come back together: each account has another `share` of 0 to below 1.
    mutating func next(after cause: Cause, share: Double) -> Duration {
        if cause != self.cause { attempts = 0 }
        self.cause = cause
        let first =
            switch cause {
            case .trouble: pauses.first
            case .login: pauses.login
            case .throttled: pauses.throttled
            }
        let wait = Self.doubled(first, times: attempts, atMost: pauses.longest)
        attempts += 1
        return wait * (1 + share / 4)
    }

    /// The pause doubled some times, but not beyond a limit unless it was beyond already.
    static func doubled(_ pause: Duration, times: Int, atMost limit: Duration) -> Duration {
        var wait = pause
        var left = times
        while left > 0, wait > .zero, wait < limit {
            wait = min(wait * 2, limit)
            left -= 1
        }
        return wait
    }
}
