// SPDX-License-Identifier: MIT
import Foundation
import Mail
import Orders
import Rules
import Testing
import Understanding

@testable import Actions

@Suite("What speaks against an automatic answer")
struct ReplyGuardTests {
    /// All that the guard looks at.
    struct Situation: Sendable {
        var facts = ActionsTests.facts()
        var shop = ActionsTests.shop
        var history = ReplyGuard.History()
        var isForbidden = false
        var answer = Answer(
            name: "wismo",
            covers: ["where_is_my_order"],
            situations: [.moving, .unknownOrder, .severalOpen],
            maxAge: 12 * 3600,
            threshold: 0.8,
            veto: ["rechnung"]
        )

        var failed: [ReplyGuard.Failure] {
            ReplyGuard(shop: shop).judge(answer, for: facts, forbidden: isForbidden, history: history).failed
        }
    }

    /// A reason with a case in which it is the only one, and a case just on the other side.
    struct Row: Sendable, CustomTestStringConvertible {
        var reason: ReplyGuard.Reason
        var detail: String?
        var failing: Situation
        var passing: Situation
        var testDescription: String { "\(reason.rawValue) \(detail ?? "")" }

        init(
            _ reason: ReplyGuard.Reason,
            _ detail: String? = nil,
            _ failing: (inout Situation) -> Void,
            passes passing: (inout Situation) -> Void = { _ in }
        ) {
            self.reason = reason
            self.detail = detail
            self.failing = Situation()
            self.passing = Situation()
            failing(&self.failing)
            passing(&self.passing)
        }
    }

    static let rows: [Row] = messageRows + orderRows + historyRows

    static let messageRows: [Row] = [
        Row(.automaticMail, "list") { $0.facts.message.automatic = .list },
        Row(.bounce) { $0.facts.message.bounce = Message.Bounce(kind: .delayed) },
        Row(.noSender) { $0.facts.message.from = nil },
        Row(.fromOurselves) {
            $0.facts.message.from = Message.Address(address: "Team@teeladen.example")
        } passes: {
            $0.facts.message.from = Message.Address(address: "anna@teeladen.example")
        },
        Row(.fromOurselves) { $0.facts.message.from = Message.Address(address: "hallo@teeladen.example") },
        Row(.notAddressed) {
            $0.facts.message.to = [Message.Address(address: "undisclosed@example.org")]
        } passes: {
            $0.facts.message.to = []
            $0.facts.message.cc = [Message.Address(address: "Hallo@teeladen.example")]
        },
        Row(.notAddressed) {
            $0.facts.message.to = []
        } passes: {
            $0.facts.message.to = []
            $0.facts.message.channel = .form
        },
        Row(.notAddressed) { $0.facts.mailbox = "gone" },
        Row(.spam) { $0.facts.message.isSpam = true },
        Row(.forwarded) { $0.facts.message.forwarded = Message.Forwarded() },
        Row(.authenticationFailed) {
            $0.facts.message.authentication = .fail
        } passes: {
            // Nobody vouches, but it is the order's own address that gets the answer.
            $0.facts.message.authentication = .none
        },
        Row(.repliesElsewhere) {
            $0.facts.message.replyTo = [Message.Address(address: "other@example.org")]
        } passes: {
            $0.facts.message.replyTo = [Message.Address(address: "ANNA@example.de")]
        },
        Row(.uncovered, "the whole text scores 0.79, the answer wants 0.80") {
            $0.facts.reading.textScores = ["where_is_my_order": 0.79]
        } passes: {
            $0.facts.reading.textScores = ["where_is_my_order": 0.8]
        },
        Row(.uncovered, #"the word "rechnung" shows another concern"#) {
            $0.facts.reading.sentences[0].text = "Wo bleibt die Rechnung?"
        } passes: {
            $0.facts.reading.sentences[0].text = "Wo bleibt die Berechnung?"
        },
        Row(.guardedFinding, "legal") {
            $0.facts.reading.guarded = [Reading.GuardedFinding(name: "legal", evidence: "Anwalt")]
        },
        Row(.attachment, "image/jpeg") {
            $0.facts.message.attachments = [
                Message.Attachment(name: "foto.jpg", type: "image/jpeg", size: 20_001)
            ]
        } passes: {
            $0.facts.message.attachments = [
                Message.Attachment(name: "logo.png", type: "image/png", size: 20_000)
            ]
        },
        Row(.attachment, "application/pdf") {
            $0.facts.message.attachments = [
                Message.Attachment(name: "logo.png", type: "image/png", size: 1),
                Message.Attachment(name: "a.pdf", type: "application/pdf", size: 1),
            ]
        },
        Row(.damaged, "no end") { $0.facts.message.damage = ["no end", "no type"] },
        Row(.backlog) { $0.facts.isBacklog = true },
        Row(.messageTooOld) {
            $0.facts.arrived = now.addingTimeInterval(-2 * 86_400 - 1)
        } passes: {
            $0.facts.arrived = now.addingTimeInterval(-2 * 86_400)
        },
    ]

    static let orderRows: [Row] = [
        Row(.notAuthenticated, "none") {
            $0.facts.order = match(nil, .unknownOrder)
            $0.facts.message.authentication = .none
        } passes: {
            $0.facts.order = match(nil, .unknownOrder)
        },
        Row(.notOrdersAddress) { $0.facts.order.belongsToWriter = false },
        Row(.notOrdersAddress) {
            $0.facts.order.situation = .severalOpen
            $0.facts.order.others = [movingOrder("1"), movingOrder("2")]
            $0.facts.order.others[1].customer.email = "eve@example.org"
        } passes: {
            $0.facts.order.situation = .severalOpen
            $0.facts.order.others = [movingOrder("1"), movingOrder("2")]
        },
        Row(.situationUnfit, "delivered") { $0.facts.order.situation = .delivered },
        Row(.situationUnfit) { $0.facts.order.situation = nil },
        Row(.situationUnfit, "several_open") {
            // A list with one entry is none.
            $0.facts.order.situation = .severalOpen
            $0.facts.order.others = [movingOrder("1")]
        },
        Row(.situationUnfit, "delivered") {
            $0.facts.order.situation = .severalOpen
            $0.facts.order.others = [movingOrder("1"), movingOrder("2")]
            $0.facts.order.others[1].parcels[0].status = .delivered
        },
        Row(.factsTooOld) {
            $0.facts.order.order?.updated = now.addingTimeInterval(-12 * 3600 - 1)
        } passes: {
            $0.facts.order.order?.updated = now.addingTimeInterval(-12 * 3600)
        },
        Row(.factsTooOld) {
            $0.facts.order.order?.updated = nil
        } passes: {
            $0.facts.order.order?.updated = nil
            $0.answer.maxAge = nil
        },
        Row(.factsTooOld) {
            // From the future: nobody knows how old they are.
            $0.facts.order.order?.updated = now.addingTimeInterval(601)
        } passes: {
            $0.facts.order.order?.updated = now.addingTimeInterval(600)
        },
        Row(.factsTooOld) {
            $0.facts.order.situation = .severalOpen
            $0.facts.order.others = [movingOrder("1"), movingOrder("2")]
            $0.facts.order.others[1].updated = now.addingTimeInterval(-13 * 3600)
        },
    ]

    static let historyRows: [Row] = [
        Row(.ruleForbids) { $0.isForbidden = true },
        Row(.personWrote) { $0.history.personWrote = true },
        Row(.answerWaits) { $0.history.answerWaits = true },
        Row(.answeredSame) { $0.history.answeredSame = true },
        Row(.customerWroteAgain) { $0.history.customerWroteAgain = true },
        Row(.peerBudget, "3") {
            $0.history.lettersToPeer = 3
        } passes: {
            $0.history.lettersToPeer = 2
        },
        Row(.caseBudget, "2") {
            $0.shop.limits.perCase = 2
            $0.history.lettersInCase = 2
        } passes: {
            $0.shop.limits.perCase = 2
            $0.history.lettersInCase = 1
        },
        Row(.dayBudget, "500") {
            $0.history.lettersToday = 500
        } passes: {
            $0.history.lettersToday = 499
        },
        Row(.orderChanged) { $0.history.orderChanged = true },
        Row(.observing) { $0.shop.mode = .observe },
    ]

    @Test("Each reason alone is enough, and nothing else is found with it", arguments: rows)
    func fails(row: Row) {
        // What stood in the way is compared by its words.
        let found = row.failing.failed.map { ReplyGuard.Failure($0.reason, $0.detail) }
        #expect(found == [ReplyGuard.Failure(row.reason, row.detail)])
        #expect(
            row.failing.failed.allSatisfy {
                $0.obstacle?.description == ($0.reason == .uncovered ? $0.detail : nil)
            }
        )
    }

    @Test("Just on the other side the answer passes", arguments: rows)
    func passes(row: Row) {
        #expect(row.passing.failed == [])
    }

    @Test("Every reason the guard can find is in the table")
    func complete() {
        // These are found when a letter is written, claimed or delivered.
        let later: Set<ReplyGuard.Reason> = [
            .fieldMissing, .noTranslation, .answerExpired, .deliveryRejected, .deliveryUnknown,
        ]
        #expect(Set(Self.rows.map(\.reason)).union(later) == Set(ReplyGuard.Reason.allCases))
    }

    @Test("All reasons are recorded, not only the first")
    func all() {
        var situation = Situation()
        situation.facts.message.isSpam = true
        situation.isForbidden = true
        situation.history.personWrote = true
        situation.shop.mode = .observe
        #expect(situation.failed.map(\.reason) == [.spam, .ruleForbids, .personWrote, .observing])
        #expect(!ReplyGuard.Verdict(failed: situation.failed).wouldPass)
        #expect(ReplyGuard.Verdict(failed: [ReplyGuard.Failure(.observing)]).wouldPass)
        #expect(ReplyGuard.Verdict().passed)
    }

    @Test("The team reads every reason in its own language", arguments: ReplyGuard.Reason.allCases)
    func words(reason: ReplyGuard.Reason) {
        let failure = ReplyGuard.Failure(reason, "legal")
        let german = Wording(language: "de").reason(failure)
        let english = Wording(language: "en").reason(failure)
        #expect(!german.isEmpty && !english.isEmpty && german != english)
    }

    @Test(
        "What an answer leaves open is told in the team's language, with the writer's words",
        arguments: [
            Reading.Obstacle.tooLong, .matter(name: "legal", words: "w"), .unsure(score: 0.1, wanted: 0.7),
            .veto(word: "w"), .concern(name: "invoice_request", words: "w"), .threat(words: "w"),
            .withdrawal(words: "w"), .sentence(label: "voucher", words: "w", isRequest: true),
            .request(words: "w"), .unclear(first: "w", second: "w"),
        ]
    )
    func obstacles(obstacle: Reading.Obstacle) {
        let failure = ReplyGuard.Failure(.uncovered, obstacle.description, obstacle: obstacle)
        let german = Wording(language: "de").reason(failure)
        #expect(german != Wording(language: "en").reason(failure))
        #expect(!german.contains("_"), "names are for files")
    }
}
