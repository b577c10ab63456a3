// SPDX-License-Identifier: MIT
import FoundationEssentials
import Mail
import Orders
package import Rules
package import Understanding

/// Lets an automatic answer pass only if nothing at all speaks against it.
///
/// It runs when the message is decided and again in the transaction that claims the letter for sending. Every
/// reason is recorded, not only the first. A withheld answer is a recorded decision; the message goes on to
/// the next choice, at last to a person.
package struct ReplyGuard: Sendable {
    private let shop: Shop

    package init(shop: Shop) {
        self.shop = shop
    }

    /// What the ledger knows about the writer and the case when the guard runs.
    package struct History: Sendable, Hashable {
        /// A person of the shop has written in the case.
        package var personWrote = false
        /// An automatic answer in the case is still waiting to leave.
        package var answerWaits = false
        /// The same answer was already sent in the case, or to this writer about this order.
        package var answeredSame = false
        /// A message of the customer came after the one that is answered and asks for more.
        package var customerWroteAgain = false
        /// Automatic letters to the writer's address within 24 hours.
        package var lettersToPeer = 0
        /// Automatic letters in the case.
        package var lettersInCase = 0
        /// Automatic letters of the whole shop within 24 hours.
        package var lettersToday = 0
        /// The order is no longer what it was when the answer was written.
        package var orderChanged = false

        package init() {}
    }

    /// One reason against an automatic answer; the names are stable.
    package enum Reason: String, Sendable, Hashable, Codable, CaseIterable {
        case automaticMail = "automatic_mail"
        case bounce
        case noSender = "no_sender"
        case fromOurselves = "from_ourselves"
        case notAddressed = "not_addressed"
        case spam
        case forwarded
        case authenticationFailed = "authentication_failed"
        case notAuthenticated = "not_authenticated"
        case notOrdersAddress = "not_orders_address"
        case repliesElsewhere = "replies_elsewhere"
        case situationUnfit = "situation_unfit"
        case uncovered
        case guardedFinding = "guarded_finding"
        case attachment
        case damaged
        case ruleForbids = "rule_forbids"
        case personWrote = "person_wrote"
        case answerWaits = "answer_waits"
        case answeredSame = "answered_same"
        case customerWroteAgain = "customer_wrote_again"
        case peerBudget = "peer_budget"
        case caseBudget = "case_budget"
        case dayBudget = "day_budget"
        case backlog
        case messageTooOld = "message_too_old"
        case factsTooOld = "facts_too_old"
        case orderChanged = "order_changed"
        case fieldMissing = "field_missing"
        case noTranslation = "no_translation"
        case answerExpired = "answer_expired"
        case deliveryRejected = "delivery_rejected"
        case deliveryUnknown = "delivery_unknown"
        case observing
    }

    /// What the guard found.
    package struct Verdict: Sendable, Hashable, Codable {
        /// Nothing, or all reasons with a word on each.
        package var failed: [Failure] = []

        package init(failed: [Failure] = []) {
            self.failed = failed
        }

        package var passed: Bool { failed.isEmpty }

        /// Whether ``Reason/observing`` is the only thing that speaks against it.
        package var wouldPass: Bool { failed.allSatisfy { $0.reason == .observing } }
    }

    /// A reason, and what exactly was found where that helps.
    package struct Failure: Sendable, Hashable, Codable {
        package var reason: Reason
        package var detail: String?
        /// What the answer leaves open, where that is the reason; ``detail`` says it in English.
        package var obstacle: Reading.Obstacle?

        package init(_ reason: Reason, _ detail: String? = nil, obstacle: Reading.Obstacle? = nil) {
            self.reason = reason
            self.detail = detail
            self.obstacle = obstacle
        }
    }

    /// Everything that speaks against sending `answer` to the writer of the message.
    package func judge(_ answer: Answer, for facts: Facts, forbidden: Bool, history: History) -> Verdict {
        var verdict = Verdict()
        func fails(_ reason: Reason, _ detail: String? = nil, if condition: Bool) {
            if condition { verdict.failed.append(Failure(reason, detail)) }
        }
        let message = facts.message
        let writer = message.from?.address.lowercased()

        fails(.automaticMail, message.automatic?.rawValue, if: message.automatic != nil)
        fails(.bounce, if: message.bounce != nil)
        fails(.noSender, if: writer == nil)
        fails(.fromOurselves, if: writer.map(shop.isOwn) ?? false)
        fails(.notAddressed, if: !isAddressed(facts))
        fails(.spam, if: message.isSpam)
        fails(.forwarded, if: message.forwarded != nil)
        fails(.authenticationFailed, if: message.authentication == .fail)
        judgeRecipient(answer, facts, writer, fails)
        let unfit = unfitSituation(facts, for: answer)
        fails(.situationUnfit, unfit?.rawValue, if: facts.order.situation == nil || unfit != nil)
        // Guarded matters are a reason of their own.
        var reading = facts.reading
        reading.guarded = []
        if case .uncovered(let obstacle) = reading.coverage(of: answer.concern) {
            verdict.failed.append(Failure(.uncovered, obstacle.description, obstacle: obstacle))
        }
        fails(.guardedFinding, facts.reading.guarded.first?.name, if: !facts.reading.guarded.isEmpty)
        let unread = message.attachments.first { !isDecoration($0) }
        fails(.attachment, unread?.type, if: unread != nil)
        fails(.damaged, message.damage.first, if: !message.damage.isEmpty)
        fails(.ruleForbids, if: forbidden)
        judgeHistory(history, fails)
        fails(.backlog, if: facts.isBacklog)
        fails(.messageTooOld, if: facts.now.timeIntervalSince(facts.arrived) > shop.answersUntilAge)
        fails(.factsTooOld, if: areTooOld(facts, for: answer))
        fails(.observing, if: shop.mode == .observe)
        return verdict
    }

    /// Order details go only to the order's own address; without an order the provider must vouch.
    private func judgeRecipient(
        _ answer: Answer,
        _ facts: Facts,
        _ writer: String?,
        _ fails: (Reason, String?, Bool) -> Void
    ) {
        if facts.order.situation == .unknownOrder {
            fails(
                .notAuthenticated,
                facts.message.authentication.rawValue,
                facts.message.authentication != .pass
            )
        } else {
            let belongs = facts.order.others.allSatisfy { $0.belongs(to: writer ?? "") }
            fails(.notOrdersAddress, nil, !facts.order.belongsToWriter || !belongs)
        }
        let elsewhere = facts.message.replyTo.contains { $0.address.lowercased() != writer }
        fails(.repliesElsewhere, nil, elsewhere)
    }

    /// The situation about which the answer's sentences are not true; `nil` if there is none.
    ///
    /// An answer that lists several orders is true only if each of them may be told about.
    private func unfitSituation(_ facts: Facts, for answer: Answer) -> Situation? {
        guard let situation = facts.order.situation else { return nil }
        guard answer.situations.contains(situation) else { return situation }
        guard situation == .severalOpen else { return nil }
        let listed = facts.order.others.map { $0.situation(at: facts.now, by: shop.promise) }
        return listed.count < 2 ? situation : listed.first { !Self.listed.contains($0) }
    }

    /// What may be said of an order in a list: it is open, and nothing about it is late or in trouble.
    private static let listed: Set<Situation> = [
        .awaitingPayment, .inPreparation, .handedOver, .moving, .outForDelivery, .readyForPickup,
        .partlyShipped,
    ]

    private func judgeHistory(_ history: History, _ fails: (Reason, String?, Bool) -> Void) {
        fails(.personWrote, nil, history.personWrote)
        fails(.answerWaits, nil, history.answerWaits)
        fails(.answeredSame, nil, history.answeredSame)
        fails(.customerWroteAgain, nil, history.customerWroteAgain)
        fails(.peerBudget, "\(history.lettersToPeer)", history.lettersToPeer >= shop.limits.perPeer)
        fails(.caseBudget, "\(history.lettersInCase)", history.lettersInCase >= shop.limits.perCase)
        fails(.dayBudget, "\(history.lettersToday)", history.lettersToday >= shop.limits.perDay)
        fails(.orderChanged, nil, history.orderChanged)
    }

    private func isAddressed(_ facts: Facts) -> Bool {
        guard let mailbox = shop.mailbox(named: facts.mailbox) else { return false }
        let named = (facts.message.to + facts.message.cc).map { $0.address.lowercased() }
        return facts.message.channel == .form || named.contains { mailbox.addresses.contains($0) }
    }

    /// Small pictures are logos in signatures; anything else may say something that was not read.
    private func isDecoration(_ attachment: Message.Attachment) -> Bool {
        attachment.type.hasPrefix("image/") && attachment.size <= 20_000
    }

    private func areTooOld(_ facts: Facts, for answer: Answer) -> Bool {
        guard let limit = answer.maxAge else { return false }
        return ([facts.order.order].compactMap { $0 } + facts.order.others).contains { order in
            guard let updated = order.updated else { return true }
            let age = facts.now.timeIntervalSince(updated)
            return age > limit || age < -Self.clockSkew
        }
    }

    /// Facts from further in the future are from a wrong clock; how old they are nobody knows.
    private static let clockSkew: TimeInterval = 600
}
