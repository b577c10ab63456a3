// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Logging
import Mail
import Service
import State
import Synchronization

/// One way through a story, on one ledger.
struct StoryRun {
    let ledger: Ledger
    let courier: StoryCourier
    private let story: Story
    private let clock: StoryClock
    private let log: CommitLog?
    private let pipeline: Pipeline
    private let dispatcher: Dispatcher
    private let supervisor: Supervisor

    init(
        _ story: Story,
        ledger path: String,
        log: CommitLog? = nil,
        arrivedBefore: [Consignment] = [],
        at time: Date = Teeladen.start
    ) throws {
        let clock = StoryClock(at: time)
        let courier = StoryCourier(story.script, clock: clock, arrivedBefore: arrivedBefore)
        let now: @Sendable () -> Date = { clock.now }
        let events = EventLog(Logger(label: "story", factory: { _ in SwiftLogNoOpLogHandler() }))
        ledger = try log.map { try $0.openLedger(at: path, courier, clock) } ?? Ledger(at: path)
        var playbook = try Teeladen.playbook.get()
        story.adapt(&playbook)
        pipeline = Pipeline(ledger: ledger, shop: story.shop, playbook: playbook, events: events, now: now)
        dispatcher = Dispatcher(
            mailbox: "support",
            pipeline: pipeline,
            courier: courier,
            events: events,
            now: now
        )
        supervisor = Supervisor(
            pipeline: pipeline,
            sources: [],
            dispatchers: [dispatcher],
            feed: nil,
            keepsRaw: 0,
            events: events,
            now: now
        )
        self.story = story
        self.clock = clock
        self.courier = courier
        self.log = log
    }

    /// What the service does first at each start.
    func recover() async throws {
        try await supervisor.recover()
    }

    /// Plays all steps from this one on; the first may have been begun before.
    func play(from first: Int) async throws {
        for (index, step) in story.steps.enumerated().dropFirst(first) {
            log?.begin(step: index)
            switch step.what {
            case .arrives(let label, let kind, let write):
                clock.move(to: step.at)
                guard let raw = write(courier.arrived) else { continue }
                let arrival = Arrival(
                    place: UIDPlace(
                        mailbox: "support",
                        folder: kind.folder,
                        validity: 1,
                        uid: UInt32(label + 1)
                    ),
                    role: kind.role,
                    raw: raw,
                    digest: MailDigest.of(raw),
                    arrived: step.at.addingTimeInterval(-kind.age),
                    isBacklog: kind.isBacklog,
                    isWhole: kind.isWhole
                )
                try await ledger.admit([arrival], checkpoint: nil, now: clock.now)
            case .orders(let lines):
                clock.move(to: step.at)
                try await ledger.shelve(lines)
            case .works(let end):
                if end == .distantPast { clock.move(to: step.at) } else { try await work(until: end) }
            }
        }
    }

    /// Decides what is open and sends what becomes due, at the moment it does.
    func work(until end: Date) async throws {
        try await pipeline.concludeOpen()
        while let due = try await dispatcher.nextDue(), due <= end {
            clock.move(to: due)
            try await dispatcher.dispatchDue()
        }
        clock.move(to: end)
    }

    func ending() async throws -> Ending {
        var ending = Ending(letters: courier.arrived, labels: story.labels)
        for folder in ["INBOX", "Sent", "Archive"] {
            for (uid, outcome) in try await ledger.outcomes(mailbox: "support", folder: folder) {
                ending.outcomes[story.labels[Int(uid) - 1]] = outcome
            }
        }
        for entry in try await ledger.outbox(all: true) { ending.states[entry.key] = entry.state }
        return ending
    }
}

/// Copies the ledger after each of its commits, and notes how far the story and the world were.
final class CommitLog: Sendable {
    /// What a crash right after one commit leaves behind.
    struct Cut: Sendable {
        var number: Int
        /// The path of the ledger's copy.
        var copy: String
        /// The step that was being played.
        var step: Int
        var time: Date
        /// What had arrived outside when the commit was done.
        var arrived: [Consignment]
        /// What had arrived just before the next commit; differs while a letter was on its way.
        var arrivedLater: [Consignment] = []

        /// What may have arrived when the crash came.
        var forms: [[Consignment]] { arrived == arrivedLater ? [arrived] : [arrived, arrivedLater] }
    }

    private struct State {
        var cuts: [Cut] = []
        var step = 0
        var ledger: Ledger?
        var failure: String?
    }

    private let folder: StoryFolder
    private let state = Mutex(State())

    init(folder: StoryFolder) {
        self.folder = folder
    }

    func openLedger(at path: String, _ courier: StoryCourier, _ clock: StoryClock) throws -> Ledger {
        let ledger = try Ledger(at: path) { self.note(courier, clock) }
        state.withLock { $0.ledger = ledger }
        return ledger
    }

    func begin(step: Int) {
        state.withLock { $0.step = step }
    }

    /// Called on the writer's own queue, between the commit and whatever it does next.
    private func note(_ courier: StoryCourier, _ clock: StoryClock) {
        state.withLock { state in
            let number = state.cuts.count + 1
            let copy = folder.path("commit-\(number)")
            let arrived = courier.arrived
            if !state.cuts.isEmpty { state.cuts[state.cuts.count - 1].arrivedLater = arrived }
            do {
                try state.ledger?.copy(to: copy)
            } catch {
                state.failure = "\(error)"
            }
            state.cuts.append(
                Cut(number: number, copy: copy, step: state.step, time: clock.now, arrived: arrived)
            )
        }
    }

    /// Ends the log; after the last commit these letters had arrived.
    func close(with arrived: [Consignment]) -> [Cut] {
        state.withLock { state in
            precondition(state.failure == nil, state.failure ?? "")
            state.ledger = nil
            if !state.cuts.isEmpty { state.cuts[state.cuts.count - 1].arrivedLater = arrived }
            return state.cuts
        }
    }
}

/// A folder of one story, in memory where the system has such a place: its disk's durability is not the question.
struct StoryFolder: Sendable {
    private let url: URL

    init() throws {
        let memory = "/dev/shm"
        let parent =
            FileManager.default.isWritableFile(atPath: memory)
            ? URL(filePath: memory) : FileManager.default.temporaryDirectory
        url = parent.appending(path: "story-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: false)
    }

    func path(_ name: String) -> String {
        url.appending(path: name + ".sqlite").path(percentEncoded: false)
    }

    func remove() {
        try? FileManager.default.removeItem(at: url)
    }
}
