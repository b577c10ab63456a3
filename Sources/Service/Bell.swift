// SPDX-License-Identifier: MIT

/// Wakes one loop when there is work; rings that nobody waited for are kept as one.
package actor Bell {
    private var isRung = false
    private var waiter: CheckedContinuation<Void, Never>?

    package init() {}

    package func ring() {
        if let waiter {
            self.waiter = nil
            waiter.resume()
        } else {
            isRung = true
        }
    }

    /// Returns at the next ring, when the time is over, or when the task is cancelled.
    ///
    /// - Parameter longest: `nil` waits for a ring alone: nothing wakes the machine meanwhile.
    package func wait(atMost longest: Duration? = nil) async {
        guard let longest else { return await wait() }
        await withTaskGroup { group in
            group.addTask { await self.wait() }
            group.addTask { await Self.sleep(longest) }
            await group.next()
            // Whichever was first, the other one ends by the cancellation.
            group.cancelAll()
        }
    }

    private static func sleep(_ duration: Duration) async {
        do {
            try await Task.sleep(for: duration)
        } catch {
            // Cancelled: the ring came first.
        }
    }

    /// Ends a wait that was cancelled without taking the place of a real ring.
    private func release() {
        waiter?.resume()
        waiter = nil
    }

    private func wait() async {
        if isRung {
            isRung = false
            return
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume() } else { waiter = continuation }
            }
        } onCancel: {
            Task { await release() }
        }
    }
}
