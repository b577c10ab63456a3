// SPDX-License-Identifier: MIT
import FoundationEssentials
import IMAP
import Mail

extension FolderWatch {
    /// Why messages are fetched.
    enum Errand {
        /// They are behind the cursor, which moves with them.
        case news
        /// They are before the cursor, and the server has just said that it has them.
        case holes
        /// They were not recognised under their new numbers; suspects are left to the next comparison.
        case unclear
    }

    /// A command that is under way.
    private struct Flight {
        let window: FetchPlan.Window
        /// Nothing if nothing was asked for.
        let tag: CommandTag?
        /// What could not be understood before it.
        let damage: Int
    }

    /// Fetches messages and hands them over, with two commands under way at a time.
    ///
    /// They are ascending by UID; `known` are those that the ledger has.
    mutating func fetch(
        _ list: [Listed],
        known: Set<UInt32> = [],
        for errand: Errand,
        through session: inout IMAPSession
    ) async throws {
        var plan = FetchPlan(
            list.filter { !known.contains($0.uid.value) },
            suspects: suspects,
            isForSuspects: errand != .unclear,
            options: options
        )
        var cursor = Cursor(list.map(\.uid.value), settled: known)
        var harvest = Harvest()
        var flights: [Flight] = []
        var verdicts: [CommandTag: StatusReply] = [:]
        while true {
            var verdict: StatusReply?
            do {
                while flights.count < 2, flights.first?.window.isSuspect != true,
                    let window = plan.next(isFirst: flights.isEmpty)
                {
                    harvest.expect(window)
                    let damage = session.damage
                    var tag: CommandTag?
                    if let command = window.command(excerpt: options.excerpt) {
                        tag = try await session.send(command)
                    }
                    flights.append(Flight(window: window, tag: tag, damage: damage))
                }
                guard let flight = flights.first else { return }
                verdict = try await land(flight, &verdicts, &harvest, &cursor, through: &session)
            } catch let error where Trouble.judgement(on: error, by: "") != nil && !Task.isCancelled {
                // What came whole is kept even so: over a bad line there would be no progress otherwise.
                if let flight = flights.first {
                    _ = try await settle(flight, nil, isClear: false, &harvest, &cursor, errand)
                }
                throw error
            }
            let flight = flights.removeFirst()
            let isClear = flight.damage == session.damage
            guard session.validity == checkpoint?.validity else {
                throw Trouble.unusable("renumbered the folder `\(name)` while it was read")
            }
            let lost = try await settle(flight, verdict, isClear: isClear, &harvest, &cursor, errand)
            if let verdict, !verdict.isOK, Trouble.isPassing(verdict) {
                throw Trouble.refused("to hand over messages", verdict)
            }
            if let lost, !isClear { throw Trouble.garbled(folder: name.text, uid: lost) }
        }
    }

    /// Hears everything up to the verdict on a command.
    private mutating func land(
        _ flight: Flight,
        _ verdicts: inout [CommandTag: StatusReply],
        _ harvest: inout Harvest,
        _ cursor: inout Cursor,
        through session: inout IMAPSession
    ) async throws -> StatusReply {
        guard let tag = flight.tag else { return StatusReply(.ok, text: "") }
        let deadline = ContinuousClock.now + options.patience.answer
        while true {
            if let verdict = verdicts.removeValue(forKey: tag) { return verdict }
            for event in try await session.next(until: deadline) {
                switch event {
                case .fetched(let message): harvest.take(message)
                // The verdict on the next command may come along.
                case .completed(let tag, let reply): verdicts[tag] = reply
                default: break
                }
            }
            if harvest.bytes > 3 * max(options.window.bytes, options.sizeLimit) {
                try await relieve(&harvest, &cursor)
            }
        }
    }

    /// Hands over early what a server sends beyond the sizes it stated.
    private mutating func relieve(_ harvest: inout Harvest, _ cursor: inout Cursor) async throws {
        var arrivals: [Arrival] = []
        for uid in harvest.ready.sorted() {
            guard case .complete(let crop) = harvest.remove(uid) else { continue }
            arrivals.append(arrival(uid, crop))
            cursor.settle(uid.value)
        }
        try await desk.admit(arrivals, checkpoint: nil)
    }

    /// Hands over what came of a window, and says which message is the first that is still to come.
    ///
    /// Without a verdict the connection has ended before it; `isClear` says that everything the server said
    /// could be understood.
    private mutating func settle(
        _ flight: Flight,
        _ verdict: StatusReply?,
        isClear: Bool,
        _ harvest: inout Harvest,
        _ cursor: inout Cursor,
        _ errand: Errand
    ) async throws -> UInt32? {
        var arrivals: [Arrival] = []
        var lost: [UInt32] = []
        let isOK = verdict?.isOK ?? false
        for message in flight.window.messages {
            let uid = message.uid.value
            let isHandedOver = cursor.isSettled(uid)
            switch harvest.remove(message.uid) {
            case .complete(let crop): arrivals.append(arrival(message.uid, crop))
            case .missing where isHandedOver: break
            // The server says that all is well and does not have it: it is gone.
            case .missing where isOK && isClear && errand != .holes: break
            case .missing, .damaged:
                lost.append(uid)
                continue
            case .tooLarge:
                suspects.foundLarge(uid)
                continue
            }
            cursor.settle(uid)
        }
        try await admit(arrivals, cursor, errand)
        for message in flight.window.messages where !lost.contains(message.uid.value) {
            if cursor.isSettled(message.uid.value) { suspects.clear(message.uid.value) }
        }
        blame(lost, flight, verdict, isClear: isClear, errand)
        return lost.first
    }

    private mutating func admit(_ arrivals: [Arrival], _ cursor: Cursor, _ errand: Errand) async throws {
        var moved: Checkpoint?
        if errand == .news, var next = checkpoint, let last = cursor.last, last > next.lastUID {
            next.lastUID = last
            moved = next
        }
        guard !arrivals.isEmpty || moved != nil else { return }
        try await desk.admit(arrivals, checkpoint: moved)
        if let moved { checkpoint = moved }
    }

    /// Takes down who did not come.
    private mutating func blame(
        _ lost: [UInt32],
        _ flight: Flight,
        _ verdict: StatusReply?,
        isClear: Bool,
        _ errand: Errand
    ) {
        if let verdict, !verdict.isOK, Trouble.isPassing(verdict) { return }
        // Servers answer in order: when the connection ended, it was the first one's turn.
        let guilty = verdict == nil ? lost.prefix(1) : lost[...]
        let isAlone = flight.window.messages.count == 1 && flight.window.isSuspect
        // A message that is listed but does not come, with no word about it, needs no trial of its own.
        let isGhost = errand == .holes && isClear && verdict?.isOK == true
        for uid in guilty {
            if isAlone || isGhost { suspects.failed(uid, options.pauses) } else { suspects.suspect(uid) }
        }
    }

    private func arrival(_ uid: UID, _ crop: Harvest.Crop) -> Arrival {
        let validity = checkpoint?.validity ?? 0
        let first = checkpoint?.firstUID ?? 0
        // A date that is not told may be any, and two letters of one second are told apart by nobody.
        let isOld = oldUntil.map { (crop.arrived ?? .distantPast) <= $0 } ?? false
        // Messages of which nothing came are not copies of each other.
        let marked =
            crop.raw.isEmpty && !crop.isWhole
            ? Array("\(options.mailbox) \(name) \(validity) \(uid)".utf8) : crop.raw
        return Arrival(
            place: place(uid.value, validity: validity),
            role: role,
            raw: crop.raw,
            digest: MailDigest.of(marked),
            size: crop.size,
            arrived: crop.arrived ?? options.now(),
            isBacklog: uid.value < first || isOld,
            isWhole: crop.isWhole
        )
    }
}
