// SPDX-License-Identifier: MIT
package import Actions
import Cases
package import FoundationEssentials
import Mail
import Orders
import Rules
package import State
import Understanding

/// The way of a message through the house, from the admitted bytes to its one outcome.
///
/// All look-ups stand on this page; the rooms it calls are pure. A message is parsed and read outside any
/// transaction; the case, the order and what was sent before are looked up inside the one that concludes it, so
/// that two messages of one batch see each other.
package struct Pipeline: Sendable {
    package let ledger: Ledger
    package let shop: Shop
    private let playbook: Playbook
    private let desk: Desk
    private let signature: LetterSignature
    private let events: EventLog
    private let now: @Sendable () -> Date

    package init(
        ledger: Ledger,
        shop: Shop,
        playbook: Playbook,
        events: EventLog,
        now: @escaping @Sendable () -> Date
    ) {
        self.ledger = ledger
        self.shop = shop
        self.playbook = playbook
        self.events = events
        self.now = now
        let domain = shop.mailboxes.first?.addresses.first?.split(separator: "@").last.map(String.init)
        signature = LetterSignature(secret: ledger.secret, domain: domain ?? "poststelle.invalid")
        desk = Desk(shop: shop, answers: playbook.answers, signature: signature)
    }

    /// Messages that share one commit.
    private static let batch = 50
    /// A message that was alone in hand this often when the service died is set aside.
    private static let mostAttempts = 3

    // MARK: - Conclude

    /// Concludes everything that is open, batch by batch, in the order it came.
    ///
    /// - Returns: How many messages were concluded.
    @discardableResult
    package func concludeOpen() async throws -> Int {
        var count = 0
        while true {
            let batch = try await ledger.openMessages(limit: Self.batch)
            guard let first = batch.first else { return count }
            if first.attempts > 0 { try await ledger.countAttempt(at: first.id) }
            let isHopeless = first.attempts > Self.mostAttempts
            let prepared = isHopeless ? [] : batch.map(prepare)
            let now = now()
            let conclusions = try await ledger.conclude(
                batch,
                now: now,
                deciding: { index, open, page in
                    if isHopeless { throw SetAside(reason: "the service ended while it was being read") }
                    return try decide(prepared[index], open, page, now)
                },
                failed: { open, error, page in try setAside(open, error, page, now) }
            )
            for (message, conclusion) in zip(batch, conclusions) { events.concluded(message, conclusion) }
            count += batch.count
        }
    }

    /// A message with its reading, made without the ledger.
    struct Prepared: Sendable {
        var message: Message
        var reading: Reading
        /// Numbers that may be order or tracking numbers, of the subject and the text.
        var numbers: [Reading.Finding]
    }

    /// What could not be done with a message, in a sentence for a person.
    private struct SetAside: Error, CustomStringConvertible {
        var reason: String
        var description: String { reason }
    }

    /// The message parsed, the same when it is decided and when its letter is judged again.
    private func message(of open: OpenMessage) -> Message {
        let mailbox = shop.mailbox(named: open.place.mailbox) ?? shop.mailboxes[0]
        var message = Message(parsing: open.raw, in: mailbox, digest: open.digest)
        if !open.isWhole { message.damage.append("too large: only its beginning was read") }
        return message
    }

    func prepare(_ open: OpenMessage) -> Prepared {
        let message = message(of: open)
        // The words of a report or of our own letters are nobody's concern.
        let reading =
            open.role == .sent || message.bounce != nil
            ? Reading() : playbook.reader.read(message.ownWords, subject: message.subject)
        let numbers = (playbook.reader.findings(in: message.subject) + reading.findings)
            .filter { $0.kind == .orderNumber || $0.kind == .trackingNumber }
        return Prepared(message: message, reading: reading, numbers: numbers)
    }

    private func decide(
        _ prepared: Prepared,
        _ open: OpenMessage,
        _ page: Page,
        _ now: Date
    ) throws -> Conclusion {
        let message = prepared.message
        // The id alone proves nothing: whoever got a letter of ours can write its id over a message of his own.
        let isFromUs = message.from.map { shop.isOwn($0.address) } ?? false
        if isFromUs, let id = message.messageID, signature.caseSigned(in: id) != nil {
            return Conclusion(outcome: .own, reason: "our own letter", messageID: id)
        }
        if open.role == .sent { return try note(personsLetter: message, open, page) }
        if let original = try page.original(ofDigest: open.digest, before: open.id) {
            return Conclusion(
                outcome: .duplicate,
                reason: "a copy of message \(original)",
                messageID: message.messageID
            )
        }
        let ties = try self.ties(of: message, page)
        if isFromUs, message.automatic != nil {
            return Conclusion(
                outcome: .left,
                reason: "automatic mail from one of our own addresses",
                messageID: message.messageID
            )
        }
        if let bounce = message.bounce, bounce.address.map(shop.isOwn) ?? (ties.byToken != nil) {
            // Forwarding it would bounce again, for ever: it stays in the inbox, and the log says so.
            return Conclusion(
                outcome: .left,
                reason: "a letter to one of our own addresses came back",
                messageID: message.messageID
            )
        }
        if isFromUs, let known = ties.byToken ?? ties.byReference.first {
            try page.personWrote(in: known.id, at: message.date ?? open.arrived)
            try page.thread([message.messageID].compactMap { $0 }, to: known.id, isPerson: true)
            return Conclusion(
                outcome: .left,
                reason: "written by the shop's own people",
                caseID: known.id,
                messageID: message.messageID
            )
        }
        return try decide(prepared, open, ties, page, now)
    }

    /// A customer's message: order, case, rules, guard, effects.
    private func decide(
        _ prepared: Prepared,
        _ open: OpenMessage,
        _ ties: Case.Candidates,
        _ page: Page,
        _ now: Date
    ) throws -> Conclusion {
        let message = prepared.message
        let writer = message.from?.address.lowercased() ?? ""
        var ties = ties
        let tied = Case.joined(by: writer, at: now, among: ties)
        let match = try order(for: prepared, writer: writer, inCase: tied?.case, page, now)
        if let number = match.order?.number { ties.byOrder = try page.cases(aboutOrder: number) }
        let existing = Case.joined(by: writer, at: now, among: ties)?.case
        let facts = Facts(
            message: message,
            reading: prepared.reading,
            mailbox: open.place.mailbox,
            arrived: open.arrived,
            now: now,
            order: match,
            existingCase: existing,
            isBacklog: open.isBacklog
        )
        let decision = playbook.rulebook.decide(facts)
        let number = match.order?.number
        guard needsCase(decision) else {
            let plan = desk.plan(
                decision,
                for: facts,
                at: Desk.Place(message: open.id, caseID: existing?.id ?? Case.ID(0)),
                history: ReplyGuard.History()
            )
            return conclusion(plan, decision, facts, caseID: existing?.id)
        }

        let caseID: Case.ID
        if let existing {
            caseID = existing.id
            try page.continueCase(existing.id, order: number, now: now)
        } else {
            caseID = try page.openCase(writer: writer, order: number, now: now).id
        }
        try page.thread(message.references + [message.messageID].compactMap { $0 }, to: caseID)
        // Only an answer is judged by what was sent before.
        var history =
            decision.answers.isEmpty
            ? ReplyGuard.History()
            : try page.history(case: caseID, peer: writer, answers: decision.answers, order: number, now: now)
        if try page.isPersonsLetter(anyOf: message.references) {
            history.personWrote = true
            try page.personWrote(in: caseID, at: now)
        }
        let plan = desk.plan(
            decision,
            for: facts,
            at: Desk.Place(message: open.id, caseID: caseID),
            history: history
        )
        return conclusion(plan, decision, facts, caseID: caseID)
    }

    private func conclusion(
        _ plan: Plan,
        _ decision: Decision,
        _ facts: Facts,
        caseID: Case.ID?
    ) -> Conclusion {
        // The letters lie in the outbox; a second copy in the record would only cost.
        var kept = plan
        kept.effects = []
        return Conclusion(
            outcome: plan.outcome,
            reason: plan.reason,
            caseID: caseID,
            order: facts.order.order?.number,
            messageID: facts.message.messageID,
            record: Record(reading: facts.reading, order: facts.order, decision: decision, plan: kept),
            effects: plan.effects
        )
    }

    /// Whether the first choice concerns a person; robots' mail that is left or filed opens no case.
    private func needsCase(_ decision: Decision) -> Bool {
        switch decision.choices.first?.ending {
        case .leave, .file: false
        default: true
        }
    }

    // MARK: - Look-ups

    private func ties(of message: Message, _ page: Page) throws -> Case.Candidates {
        let references = message.references + [message.bounce?.letter].compactMap { $0 }
        let signed = references.reversed().lazy.compactMap { signature.caseSigned(in: $0) }.first
        return Case.Candidates(
            byToken: try signed.flatMap { try page.existingCase($0) },
            byReference: try page.cases(referredToBy: message.references)
        )
    }

    private func order(
        for prepared: Prepared,
        writer: String,
        inCase known: Case?,
        _ page: Page,
        _ now: Date
    ) throws -> OrderMatch {
        var named: [Order] = []
        for finding in prepared.numbers {
            let found =
                finding.kind == .orderNumber
                ? [try page.order(numbered: finding.value)].compactMap { $0 }
                : try page.orders(tracked: finding.value)
            for order in found where !named.contains(order) { named.append(order) }
        }
        let namesNumber = prepared.numbers.contains { $0.kind == .orderNumber } || !named.isEmpty
        if !namesNumber, let number = known?.order, let order = try page.order(numbered: number) {
            var match = OrderMatch(
                named: [order],
                namesNumber: true,
                owned: [],
                writer: writer,
                reading: prepared.reading,
                now: now,
                promise: shop.promise
            )
            match.isNamed = false
            return match
        }
        return OrderMatch(
            named: named,
            namesNumber: namesNumber,
            owned: namesNumber ? [] : try page.orders(of: writer),
            writer: writer,
            reading: prepared.reading,
            now: now,
            promise: shop.promise
        )
    }

    /// A letter that a person of the shop sent: automation stops in every case it belongs to.
    private func note(personsLetter message: Message, _ open: OpenMessage, _ page: Page) throws -> Conclusion
    {
        let ties = try self.ties(of: message, page)
        let recipients = (message.to + message.cc).map { $0.address.lowercased() }.filter { !shop.isOwn($0) }
        // A client's clock may be wrong in either direction; the server's is the later bound.
        let written = min(message.date ?? open.arrived, open.arrived)
        let ofRecipients = try page.cases(
            ofWriters: recipients,
            since: written.addingTimeInterval(-Case.patience)
        )
        let cases = Set(([ties.byToken].compactMap { $0 } + ties.byReference + ofRecipients).map(\.id))
        for id in cases { try page.personWrote(in: id, at: written) }
        // Also without a case: a customer may answer a letter whose beginning we never saw.
        let ids = [message.messageID].compactMap { $0 }
        for id in cases.isEmpty ? [Case.ID(0)] : cases.sorted() {
            try page.thread(ids, to: id, isPerson: true)
        }
        return Conclusion(
            outcome: .own,
            reason: "written by a person of the shop",
            caseID: cases.min(),
            messageID: message.messageID
        )
    }

    private func setAside(
        _ open: OpenMessage,
        _ error: any Error,
        _ page: Page,
        _ now: Date
    ) throws -> Conclusion {
        if open.role == .sent {
            return Conclusion(outcome: .own, reason: "a letter in Sent that cannot be read")
        }
        let caseID = try page.openCase(writer: "", order: nil, now: now).id
        let effect = desk.setAside(
            at: Desk.Place(message: open.id, caseID: caseID),
            in: open.place.mailbox,
            because: "\(error)",
            now: now
        )
        return Conclusion(
            outcome: .setAside,
            reason: "could not be processed",
            caseID: caseID,
            effects: shop.mode == .observe ? [] : [effect]
        )
    }

    // MARK: - Claim

    /// Judges an answer once more in the transaction that claims it.
    package func judge(_ claimed: Claimed, _ page: Page) throws -> ClaimVerdict {
        let now = now()
        guard let (recalledFacts, record, concluded) = try recalled(claimed, page, now),
            let answer = record.answer
        else {
            return .replace(planWithoutRecord(of: claimed, now), because: "its record is gone")
        }
        var facts = recalledFacts
        var history = try page.history(
            case: claimed.caseID,
            peer: claimed.effect.letter.to.address,
            answers: [answer],
            order: concluded.order,
            now: now,
            except: claimed.id
        )
        history.customerWroteAgain = try page.customerWroteAgain(after: claimed.message, in: claimed.caseID)
        history.orderChanged = try hasChanged(record.order, since: claimed.effect.letter.date, facts, page)
        if !history.orderChanged, let number = record.order.order?.number {
            facts.order.order = try page.order(numbered: number)
        }
        var verdict = desk.judgeAgain(answer, record.decision, for: facts, history: history)
        if let goodUntil = claimed.effect.goodUntil, goodUntil < now {
            verdict.failed.append(ReplyGuard.Failure(.answerExpired))
        }
        guard !verdict.passed else { return .send }
        let plan = next(after: record, facts, claimed, history, verdict)
        return .replace(plan, because: verdict.failed.map { $0.reason.rawValue }.joined(separator: " "))
    }

    /// Whether anything an answer says about its orders is no longer so, if only because time went by.
    private func hasChanged(_ match: OrderMatch, since written: Date, _ facts: Facts, _ page: Page) throws
        -> Bool
    {
        guard let order = match.order else {
            // It asks for a number; meanwhile the shop's system may have told us of the order.
            guard let writer = facts.message.from?.address, !match.isNamed else { return false }
            return try !page.orders(of: writer).isEmpty
        }
        return try ([order] + match.others).contains { snapshot in
            guard let current = try page.order(numbered: snapshot.number) else { return true }
            return !current.says(sameAs: snapshot)
                || current.situation(at: facts.now, by: shop.promise)
                    != snapshot.situation(at: written, by: shop.promise)
        }
    }

    /// Carries a message to the default team when nobody can tell any more why it was answered.
    private func planWithoutRecord(of claimed: Claimed, _ now: Date) -> Plan {
        var plan = Plan(outcome: .setAside, reason: "its record cannot be read")
        let effect = desk.setAside(
            at: Desk.Place(message: claimed.message, caseID: claimed.caseID),
            in: claimed.effect.mailbox,
            because: "the record of message \(claimed.message) is gone",
            now: now
        )
        plan.effects = [effect]
        return plan
    }

    /// What follows an answer that was refused or of which nobody can know whether it arrived.
    package func planAfterFailure(
        of claimed: Claimed,
        _ reason: ReplyGuard.Reason,
        words: String,
        _ page: Page
    ) throws -> Plan {
        let now = now()
        guard let (facts, record, _) = try recalled(claimed, page, now) else {
            return planWithoutRecord(of: claimed, now)
        }
        let history = ReplyGuard.History()
        let verdict = ReplyGuard.Verdict(failed: [ReplyGuard.Failure(reason, words)])
        return next(after: record, facts, claimed, history, verdict)
    }

    /// The next choice after an answer that was queued and did not leave; never another answer.
    private func next(
        after record: Record,
        _ facts: Facts,
        _ claimed: Claimed,
        _ history: ReplyGuard.History,
        _ verdict: ReplyGuard.Verdict
    ) -> Plan {
        var history = history
        // This customer may already have one, and the message's one answer key is spent: a second answer would
        // not be queued, and nobody would see the message.
        history.answeredSame = true
        return desk.plan(
            record.decision,
            for: facts,
            at: Desk.Place(message: claimed.message, caseID: claimed.caseID),
            from: record.plan.choice + 1,
            history: history,
            withheld: record.plan.withheld + [Plan.Withheld(answer: record.answer ?? "", verdict: verdict)]
        )
    }

    private func recalled(
        _ claimed: Claimed,
        _ page: Page,
        _ now: Date
    ) throws -> (facts: Facts, record: Record, concluded: Concluded)? {
        guard let concluded = try page.concluded(claimed.message), let record = concluded.record else {
            return nil
        }
        let open = concluded.message
        let facts = Facts(
            message: message(of: open),
            reading: record.reading,
            mailbox: open.place.mailbox,
            arrived: open.arrived,
            now: now,
            order: record.order,
            existingCase: try page.existingCase(claimed.caseID),
            isBacklog: open.isBacklog
        )
        return (facts, record, concluded)
    }
}

extension Order {
    /// Whether two states of an order differ in nothing but the time somebody looked.
    func says(sameAs other: Order) -> Bool {
        var (left, right) = (self, other)
        left.updated = nil
        right.updated = nil
        return left == right
    }
}
