// SPDX-License-Identifier: MIT
import Cases
import Foundation
import Mail
import Orders
import Rules
import Testing
import Understanding

@testable import Actions

@Suite("From a decision to what happens")
struct DeskTests {
    private typealias Choice = Decision.Choice

    private static let moving = """
        Guten Tag{{#name}} {{name}}{{/name}},

        Ihr Paket ist unterwegs und kommt nach Angabe von {{parcel.carrier}} am {{parcel.expected}}.

        Stand: {{as_of}}.
        """

    private func desk(_ change: (inout Shop) -> Void = { _ in }, body: String = moving) -> Desk {
        var shop = shop
        change(&shop)
        var (answers, _) = read(
            ("rules/answers/moving.de.txt", file(body)),
            ("rules/answers/moving.en.txt", file("Hello."))
        )
        answers["other"] = read(("rules/answers/other.de.txt", file("Guten Tag, {{shop}}."))).answers["other"]
        return Desk(shop: shop, answers: answers, signature: signature)
    }

    private func decision(_ endings: Decision.Ending..., never: Bool = false) -> Decision {
        var decision = Decision()
        decision.choices = endings.enumerated().map { Choice(rule: "R\($0)", ending: $1) }
        decision.choices.append(Choice(rule: nil, ending: .forward(team: nil)))
        decision.neverAnswers = never
        return decision
    }

    private func plan(
        _ decision: Decision,
        _ facts: Facts = facts(),
        desk: Desk? = nil,
        from start: Int = 0,
        _ change: (inout ReplyGuard.History) -> Void = { _ in }
    ) -> Plan {
        var history = ReplyGuard.History()
        change(&history)
        return (desk ?? self.desk()).plan(decision, for: facts, at: place, from: start, history: history)
    }

    // MARK: - Outcomes

    @Test("An answer that the guard lets pass is one letter to the customer, after its waiting time")
    func answered() throws {
        let plan = plan(decision(.answer("moving"), .leave))
        #expect(plan.outcome == .answered)
        #expect(plan.choice == 0 && plan.rule == "R0" && plan.withheld.isEmpty)
        let effect = try #require(plan.effects.first)
        #expect(plan.effects.count == 1)
        #expect(effect.key == Effect.Key("m17.answer"))
        #expect(effect.kind == .answer && effect.mailbox == "support" && !effect.attachesOriginal)
        #expect(effect.notBefore == now.addingTimeInterval(180))
        #expect(effect.goodUntil == now.addingTimeInterval(180 + 6 * 3600))
        let letter = effect.letter
        #expect(letter.from == Message.Address(name: "Teeladen Nord", address: "support@teeladen.example"))
        #expect(letter.to == Message.Address(name: "Anna Brandl", address: "anna@example.de"))
        #expect(letter.replyTo == nil && letter.importance == nil && letter.attachments.isEmpty)
        #expect(letter.origin == .automaticReply)
        #expect(letter.subject == "Re: wo bleibt mein Paket")
        #expect(
            letter.text == """
                Guten Tag Anna Brandl,

                Ihr Paket ist unterwegs und kommt nach Angabe von DHL am Dienstag,
                24. November.

                Stand: heute, 09:50 Uhr.
                """
        )
    }

    @Test("The letter stands in the customer's thread, and its id is signed with the case")
    func threading() throws {
        let letter = try #require(plan(decision(.answer("moving"))).effects.first?.letter)
        #expect(letter.inReplyTo == "question@example.de")
        #expect(letter.references == ["older@example.de", "old@example.de", "question@example.de"])
        #expect(signature.caseSigned(in: letter.messageID) == Case.ID(4711))
        #expect(letter.date == now && letter.secondsFromGMT == 3600)
    }

    @Test("Of a long thread the newest twenty references stay; without an id there is nothing to refer to")
    func references() throws {
        let long = facts { $0.message.references = (1...50).map { "r\($0)@example.de" } }
        let letter = try #require(plan(decision(.answer("moving")), long).effects.first?.letter)
        #expect(letter.references.count == 20)
        #expect(
            letter.references.first == "r32@example.de" && letter.references.last == "question@example.de"
        )
        let bare = try #require(
            plan(decision(.answer("moving")), facts { $0.message.messageID = nil }).effects.first?.letter
        )
        #expect(bare.inReplyTo == nil && bare.references.isEmpty && bare.secondsFromGMT == 3600)
    }

    @Test("The same message gives the same letter, byte for byte")
    func deterministic() {
        let first = plan(decision(.answer("moving")))
        #expect(plan(decision(.answer("moving"))) == first)
        #expect(
            first.effects.map { $0.letter.encoded() }
                == plan(decision(.answer("moving"))).effects.map { $0.letter.encoded() }
        )
    }

    @Test("An answer that is withheld goes on to the next choice, with the reason kept")
    func withheld() {
        let plan = plan(decision(.answer("moving"), .answer("other"), .forward(team: "finance"), never: true))
        #expect(plan.outcome == .forwarded)
        #expect(plan.choice == 2 && plan.rule == "R2" && plan.team == "finance")
        #expect(plan.withheld.map(\.answer) == ["moving", "other"])
        #expect(plan.withheld.map(\.verdict.failed) == [[.init(.ruleForbids)], [.init(.ruleForbids)]])
        #expect(plan.effects.first?.letter.to.address == "geld@teeladen.example")
    }

    @Test("With nothing left the default team gets it")
    func defaultTeam() {
        let plan = plan(decision(.answer("moving"), never: true))
        #expect(plan.outcome == .forwarded && plan.rule == nil && plan.team == "service")
        #expect(plan.effects.first?.letter.to.address == "team@teeladen.example")
    }

    @Test("A decision that ends with nothing still ends with the default team")
    func nothingLeft() {
        let plan = plan(Decision(), from: 3)
        #expect(plan.outcome == .forwarded && plan.team == "service" && plan.effects.count == 1)
    }

    @Test("A team that is gone from the settings loses no letter")
    func goneTeam() {
        let letter = plan(decision(.forward(team: "gone"))).effects.first?.letter
        #expect(letter?.to.address == "team@teeladen.example")
    }

    @Test("Leaving and filing send nothing; filing says why")
    func quiet() {
        #expect(plan(decision(.leave)) == Plan(outcome: .left, rule: "R0"))
        #expect(
            plan(decision(.file(reason: "only thanks")))
                == Plan(outcome: .filed, rule: "R0", reason: "only thanks")
        )
    }

    @Test("A second question while the first one's answer waits is filed, if nothing else speaks against it")
    func impatient() {
        let filed = plan(decision(.answer("moving"))) { $0.answerWaits = true }
        #expect(filed.outcome == .filed && filed.effects.isEmpty)
        #expect(filed.reason == "the answer to an earlier message of the case is on its way")
        let forwarded = plan(decision(.answer("moving"))) {
            $0.answerWaits = true
            $0.personWrote = true
        }
        #expect(forwarded.outcome == .forwarded)
    }

    @Test("A question about another order is not filed because the first one's answer waits")
    func anotherOrder() {
        for (number, outcome) in [("2026-11834", Outcome.filed), ("2026-11900", .forwarded)] {
            let facts = facts {
                $0.existingCase = Case(
                    id: Case.ID(4711),
                    opened: now,
                    writer: "anna@example.de",
                    order: number,
                    lastMessage: now
                )
            }
            #expect(plan(decision(.answer("moving")), facts) { $0.answerWaits = true }.outcome == outcome)
        }
    }

    @Test("In observe mode nothing leaves the house, and what would have happened is written down")
    func observing() {
        let observing = desk { $0.mode = .observe }
        let answered = plan(decision(.answer("moving")), desk: observing)
        #expect(
            answered
                == Plan(outcome: .left, rule: "R0", reason: "observe mode: would be answered with moving")
        )
        let forwarded = plan(decision(.answer("moving"), never: true), desk: observing)
        #expect(forwarded.outcome == .left && forwarded.effects.isEmpty)
        #expect(forwarded.reason == "observe mode: would be forwarded to service")
    }

    @Test("A field that the order does not have refuses the letter and names the field")
    func missingField() {
        let plan = plan(decision(.answer("moving")), facts { $0.order.order?.parcels[0].expected = nil })
        #expect(plan.outcome == .forwarded)
        #expect(plan.withheld.map(\.verdict.failed) == [[.init(.fieldMissing, "parcel.expected")]])
    }

    static let languages: [(language: String?, outcome: Outcome, detail: String?)] = [
        ("de", .answered, nil), ("en", .answered, nil), ("fr", .forwarded, "fr"), (nil, .forwarded, nil),
    ]

    @Test("The customer's language decides the text; without one there is no answer", arguments: languages)
    func language(language: String?, outcome: Outcome, detail: String?) {
        let plan = plan(decision(.answer("moving")), facts { $0.reading.language = language })
        #expect(plan.outcome == outcome)
        if outcome == .forwarded {
            #expect(plan.withheld.map(\.verdict.failed) == [[.init(.noTranslation, detail)]])
        } else {
            #expect(
                plan.effects.first?.letter.text.hasPrefix(language == "de" ? "Guten Tag" : "Hello") == true
            )
        }
    }

    @Test("An answer that takes the place of a withdrawn one is another letter")
    func secondAnswer() throws {
        let decision = decision(.answer("moving"), .answer("other"))
        let first = try #require(plan(decision).effects.first)
        let second = try #require(plan(decision, from: 1).effects.first)
        #expect(first.key != second.key)
        #expect(first.letter.messageID != second.letter.messageID)
    }

    @Test("At the last moment the guard judges again; an answer that is gone is not sent")
    func again() {
        var history = ReplyGuard.History()
        #expect(
            desk().judgeAgain("moving", decision(.answer("moving")), for: facts(), history: history).passed
        )
        history.personWrote = true
        let verdict = desk().judgeAgain("moving", decision(.answer("moving")), for: facts(), history: history)
        #expect(verdict.failed.map(\.reason) == [.personWrote])
        let gone = desk().judgeAgain(
            "gone",
            decision(.answer("gone")),
            for: facts(),
            history: ReplyGuard.History()
        )
        #expect(gone.failed.map(\.reason) == [.noTranslation])
    }

    @Test("A subject does not grow with every answer")
    func subject() throws {
        let grown = facts { $0.message.subject = "AW: Re: WG: wo bleibt mein Paket" }
        #expect(
            plan(decision(.answer("moving")), grown).effects.first?.letter.subject
                == "Re: wo bleibt mein Paket"
        )
        let empty = facts { $0.message.subject = "" }
        #expect(
            plan(decision(.answer("moving")), empty).effects.first?.letter.subject == "Re: Ihre Nachricht"
        )
    }

    // MARK: - Forwards

    @Test("A forward goes to the team from our own address, with the original, answered to the customer")
    func forward() throws {
        var decision = decision(.forward(team: nil))
        decision.tags = ["Schaden"]
        decision.priority = .high
        let effect = try #require(plan(decision).effects.first)
        #expect(effect.key == Effect.Key("m17.forward") && effect.kind == .forward && effect.attachesOriginal)
        #expect(effect.goodUntil == nil && effect.notBefore == now)
        let letter = effect.letter
        #expect(
            letter.from
                == Message.Address(name: "Anna Brandl (Teeladen Nord)", address: "support@teeladen.example")
        )
        #expect(letter.to == Message.Address(address: "team@teeladen.example"))
        #expect(letter.replyTo == Message.Address(name: "Anna Brandl", address: "anna@example.de"))
        #expect(letter.subject == "[#4711 Schaden] wo bleibt mein Paket")
        #expect(letter.importance == .high && letter.origin == .automatic)
        #expect(letter.inReplyTo == "question@example.de" && letter.secondsFromGMT == 3600)
        #expect(signature.caseSigned(in: letter.messageID) == Case.ID(4711))
    }

    @Test("Where the writer wants answers elsewhere, the team's reply goes there")
    func replyTo() {
        let elsewhere = facts { $0.message.replyTo = [Message.Address(address: "office@example.org")] }
        #expect(
            plan(decision(.forward(team: nil)), elsewhere).effects.first?.letter.replyTo?.address
                == "office@example.org"
        )
        let nobody = facts { $0.message.from = nil }
        #expect(plan(decision(.forward(team: nil)), nobody).effects.first?.letter.replyTo == nil)
    }

    @Test("The original goes along untouched; one that is too large or gone is pointed to")
    func original() throws {
        let effect = try #require(plan(decision(.forward(team: nil))).effects.first)
        let bytes = Array("Subject: x\r\n\r\nHallo\r\n".utf8)
        let whole = effect.consignment(original: bytes)
        #expect(whole.sender == "support@teeladen.example" && whole.recipient == "team@teeladen.example")
        #expect(String(decoding: whole.bytes, as: UTF8.self).contains("message/rfc822"))
        for missing in [nil, Array(repeating: UInt8(65), count: 15_000_001)] {
            let text = String(decoding: effect.consignment(original: missing).bytes, as: UTF8.self)
            #expect(!text.contains("multipart/mixed") && text.contains("[original: Message-ID <question"))
        }
    }

    @Test("What nobody could process goes to the default team with the reason and the original")
    func setAside() {
        let effect = desk().setAside(at: place, in: "gone", because: "too deep", now: now)
        #expect(
            effect.key == Effect.Key("m17.set-aside") && effect.kind == .setAside && effect.attachesOriginal
        )
        #expect(effect.letter.to.address == "team@teeladen.example")
        #expect(effect.letter.subject == "[#4711] Nachricht konnte nicht gelesen werden")
        #expect(effect.letter.text.hasSuffix("Grund: too deep") && effect.letter.secondsFromGMT == 3600)
        #expect(Effect.Kind.allCases.filter { !$0.isRepeatable } == [.answer])
    }
}
