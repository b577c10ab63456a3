// SPDX-License-Identifier: MIT

import Dispatch

/// A serial executor whose thread may wait, since nobody else needs it.
///
/// libcurl blocks while it talks, and one of its handles must never be used by two threads at once. An actor
/// on this executor has both guarantees, and the threads that all other tasks share never wait for the
/// network. A thread is held only while something runs; an idle owner holds none.
final class BlockingExecutor: SerialExecutor {
    private let queue: DispatchQueue

    init(label: String) {
        queue = DispatchQueue(label: label)
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedSerialExecutor()) }
    }
}
