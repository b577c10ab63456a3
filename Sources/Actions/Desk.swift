// SPDX-License-Identifier: MIT
package import Cases
package import FoundationEssentials
import Mail
import Orders
package import Rules
import Understanding

/// Turns a decision into what will really happen: the first choice that may be carried out, as effects.
///
/// Pure: the same facts, decision and history give the same plan, at *decide* as at *claim*. A plan never ends
/// without an outcome; the last choice of every decision is the default team.
package struct Desk: Sendable {
    package let shop: Shop
    private let answers: [String: Answer]
    private let replyGuard: ReplyGuard
    private let signature: LetterSignature

    package init(shop: Shop, answers: [String: Answer], signature: LetterSignature) {
        self.shop = shop
        self.answers = answers
        self.signature = signature
        replyGuard = ReplyGuard(shop: shop)
    }

    /// Which message of which case a plan is for.
    package struct Place: Sendable, Hashable {
        package var message: Int64
        package var caseID: Case.ID

        package init(message: Int64, caseID: Case.ID) {
            self.message = message
            self.caseID = caseID
        }
    }

    /// Plans the first choice at or after `start` that may be carried out.
    ///
    /// - Parameters:
    ///   - decision: What the rules want.
    ///   - facts: The message and what is known around it now.
    ///   - place: The numbers of message and case, from which the keys of the letters are made.
    ///   - start: 0 when a message is decided; behind the withheld choice when a letter was claimed in vain.
    ///   - history: What the ledger knows at this moment.
    ///   - earlier: The answers that were withheld before.
    /// - Returns: The outcome with its effects, and every answer that was held back on the way.
    package func plan(
        _ decision: Decision,
        for facts: Facts,
        at place: Place,
        from start: Int = 0,
        history: ReplyGuard.History,
        withheld earlier: [Plan.Withheld] = []
    ) -> Plan {
        var withheld = earlier
        for (index, choice) in decision.choices.enumerated().dropFirst(start) {
            var plan = Plan(outcome: .left, choice: index, rule: choice.rule, withheld: withheld)
            switch choice.ending {
            case .answer(let name):
                switch answer(name, at: index, decision, facts, place, history) {
                case .success(let effect):
                    plan.outcome = .answered
                    plan.effects = [effect]
                    return plan
                case .failure(let verdict)
                where verdict.failed.map(\.reason) == [.answerWaits] && isAboutItsCase(facts):
                    // An impatient second mail about the same: the first one's answer is the answer.
                    plan.outcome = .filed
                    plan.reason = "the answer to an earlier message of the case is on its way"
                    return plan
                case .failure(let verdict) where verdict.failed.map(\.reason) == [.observing]:
                    plan.reason = "observe mode: would be answered with \(name)"
                    return plan
                case .failure(let verdict):
                    withheld.append(Plan.Withheld(answer: name, verdict: verdict))
                }
            case .forward(let team):
                return forwarded(plan, to: team, decision, facts, place)
            case .leave:
                return plan
            case .file(let reason):
                plan.outcome = .filed
                plan.reason = reason
                return plan
            }
        }
        // Every decision ends with the default team; one that was kept by an older release may not.
        let plan = Plan(outcome: .left, choice: decision.choices.count, withheld: withheld)
        return forwarded(plan, to: nil, decision, facts, place)
    }

    private func forwarded(
        _ plan: Plan,
        to team: String?,
        _ decision: Decision,
        _ facts: Facts,
        _ place: Place
    ) -> Plan {
        var plan = plan
        let team = team ?? shop.defaultTeam
        plan.team = team
        guard shop.mode != .observe else {
            plan.reason = "observe mode: would be forwarded to \(team)"
            return plan
        }
        plan.outcome = .forwarded
        plan.effects = [forward(to: team, decision, facts, place, plan)]
        return plan
    }

    /// Whether the message is about no other order than its case: a case can be joined with any question.
    private func isAboutItsCase(_ facts: Facts) -> Bool {
        guard let number = facts.order.order?.number, let known = facts.existingCase?.order else {
            return true
        }
        return number == known
    }

    /// The guard's verdict on an answer that was planned earlier, with what is known now.
    package func judgeAgain(
        _ name: String,
        _ decision: Decision,
        for facts: Facts,
        history: ReplyGuard.History
    ) -> ReplyGuard.Verdict {
        guard let answer = answers[name] else {
            return ReplyGuard.Verdict(failed: [ReplyGuard.Failure(.noTranslation)])
        }
        return replyGuard.judge(answer, for: facts, forbidden: decision.neverAnswers, history: history)
    }

    private enum Written {
        case success(Effect)
        case failure(ReplyGuard.Verdict)
    }

    private func answer(
        _ name: String,
        at index: Int,
        _ decision: Decision,
        _ facts: Facts,
        _ place: Place,
        _ history: ReplyGuard.History
    ) -> Written {
        guard let answer = answers[name] else {
            return .failure(ReplyGuard.Verdict(failed: [ReplyGuard.Failure(.noTranslation, name)]))
        }
        var verdict = replyGuard.judge(
            answer,
            for: facts,
            forbidden: decision.neverAnswers,
            history: history
        )
        guard let language = facts.reading.language, let template = answer.texts[language] else {
            verdict.failed.append(ReplyGuard.Failure(.noTranslation, facts.reading.language))
            return .failure(verdict)
        }
        do throws(Template.FieldMissing) {
            let filled = try template.filled(with: LetterFields(for: facts, shop: shop, language: language))
            guard verdict.passed, let writer = facts.message.from,
                let mailbox = shop.mailbox(named: facts.mailbox)
            else { return .failure(verdict) }
            // A letter that was withdrawn at the last moment keeps its key: the next answer needs another.
            let key = Effect.Key(
                "m\(place.message).answer" + (index == first(in: decision) ? "" : ".\(index)")
            )
            return .success(letter(filled, key: key, to: writer, from: mailbox, facts, place))
        } catch {
            verdict.failed.append(ReplyGuard.Failure(.fieldMissing, error.name))
            return .failure(verdict)
        }
    }

    /// The index of the decision's first answer.
    private func first(in decision: Decision) -> Int? {
        decision.choices.firstIndex { if case .answer = $0.ending { true } else { false } }
    }

    private func letter(
        _ filled: (subject: String, text: String),
        key: Effect.Key,
        to writer: Message.Address,
        from mailbox: Mailbox,
        _ facts: Facts,
        _ place: Place
    ) -> Effect {
        var letter = Letter(
            from: Message.Address(name: shop.name, address: mailbox.addresses[0]),
            to: writer,
            subject: filled.subject,
            date: facts.now,
            messageID: signature.messageID(case: place.caseID, letter: key.text),
            origin: .automaticReply,
            text: filled.text
        )
        thread(&letter, under: facts)
        return Effect(
            key: key,
            kind: .answer,
            mailbox: mailbox.name,
            letter: letter,
            notBefore: facts.now.addingTimeInterval(shop.hold),
            goodUntil: facts.now.addingTimeInterval(shop.hold + Self.answersKeep)
        )
    }

    /// How long after its waiting time an answer may still leave: its facts say "today".
    private static let answersKeep: TimeInterval = 6 * 3600

    private func forward(
        to team: String,
        _ decision: Decision,
        _ facts: Facts,
        _ place: Place,
        _ plan: Plan
    ) -> Effect {
        let key = Effect.Key("m\(place.message).forward")
        let mailbox = shop.mailbox(named: facts.mailbox) ?? shop.mailboxes[0]
        let block = ContextBlock(
            shop: shop,
            facts: facts,
            decision: decision,
            plan: plan,
            caseID: place.caseID
        )
        let writer = facts.message.from
        var letter = Letter(
            from: Message.Address(
                name: LetterFields.plain("\(writer?.name ?? writer?.address ?? "?") (\(shop.name))"),
                address: mailbox.addresses[0]
            ),
            to: Message.Address(address: address(of: team, orOf: mailbox)),
            subject: block.subject,
            date: facts.now,
            messageID: signature.messageID(case: place.caseID, letter: key.text),
            origin: .automatic,
            text: block.text
        )
        letter.replyTo = facts.message.replyTo.first ?? writer
        letter.importance = decision.priority >= .high ? .high : nil
        thread(&letter, under: facts)
        return Effect(
            key: key,
            kind: .forward,
            mailbox: mailbox.name,
            letter: letter,
            attachesOriginal: true,
            notBefore: facts.now
        )
    }

    /// Where a team reads its mail; of one that is gone from the settings the default team's, at last our own.
    private func address(of team: String, orOf mailbox: Mailbox) -> String {
        shop.teams[team] ?? shop.teams[shop.defaultTeam] ?? mailbox.addresses[0]
    }

    /// The letter that carries a message nobody could process, with the reason, to the default team.
    package func setAside(at place: Place, in mailboxName: String, because reason: String, now: Date)
        -> Effect
    {
        let key = Effect.Key("m\(place.message).set-aside")
        let mailbox = shop.mailbox(named: mailboxName) ?? shop.mailboxes[0]
        let wording = Wording(language: shop.language)
        var letter = Letter(
            from: Message.Address(name: shop.name, address: mailbox.addresses[0]),
            to: Message.Address(address: address(of: shop.defaultTeam, orOf: mailbox)),
            subject: wording.either(
                "[\(place.caseID)] Nachricht konnte nicht gelesen werden",
                "[\(place.caseID)] a message could not be read"
            ),
            date: now,
            messageID: signature.messageID(case: place.caseID, letter: key.text),
            origin: .automatic,
            text: wording.either(
                """
                Diese Nachricht konnte Poststelle nicht verarbeiten. Sie liegt unverändert im Postfach
                und hier als Anhang; bitte lesen Sie sie selbst.

                Grund: \(reason)
                """,
                """
                Poststelle could not process this message. It lies untouched in the mailbox and is
                attached here; please read it yourself.

                Reason: \(reason)
                """
            )
        )
        letter.secondsFromGMT = shop.promise.calendar.zone.secondsFromGMT(for: now)
        return Effect(
            key: key,
            kind: .setAside,
            mailbox: mailbox.name,
            letter: letter,
            attachesOriginal: true,
            notBefore: now
        )
    }

    private func thread(_ letter: inout Letter, under facts: Facts) {
        letter.secondsFromGMT = shop.promise.calendar.zone.secondsFromGMT(for: facts.now)
        guard let messageID = facts.message.messageID else { return }
        letter.inReplyTo = messageID
        letter.references = (facts.message.references + [messageID]).suffix(20)
    }
}

/// What will happen with a message, and which answers were held back on the way to it.
package struct Plan: Sendable, Hashable, Codable {
    package var outcome: Outcome
    /// The index of the choice in the decision.
    package var choice: Int
    /// The rule behind the choice; `nil` for the default team.
    package var rule: String?
    package var team: String?
    /// Why it was filed or left, where that needs a word.
    package var reason: String?
    package var effects: [Effect] = []
    package var withheld: [Withheld] = []

    package init(
        outcome: Outcome,
        choice: Int = 0,
        rule: String? = nil,
        reason: String? = nil,
        withheld: [Withheld] = []
    ) {
        self.outcome = outcome
        self.choice = choice
        self.rule = rule
        self.reason = reason
        self.withheld = withheld
    }

    /// An answer the guard did not let pass.
    package struct Withheld: Sendable, Hashable, Codable {
        package var answer: String
        package var verdict: ReplyGuard.Verdict

        package init(answer: String, verdict: ReplyGuard.Verdict) {
            self.answer = answer
            self.verdict = verdict
        }
    }
}
