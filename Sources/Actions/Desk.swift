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
    ///   - start: 0 when a message is decided; behind the withheld choice when a letter was claimed in vain.
    ///   - history: What the ledger knows at this moment.
    package func plan(
        _ decision: Decision, for facts: Facts, at place: Place, from start: Int = 0,
        history: ReplyGuard.History, withheld earlier: [Plan.Withheld] = []
    ) -> Plan {
        var withheld = earlier
        for (index, choice) in decision.choices.enumerated().dropFirst(start) {
            var plan = Plan(outcome: .left, choice: index, rule: choice.rule, withheld: withheld)
            switch choice.ending {
            case .answer(let name):
                switch answer(name, decision, facts, place, history) {
                case .success(let effect):
                    plan.outcome = .answered
                    plan.effects = [effect]
                    return plan
                case .failure(let verdict) where verdict.failed.map(\.reason) == [.answerWaits]:
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
                plan.team = team ?? shop.defaultTeam
                guard shop.mode != .observe else {
                    plan.outcome = .left
                    plan.reason = "observe mode: would be forwarded to \(team ?? shop.defaultTeam)"
                    return plan
                }
                plan.outcome = .forwarded
                plan.effects = [forward(decision, facts, place, plan)]
                return plan
            case .leave:
                return plan
            case .file(let reason):
                plan.outcome = .filed
                plan.reason = reason
                return plan
            }
        }
        preconditionFailure("every decision ends with the default team")
    }

    /// The guard's verdict on an answer that was planned earlier, with what is known now.
    package func judgeAgain(
        _ name: String, _ decision: Decision, for facts: Facts, history: ReplyGuard.History
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
        _ name: String, _ decision: Decision, _ facts: Facts, _ place: Place, _ history: ReplyGuard.History
    ) -> Written {
        guard let answer = answers[name] else {
            return .failure(ReplyGuard.Verdict(failed: [ReplyGuard.Failure(.noTranslation, name)]))
        }
        var verdict = replyGuard.judge(
            answer, for: facts, forbidden: decision.neverAnswers, history: history)
        guard let language = facts.reading.language, let template = answer.texts[language] else {
            verdict.failed.append(ReplyGuard.Failure(.noTranslation, facts.reading.language))
            return .failure(verdict)
        }
        do throws(Template.FieldMissing) {
            let filled = try template.filled(with: LetterFields(for: facts, shop: shop, language: language))
            guard verdict.passed, let writer = facts.message.from, let mailbox = shop.mailbox(named: facts.mailbox)
            else { return .failure(verdict) }
            return .success(letter(filled, to: writer, from: mailbox, facts, place))
        } catch {
            verdict.failed.append(ReplyGuard.Failure(.fieldMissing, error.name))
            return .failure(verdict)
        }
    }

    private func letter(
        _ filled: (subject: String, text: String), to writer: Message.Address, from mailbox: Mailbox,
        _ facts: Facts, _ place: Place
    ) -> Effect {
        let key = Effect.Key("m\(place.message).answer")
        var letter = Letter(
            from: Message.Address(name: shop.name, address: mailbox.addresses[0]), to: writer,
            subject: filled.subject, date: facts.now,
            messageID: signature.messageID(case: place.caseID, letter: key.text), origin: .automaticReply,
            text: filled.text)
        thread(&letter, under: facts)
        return Effect(
            key: key, kind: .answer, mailbox: mailbox.name, letter: letter,
            notBefore: facts.now.addingTimeInterval(shop.hold),
            goodUntil: facts.now.addingTimeInterval(shop.hold + Self.answersKeep))
    }

    /// How long after its waiting time an answer may still leave: its facts say "today".
    private static let answersKeep: TimeInterval = 6 * 3600

    private func forward(_ decision: Decision, _ facts: Facts, _ place: Place, _ plan: Plan) -> Effect {
        let key = Effect.Key("m\(place.message).forward")
        let mailbox = shop.mailbox(named: facts.mailbox) ?? shop.mailboxes[0]
        let block = ContextBlock(
            shop: shop, facts: facts, decision: decision, plan: plan, caseID: place.caseID)
        let writer = facts.message.from
        var letter = Letter(
            from: Message.Address(
                name: "\(writer?.name ?? writer?.address ?? "?") (\(shop.name))", address: mailbox.addresses[0]),
            to: Message.Address(address: shop.teams[plan.team ?? shop.defaultTeam] ?? mailbox.addresses[0]),
            subject: block.subject, date: facts.now,
            messageID: signature.messageID(case: place.caseID, letter: key.text), origin: .automatic,
            text: block.text)
        letter.replyTo = facts.message.replyTo.first ?? writer
        letter.importance = decision.priority >= .high ? .high : nil
        thread(&letter, under: facts)
        return Effect(
            key: key, kind: .forward, mailbox: mailbox.name, letter: letter, attachesOriginal: true,
            notBefore: facts.now)
    }

    /// The letter that carries a message nobody could process, with the reason, to the default team.
    package func setAside(at place: Place, in mailboxName: String, because reason: String, now: Date) -> Effect {
        let key = Effect.Key("m\(place.message).set-aside")
        let mailbox = shop.mailbox(named: mailboxName) ?? shop.mailboxes[0]
        let wording = Wording(language: shop.language)
        let letter = Letter(
            from: Message.Address(name: shop.name, address: mailbox.addresses[0]),
            to: Message.Address(address: shop.teams[shop.defaultTeam] ?? mailbox.addresses[0]),
            subject: wording.either(
                "[\(place.caseID)] Nachricht konnte nicht gelesen werden",
                "[\(place.caseID)] a message could not be read"),
            date: now, messageID: signature.messageID(case: place.caseID, letter: key.text),
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
                """))
        return Effect(
            key: key, kind: .setAside, mailbox: mailbox.name, letter: letter, attachesOriginal: true,
            notBefore: now)
    }

    private func thread(_ letter: inout Letter, under facts: Facts) {
        guard let messageID = facts.message.messageID else { return }
        letter.inReplyTo = messageID
        letter.references = (facts.message.references + [messageID]).suffix(20)
        letter.secondsFromGMT = shop.promise.calendar.zone.secondsFromGMT(for: facts.now)
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
        outcome: Outcome, choice: Int = 0, rule: String? = nil, reason: String? = nil, withheld: [Withheld] = []
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
