// SPDX-License-Identifier: MIT

import Foundation

/// Waits until `condition` gives a value, looking often.
///
/// - Parameters:
///   - what: What is waited for, for the message of the failure.
///   - limit: How long to wait.
///   - condition: Gives `nil` as long as it is not there yet; its errors end the waiting.
/// - Returns: The value.
/// - Throws: ``WaitedTooLong``, or what `condition` throws.
@discardableResult
package func eventually<Value>(
    _ what: String,
    within limit: Duration,
    _ condition: () async throws -> Value?
) async throws -> Value {
    let end = ContinuousClock.now + limit
    var pause = Duration.milliseconds(1)
    while true {
        if let value = try await condition() { return value }
        guard ContinuousClock.now < end else { throw WaitedTooLong(what: what, limit: limit) }
        try await Task.sleep(for: pause)
        pause = min(pause * 2, .milliseconds(20))
    }
}

/// Something did not happen in time.
package struct WaitedTooLong: Error, CustomStringConvertible {
    /// What was waited for.
    package var what: String
    /// How long.
    package var limit: Duration

    /// Says both.
    package var description: String { "\(what) did not come within \(limit)" }
}

/// Does blocking work on a thread of its own, so that no thread of the shared pool waits.
///
/// - Parameter work: What blocks: files, sockets.
/// - Returns: What `work` returns.
/// - Throws: What `work` throws.
package func onOwnThread<Value: Sendable>(
    _ work: @escaping @Sendable () throws -> Value
) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result { try work() }) }
    }
}
