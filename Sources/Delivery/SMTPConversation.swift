// SPDX-License-Identifier: MIT

import Actions
import Wire

/// A dialogue that runs over a line: it writes what the dialogue gives, hands it what comes, and keeps time.
///
/// It belongs to one ``SMTPCourier``, which uses it for one batch of letters at a time.
struct SMTPConversation: Sendable {
    private let line: Line
    private let limits: SMTPCourier.Limits
    private var dialogue: SMTPDialogue
    private var lastUse = ContinuousClock.now
    /// Whether letters went over this connection before the batch that is under way.
    private var isUsedAgain = false
    /// Whether the server has said anything but its farewell since the batch began.
    private var hasHeard = false
    /// Until when answers are awaited after the task was cancelled.
    private var stopsAt: ContinuousClock.Instant?

    /// Begins with an EHLO of our own: the line has logged in, and what was announced before does not count.
    init(over line: Line, name: String, limits: SMTPCourier.Limits) {
        self.line = line
        self.limits = limits
        dialogue = SMTPDialogue(server: line.endpoint.name, name: name, options: limits.options)
    }

    /// Whether the connection has ended and was closed.
    var isClosed: Bool { dialogue.isClosed }

    /// Whether the connection may be used for further letters, as far as one can know without asking.
    ///
    /// It takes in what the server has said while nobody listened, such as a 421 or the end: a letter that is
    /// sent ahead on a dead connection would be `unknown`.
    mutating func isReusable() async -> Bool {
        guard lastUse + limits.idle > .now else { return false }
        isUsedAgain = true
        _ = await listen(for: .zero)
        return dialogue.takesLetters
    }

    /// Carries letters until all are settled, or until the connection ends.
    ///
    /// Cancelling the task ends it soon: nothing more is written, and answers to letters already handed over
    /// are awaited for ``SMTPCourier/Limits/grace``. Letters as if never given to this connection stay in the
    /// batch if another one may carry them at once; that cannot go on for ever, since a new connection must
    /// have delivered a letter before it is replaced.
    mutating func carry(_ batch: inout SMTPBatch) async {
        hasHeard = false
        var round = Round()
        while !dialogue.isClosed, !(dialogue.isIdle && batch.isEmpty) {
            if Task.isCancelled, stopsAt == nil {
                stopsAt = .now + limits.grace
                batch.settleRest(as: .retry(SMTPCourier.stopping))
                note(dialogue.stop(SMTPCourier.stopping), &round, &batch)
                continue
            }
            while dialogue.room > 0, let letter = batch.next() {
                note(dialogue.send(letter), &round, &batch)
            }
            // In two steps: in one, `note` would judge by what was known before `advance`.
            let events = await advance()
            note(events, &round, &batch)
        }
        lastUse = .now
        guard dialogue.isClosed else { return }
        await line.close()
        // The dialogue knows why it takes no more.
        while let letter = batch.next() { note(dialogue.send(letter), &round, &batch) }
        if isUsedAgain || round.hasDelivered {
            batch.putBack(round.untouched.map(\.place))
        } else {
            for letter in round.untouched { batch.settle(letter.place, as: Self.delivery(for: letter.error)) }
        }
    }

    /// Says QUIT, waits for the answer at most for ``SMTPCourier/Limits/farewell``, and closes.
    mutating func leave() async {
        dialogue.quit()
        let end = ContinuousClock.now + limits.farewell
        do throws(WireError) {
            while !dialogue.isClosed {
                let bytes = Array(dialogue.outgoing())
                if !bytes.isEmpty {
                    try await line.send(bytes, within: end - .now)
                    dialogue.bytesWritten(bytes.count)
                } else {
                    let heard = try await line.receive(within: end - .now)
                    _ = heard.isEmpty ? dialogue.connectionLost("closed") : dialogue.receive(heard)
                }
            }
        } catch {
            // Every letter is settled; a server that does not answer QUIT is left without it.
            _ = dialogue.connectionLost(error.description)
        }
        await line.close()
    }
}

// MARK: - Letters

extension SMTPConversation {
    /// What happened to a batch over this connection.
    private struct Round {
        var hasDelivered = false
        /// Letters that another connection may carry at once.
        var untouched: [(place: Int, error: DeliveryError)] = []
    }

    private func note(_ events: [SMTPDialogue.Event], _ round: inout Round, _ batch: inout SMTPBatch) {
        for case .settled(let place, let outcome) in events {
            switch outcome {
            case .delivered(let reply):
                round.hasDelivered = true
                batch.settle(place, as: .delivered(reply.words))
            case .failed(let error) where isUntouched(error):
                round.untouched.append((place, error))
            case .failed(let error):
                batch.settle(place, as: Self.delivery(for: error))
            }
        }
    }

    /// Whether a letter is as if it had never been given to this connection.
    ///
    /// That holds also for one whose first commands went into a connection that had died while it was idle,
    /// and for one that met a 421: some servers take only so many letters over one connection.
    private func isUntouched(_ error: DeliveryError) -> Bool {
        guard error.disposition == .retry else { return false }
        return !error.wasTried || isUsedAgain && !hasHeard || error.reply?.hasPrefix("421") ?? false
    }

    private static func delivery(for error: DeliveryError) -> Delivery {
        switch error.disposition {
        case .retry where error.detail == SMTPCourier.stopping && error.reply == nil:
            .retry(SMTPCourier.stopping)
        case .retry: .retry(error.description)
        case .reject: .rejected(error.description)
        case .unknown: .unknown(error.description)
        }
    }
}

// MARK: - Bytes

extension SMTPConversation {
    /// Writes what is to be written, or else waits for what the server says.
    private mutating func advance() async -> [SMTPDialogue.Event] {
        let bytes = Array(dialogue.outgoing())
        guard !bytes.isEmpty else { return await listen(for: patience) }
        if let error = await speak(bytes) {
            // The server's last words may say more than the broken connection does.
            let reason = Task.isCancelled ? SMTPCourier.stopping : error.description
            return await listen(for: .zero) + dialogue.connectionLost(reason)
        }
        dialogue.bytesWritten(bytes.count)
        // A long letter comes in portions; a server that refuses it half-way is heard in between.
        return bytes.count < limits.options.portion ? [] : await listen(for: .zero)
    }

    private var patience: Duration {
        let patience = limits.patience(dialogue.waitingFor ?? .block)
        return stopsAt.map { min(patience, max(.zero, $0 - .now)) } ?? patience
    }

    /// Hears what comes within the patience; for zero patience, what has come.
    private mutating func listen(for patience: Duration) async -> [SMTPDialogue.Event] {
        let isStopping = stopsAt != nil
        let listener = self
        let heard =
            isStopping ? await Task { await listener.hear(patience) }.value : await hear(patience)
        switch heard {
        case .success([]):
            return dialogue.connectionLost("the server closed the connection")
        case .success(let bytes):
            let events = dialogue.receive(bytes)
            hasHeard = hasHeard || dialogue.takesLetters
            return events
        case .failure(let error) where error.kind == .cancelled && Task.isCancelled && !isStopping:
            return []
        case .failure(let error) where error.kind == .timedOut:
            if isStopping { return dialogue.connectionLost(SMTPCourier.stopping) }
            return patience == .zero ? [] : dialogue.connectionLost("no answer for \(patience)")
        case .failure(let error):
            return dialogue.connectionLost(error.description)
        }
    }

    private func hear(_ patience: Duration) async -> Result<[UInt8], WireError> {
        do throws(WireError) {
            return .success(try await line.receive(within: patience))
        } catch {
            return .failure(error)
        }
    }

    /// Writes all of it, whatever the server says meanwhile; the line keeps that for ``listen(for:)``.
    private func speak(_ bytes: [UInt8]) async -> WireError? {
        let patience = limits.patience(.block)
        return await unhurried { [line] in
            do throws(WireError) {
                try await line.send(bytes, within: patience)
                return nil
            } catch {
                return error
            }
        }
    }

    /// Runs something to its end although this task is cancelled, but then only for the grace.
    ///
    /// A sending that is broken off leaves a torn letter; and who was cancelled cannot wait for anything.
    private func unhurried<Outcome: Sendable>(
        _ body: @escaping @Sendable () async -> Outcome
    ) async -> Outcome {
        let work = Task { await body() }
        return await withTaskCancellationHandler {
            await work.value
        } onCancel: { [grace = limits.grace] in
            Task {
                // Nobody cancels this sleep, so it does not fail.
                do { try await Task.sleep(for: grace) } catch {}
                work.cancel()
            }
        }
    }
}
