// SPDX-License-Identifier: MIT
import FoundationEssentials
import IMAP
import Mail
import Wire

/// A dialogue that runs over a line: commands go out, answers come in, and silence is noticed.
///
/// Every method throws `WireError`, `IMAPError` or ``Trouble``; after that the session is of no further use.
struct IMAPSession {
    /// Whether the open folder has more messages than at the last ``forgetNews()``.
    private(set) var hasNews = false
    /// How many messages the open folder has.
    private(set) var count: UInt32 = 0
    /// How many answers so far could not be understood.
    private(set) var damage = 0

    private let line: Line
    private let options: IMAPSource.Options
    private var dialogue: IMAPDialogue
    private var farewell: StatusReply?
    private var isIdleRefused = false

    /// Memory for lists: a server that claims more messages or folders than this is not believed.
    private static let mostMessages = 4_000_000
    private static let mostFolders = 50_000

    /// Dials, logs in, and learns what the server can do.
    static func open(_ options: IMAPSource.Options) async throws -> IMAPSession {
        let login: Login?
        do {
            login = try options.login()
        } catch {
            throw Trouble.credentials("\(error)")
        }
        let line = try await Line.open(options.endpoint, login: login, within: options.patience.connecting)
        var session = IMAPSession(line, options)
        do {
            try await session.begin()
        } catch {
            if Task.isCancelled { await session.leave() } else { await session.hangUp() }
            throw error
        }
        return session
    }

    private init(_ line: Line, _ options: IMAPSource.Options) {
        self.line = line
        self.options = options
        // Some room above the limit, since servers count line ends differently.
        let kept = options.sizeLimit + options.sizeLimit / 16 + (1 << 16)
        dialogue = IMAPDialogue(limits: IMAPLimits(kept: kept, literal: max(kept, 1 << 30)))
    }

    private mutating func begin() async throws {
        let tag = dialogue.begin()
        try await flush()
        let verdict = try await verdict(on: tag) { _ in }
        guard verdict.isOK else { throw Trouble.refused("to say what it can do", verdict) }
    }

    /// The generation of the open folder's UIDs.
    var validity: UInt32? { dialogue.selected?.uidValidity?.value }

    /// What comes from now on is news.
    mutating func forgetNews() {
        hasNews = false
    }

    /// Says good-bye, waits a moment for the answer, and closes; also when the task is cancelled.
    func leave() async {
        let end = ContinuousClock.now + options.patience.farewell
        // Who was cancelled cannot wait for anything, so somebody else does.
        await Task { [self] in await sayGoodBye(until: end) }.value
        await line.close()
    }

    private func sayGoodBye(until end: ContinuousClock.Instant) async {
        var dialogue = dialogue
        do {
            _ = try dialogue.send(.logout)
            while ContinuousClock.now < end {
                let bytes = dialogue.takeOutgoing()
                if !bytes.isEmpty { try await line.send(bytes, within: end - .now) }
                let heard = try await line.receive(within: end - .now)
                guard !heard.isEmpty else { return }
                _ = try dialogue.receive(heard)
            }
        } catch {
            // A server that does not answer is left without it.
        }
    }

    /// Closes without a word.
    func hangUp() async {
        await line.close()
    }
}

// MARK: - Questions

extension IMAPSession {
    /// Opens a folder for reading.
    mutating func examine(_ name: FolderName) async throws -> SelectedFolder {
        count = 0
        let verdict = try await ask(.select(name, readOnly: true))
        guard verdict.isOK, let folder = dialogue.selected else {
            throw Trouble.refused("to open the folder `\(name)`", verdict)
        }
        return folder
    }

    /// All folders.
    mutating func folders() async throws -> [Folder] {
        var folders: [Folder] = []
        let verdict = try await ask(.list) { event in
            guard case .listed(let folder) = event else { return }
            guard folders.count < Self.mostFolders else {
                throw Trouble.unusable("claims to have more than \(Self.mostFolders) folders")
            }
            folders.append(folder)
        }
        guard verdict.isOK else { throw Trouble.refused("to list the folders", verdict) }
        return folders
    }

    /// Gives the server an occasion to tell what is new.
    mutating func refresh() async throws {
        let verdict = try await ask(.noop)
        guard verdict.isOK else { throw Trouble.refused("to go on", verdict) }
    }

    /// The UIDs in the open folder, of those asked about.
    mutating func search(_ criteria: SearchCriteria) async throws -> UIDSet {
        guard count > 0 else { return UIDSet() }
        var found = UIDSet()
        let verdict = try await ask(.uidSearch(criteria)) { event in
            guard case .found(let result) = event else { return }
            found.formUnion(result.uids)
        }
        guard verdict.isOK else { throw Trouble.refused("to list the messages", verdict) }
        guard found.count <= Self.mostMessages else {
            throw Trouble.unusable("claims to have \(found.count) messages in one folder")
        }
        return found
    }

    /// Sizes and dates of messages, ascending by UID; what the server does not have is not in the list.
    mutating func list(_ uids: UIDSet) async throws -> [Listed] {
        let answer = try await describe(uids, [.uid, .size, .internalDate])
        var listed = answer.listed
        if !answer.isComplete {
            // One message it cannot read makes some servers refuse the whole: who is there is told all the
            // same.
            for uid in try await search(.uids(uids)) where uids.contains(uid) && listed[uid] == nil {
                listed[uid] = Listed(uid: uid)
            }
        }
        return listed.values.sorted { $0.uid < $1.uid }
    }

    /// As ``list(_:)``, with Message-IDs; a message without an answer is not in it.
    mutating func sketches(_ uids: UIDSet) async throws -> [Listed] {
        let items: [FetchItem] = [.uid, .size, .internalDate, .text(.headerFields(["Message-ID"]))]
        return try await describe(uids, items).listed.values.sorted { $0.uid < $1.uid }
    }

    private mutating func describe(
        _ uids: UIDSet,
        _ items: [FetchItem]
    ) async throws -> (listed: [UID: Listed], isComplete: Bool) {
        guard count > 0, !uids.isEmpty else { return ([:], true) }
        let before = damage
        var listed: [UID: Listed] = [:]
        let verdict = try await ask(.uidFetch(uids, items)) { event in
            // `n:*` brings the last message even if it is below n (RFC 9051, section 9, seq-range).
            guard case .fetched(let message) = event, let uid = message.uid, uids.contains(uid) else {
                return
            }
            listed[uid, default: Listed(uid: uid)].learn(message)
            guard listed.count <= Self.mostMessages else {
                throw Trouble.unusable("claims to have more than \(Self.mostMessages) messages in one folder")
            }
        }
        if !verdict.isOK, Trouble.isPassing(verdict) {
            throw Trouble.refused("to list the messages", verdict)
        }
        return (listed, verdict.isOK && damage == before)
    }

    /// Sends a command without waiting for its answers; ``next(until:)`` brings them.
    mutating func send(_ command: IMAPCommand) async throws -> CommandTag {
        let tag = try dialogue.send(command)
        try await flush()
        return tag
    }

    /// What the server says next.
    mutating func next(until deadline: ContinuousClock.Instant) async throws -> [IMAPEvent] {
        let left = deadline - .now
        guard left > .zero else { throw Trouble.endless }
        guard let events = try await hear(within: min(left, options.patience.silence)) else {
            // Whichever of the two times was over first.
            if left < options.patience.silence { throw Trouble.endless }
            throw silence
        }
        return events
    }

    /// Sends a command and hears everything up to its verdict.
    private mutating func ask(
        _ command: IMAPCommand,
        _ heed: (IMAPEvent) throws -> Void = { _ in }
    ) async throws -> StatusReply {
        let tag = try await send(command)
        return try await verdict(on: tag, heed)
    }

    private mutating func verdict(
        on tag: CommandTag,
        _ heed: (IMAPEvent) throws -> Void
    ) async throws -> StatusReply {
        let deadline = ContinuousClock.now + options.patience.answer
        while true {
            var verdict: StatusReply?
            for event in try await next(until: deadline) {
                if case .completed(tag, let reply) = event { verdict = reply } else { try heed(event) }
            }
            if let verdict { return verdict }
        }
    }
}

// MARK: - Waiting

extension IMAPSession {
    /// Waits for news; without any, until the server is to be asked again.
    ///
    /// By IDLE (RFC 2177) where that is allowed and announced; the next command ends it. `retry` is when
    /// there is something to do without news.
    mutating func wait(until retry: ContinuousClock.Instant?, isIdleAllowed: Bool) async throws {
        let now = ContinuousClock.now
        // Never at once: whatever is due must not become a tight loop.
        let retry = retry.map { max($0, now + options.pauses.first) }
        let poll = min(now + options.pollInterval, retry ?? .distantFuture(from: now))
        guard isIdleAllowed, !isIdleRefused, dialogue.capabilities?.contains("IDLE") == true, !hasNews else {
            return try await linger(until: poll)
        }
        let end = min(now + options.idleRenewal, retry ?? .distantFuture(from: now))
        let tag = try await send(.idle)
        while !hasNews {
            let isIdling = dialogue.idling == tag
            let left = (isIdling ? end : now + options.patience.silence) - .now
            guard left > .zero, let events = try await hear(within: left) else {
                guard isIdling else { throw silence }
                return
            }
            for case .completed(tag, let verdict) in events {
                // A server that ends it by itself, and soon, would be asked without a pause.
                if !verdict.isOK { isIdleRefused = true }
                return try await linger(until: poll)
            }
        }
    }

    private mutating func linger(until end: ContinuousClock.Instant) async throws {
        while !hasNews {
            let left = end - .now
            guard left > .zero, try await hear(within: left) != nil else { return }
        }
    }
}

extension ContinuousClock.Instant {
    /// Later than anything that is waited for.
    fileprivate static func distantFuture(from now: Self) -> Self { now + .seconds(1 << 32) }
}

// MARK: - Bytes

extension IMAPSession {
    private var silence: WireError { WireError(.receive, .timedOut, peer: options.endpoint.name) }

    private mutating func flush() async throws {
        let bytes = dialogue.takeOutgoing()
        if !bytes.isEmpty { try await line.send(bytes, within: options.patience.silence) }
    }

    /// What came within the patience, or nothing when that is over.
    private mutating func hear(within patience: Duration) async throws -> [IMAPEvent]? {
        if let farewell { throw Trouble.farewell(farewell) }
        let bytes: [UInt8]
        do throws(WireError) {
            bytes = try await line.receive(within: patience)
        } catch {
            guard error.kind == .timedOut else { throw error }
            return nil
        }
        guard !bytes.isEmpty else { throw Trouble.closed }
        let events = try dialogue.receive(bytes)
        for event in events { note(event) }
        try await flush()
        return events
    }

    private mutating func note(_ event: IMAPEvent) {
        switch event {
        case .selected(let folder):
            count = folder.exists
            hasNews = false
        case .exists(let number):
            if number > count { hasNews = true }
            count = number
        case .expunged: count -= count > 0 ? 1 : 0
        case .vanished(let uids, earlier: false): count -= UInt32(min(Int(count), uids.count))
        case .unparsable: damage += 1
        case .fetched(let message):
            // News about flags may come without a UID; an answer to our questions may not.
            if message.uid == nil, message.size != nil || !message.sections.isEmpty { damage += 1 }
        case .bye(let reply): farewell = reply
        default: break
        }
    }
}
