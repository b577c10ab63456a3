// SPDX-License-Identifier: MIT
import Cases
import Foundation
import Mail
import Orders
import Testing
import Understanding

@testable import Rules

@Suite("Conditions")
struct ConditionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var condition: String
        var holds: Bool
        var because: String
        var facts: Facts
        var testDescription: String { condition }

        init(
            _ condition: String,
            _ holds: Bool,
            _ because: String,
            _ change: (inout Facts) -> Void = { _ in }
        ) {
            self.condition = condition
            self.holds = holds
            self.because = because
            facts = RulesTests.facts(change)
        }
    }

    /// Each name with a match, a miss, and nothing there.
    static let rows: [Row] = [
        Row("intent: where_is_my_order", true, "intent is where_is_my_order"),
        Row("intent: [thanks, where_is_my_order]", true, "intent is where_is_my_order"),
        Row("intent: thanks", false, "intent is where_is_my_order"),
        Row("intent: thanks", false, "intent is none") { $0.reading.intents = [] },
        Row("intent: where_is_my_order", true, "intent is where_is_my_order") {
            $0.reading.intents[0].score = 0.5
        },
        Row("intent: where_is_my_order", false, "intent is none") { $0.reading.intents[0].score = 0.49 },
        Row("intent: where_is_my_order", true, "intent is where_is_my_order") {
            $0.reading.intents[0].act = .asks
        },
        Row("intent: where_is_my_order", false, "intent is none") { $0.reading.intents[0].act = .threatens },
        Row("intent: where_is_my_order", false, "intent is none") { $0.reading.intents[0].act = .withdraws },
        Row("threatens: cancel_order", true, "threatens is cancel_order") {
            $0.reading.intents.append(
                Reading.IntentFinding(name: "cancel_order", score: 0.2, act: .threatens, evidence: "sonst")
            )
        },
        Row("threatens: cancel_order", false, "threatens is none"),
        Row("guarded: legal", true, "guarded is legal") {
            $0.reading.guarded = [.init(name: "legal", evidence: "Anwalt")]
        },
        Row("guarded: danger", false, "guarded is legal") {
            $0.reading.guarded = [.init(name: "legal", evidence: "A")]
        },
        Row("guarded: true", true, "guarded is legal") {
            $0.reading.guarded = [.init(name: "legal", evidence: "A")]
        },
        Row("guarded: true", false, "guarded is none"),
        Row("guarded: no", true, "guarded is none"),
        Row("mood: [angry, annoyed]", true, "mood is annoyed") { $0.reading.mood = .annoyed },
        Row("mood: angry", false, "mood is calm"),
        Row("language: DE", true, "language is de"),
        Row("language: en", false, "language is de"),
        Row("language: en", false, "language is absent") { $0.reading.language = nil },
        Row("channel: email", true, "channel is email"),
        Row("channel: [amazon, ebay]", false, "channel is email"),
        Row("mailbox: support", true, "mailbox is support"),
        Row("mailbox: info", false, "mailbox is support"),
        Row("subject: wo bleibt mein paket", true, "subject is `wo bleibt mein paket`"),
        Row("subject: Rechnung", false, "subject is none of `Rechnung`"),
        Row("subject: {contains: [rechnung, PAKET]}", true, "subject contains `PAKET`"),
        Row("subject: {contains: Rechnung}", false, "subject contains none of `Rechnung`"),
        Row("subject: {matches: 'paket$'}", true, "subject matches `paket$`"),
        Row("subject: {matches: '^paket'}", false, "subject does not match `^paket`"),
        Row("text: {contains: alter text}", true, "text contains `alter text`"),
        Row("own_words: {contains: alter text}", false, "own_words contains none of `alter text`"),
        Row("own_words: {contains: '?'}", true, "own_words contains `?`"),
        Row("from: JOERG@example.de", true, "from is `JOERG@example.de`"),
        Row("from: {matches: '@example\\.de$'}", true, #"from matches `@example\.de$`"#),
        Row("from: joerg@example.de", false, "from is none of `joerg@example.de`") { $0.message.from = nil },
        Row("from: {contains: '@'}", false, "from contains none of `@`") { $0.message.from = nil },
        Row("to: support@teeladen.example", true, "to is `support@teeladen.example`"),
        Row("to: {contains: info@}", true, "to contains `info@`") {
            $0.message.cc = [Message.Address(address: "info@teeladen.example")]
        },
        Row("to: {contains: support}", false, "to contains none of `support`") { $0.message.to = [] },
        Row("automatic: true", true, "automatic is list") { $0.message.automatic = .list },
        Row("automatic: false", true, "automatic is none"),
        Row("automatic: [list, precedence]", true, "automatic is list") { $0.message.automatic = .list },
        Row("automatic: out_of_office", false, "automatic is list") { $0.message.automatic = .list },
        Row("automatic: out_of_office", false, "automatic is none"),
        Row("bounce: true", true, "bounce is true") { $0.message.bounce = Message.Bounce(kind: .hard) },
        Row("bounce: true", false, "bounce is false"),
        Row("forwarded: yes", true, "forwarded is true") { $0.message.forwarded = Message.Forwarded() },
        Row("forwarded: no", true, "forwarded is false"),
        Row("spam: true", true, "spam is true") { $0.message.isSpam = true },
        Row("spam: true", false, "spam is false"),
        Row("authentication: [fail, none]", true, "authentication is none") {
            $0.message.authentication = .none
        },
        Row("authentication: fail", false, "authentication is pass"),
        Row("attachments: '>= 1'", true, "attachments is 1") {
            $0.message.attachments = [Message.Attachment(name: "a", type: "image/png", size: 1)]
        },
        Row("attachments: '< 1'", true, "attachments is 0"),
        Row("attachments: '> 0'", false, "attachments is 0"),
        Row("attachments: '<= 0'", true, "attachments is 0"),
        Row("backlog: true", true, "backlog is true") { $0.isBacklog = true },
        Row("backlog: true", false, "backlog is false"),
        Row("order: true", true, "order is true") { $0.order = match(.moving) },
        Row("order: false", true, "order is false"),
        Row("order.number: 2026-1183", true, "order.number is 2026-1183") { $0.order = match(.moving) },
        Row("order.number: {matches: '^2026-'}", true, "order.number matches `^2026-`") {
            $0.order = match(.moving)
        },
        Row("order.number: 2026-1183", false, "order.number is absent"),
        Row("order.situation: [moving, delivered]", true, "order.situation is moving") {
            $0.order = match(.moving)
        },
        Row("order.situation: delivered", false, "order.situation is moving") { $0.order = match(.moving) },
        Row("order.situation: delivered", false, "order.situation is absent"),
        Row("order.status: open", true, "order.status is open") { $0.order = match(.moving) },
        Row("order.status: open", false, "order.status is absent"),
        Row("order.platform: files", true, "order.platform is files") { $0.order = match(.moving) },
        Row("order.platform: amazon", false, "order.platform is files") { $0.order = match(.moving) },
        Row("order.age: '> 4 days'", true, "order.age is 4 d 2 h") { $0.order = match(.moving) },
        Row("order.age: '> 4 d 2 h'", false, "order.age is 4 d 2 h") { $0.order = match(.moving) },
        Row("order.age: '>= 4 d 2 h'", true, "order.age is 4 d 2 h") { $0.order = match(.moving) },
        Row("order.age: '<1w'", true, "order.age is 4 d 2 h") { $0.order = match(.moving) },
        Row("order.age: '< 1 h'", true, "order.age is 0 h 30 min") {
            $0.order = match(.moving)
            $0.order.order?.placed = now.addingTimeInterval(-1800)
        },
        Row("order.age: '< 500 weeks'", false, "order.age is absent"),
        Row("order.age: '< 500 weeks'", false, "order.age is absent") {
            $0.order = match(.moving)
            $0.order.order?.placed = nil
        },
        Row("order.belongs_to_writer: true", true, "order.belongs_to_writer is true") {
            $0.order = match(.moving)
        },
        Row("order.belongs_to_writer: true", false, "order.belongs_to_writer is false"),
        Row("order.named: false", true, "order.named is false"),
        Row("order.named: true", true, "order.named is true") { $0.order.isNamed = true },
        Row("case.exists: true", true, "case.exists is true") { $0.existingCase = openCase() },
        Row("case.exists: true", false, "case.exists is false"),
        Row("case.person: true", true, "case.person is true") {
            $0.existingCase = openCase(personWrote: now)
        },
        Row("case.person: true", false, "case.person is false") { $0.existingCase = openCase() },
        Row("case.person: false", true, "case.person is false"),
    ]

    static func openCase(personWrote: Date? = nil) -> Case {
        Case(
            id: Case.ID(1),
            opened: now,
            writer: "joerg@example.de",
            personWrote: personWrote,
            lastMessage: now
        )
    }

    @Test("Each name matches what it says and says what it found", arguments: rows)
    func row(row: Row) throws {
        let verdict = try #require(judged(row.condition, row.facts))
        #expect(verdict.holds == row.holds)
        #expect(verdict.because == row.because)
    }

    @Test("Every name of the manual is in the table, once matching and once not")
    func complete() {
        for term in Condition.Term.allCases {
            let results = Set(Self.rows.filter { $0.condition.hasPrefix(term.rawValue + ":") }.map(\.holds))
            #expect(results.contains(true), "\(term)")
        }
    }

    static let nested: [(condition: String, holds: Bool, because: String)] = [
        ("language: de, mood: calm", true, "language is de, mood is calm"),
        ("language: en, mood: calm", false, "language is de"),
        ("any: {language: en, mood: calm}", true, "mood is calm"),
        ("any: [{language: en}, {mood: angry}]", false, "none of: language is de, mood is calm"),
        ("any: [{language: en, mood: calm}, {spam: false}]", true, "spam is false"),
        ("not: {mood: angry}", true, "mood is calm"),
        ("not: {mood: calm}", false, "not wanted: mood is calm"),
        // `not` takes back the whole group, not each line of it.
        ("not: {mood: calm, language: en}", true, "language is de"),
        ("not: {mood: calm, language: de}", false, "not wanted: mood is calm, language is de"),
        ("not: {any: {mood: angry, language: de}}", false, "not wanted: language is de"),
        ("not: {not: {mood: calm}}", true, "not wanted: mood is calm"),
        ("all: [{mood: calm}, {any: [{language: en}, {spam: false}]}]", true, "mood is calm, spam is false"),
        // What is missing matches nothing, so that its opposite holds.
        ("order.situation: moving", false, "order.situation is absent"),
        ("not: {order.situation: moving}", true, "order.situation is absent"),
    ]

    @Test("`all`, `any` and `not` nest, and the part that decided is the reason", arguments: nested)
    func nesting(condition: String, holds: Bool, because: String) throws {
        let verdict = try #require(judged(condition, facts()))
        #expect(verdict.holds == holds)
        #expect(verdict.because == because)
    }

    @Test("The trace never repeats what a customer wrote")
    func discretion() throws {
        let secret = "Kennwort-17@example.org"
        let facts = facts {
            $0.message.subject = secret
            $0.message.text = secret
            $0.message.ownWords = secret
            $0.message.from = Message.Address(name: secret, address: secret)
            $0.message.to = [Message.Address(address: secret)]
        }
        for name in ["subject", "text", "own_words", "from", "to"] {
            for comparison in [
                "'x'", "{contains: kennwort}", "{contains: x-}", "{matches: '.'}", "{matches: '^$'}",
            ] {
                let because = try #require(judged("\(name): \(comparison)", facts)).because
                #expect(!because.contains("17@"))
            }
        }
    }
}
