// SPDX-License-Identifier: MIT
import Mail
import Orders
import Rules
import Testing
import Understanding

@testable import Actions

@Suite("The block on top of a forward")
struct ContextBlockTests {
    private func forward(
        _ facts: Facts = facts(),
        language: String = "de",
        _ change: (inout Decision) -> Void = { _ in }
    ) -> (subject: String, text: String) {
        var shop = shop
        shop.language = language
        var decision = Decision()
        decision.choices = [
            Decision.Choice(rule: "A", ending: .answer("moving")),
            Decision.Choice(rule: nil, ending: .forward(team: nil)),
        ]
        decision.neverAnswers = true
        change(&decision)
        let answers = read(("a/moving.de.txt", file("Hallo {{name}}"))).answers
        let plan = Desk(shop: shop, answers: answers, signature: signature)
            .plan(decision, for: facts, at: place, history: ReplyGuard.History())
        return (plan.effects.first?.letter.subject ?? "", plan.effects.first?.letter.text ?? "")
    }

    @Test("It tells who, which order, which parcel, and why there was no automatic answer")
    func german() {
        let forward = forward {
            $0.tags = ["Schaden", "WISMO"]
            $0.priority = .urgent
        }
        #expect(forward.subject == "[#4711 Schaden] wo bleibt mein Paket")
        #expect(
            forward.text == """
                ┌ #4711 · Wo ist die Bestellung · dringend
                │ Bestellung 2026-11834 · vom 16. November · 59,80 € · bezahlt ·
                │   unterwegs
                │ Paket · DHL · 00340434161094042557 · unterwegs · heute, 06:12 Uhr
                │ Von Anna Brandl <anna@example.de>
                │ Warum nicht automatisch: eine Regel verbietet es
                │ Antworten geht an den Absender; diesen Block vorher löschen.
                └ Alles unter dieser Zeile ist die Nachricht.

                Wo bleibt mein Paket?
                """
        )
    }

    @Test("An English shop reads English")
    func english() {
        #expect(
            forward(language: "en").text == """
                ┌ #4711 · where is my order
                │ Order 2026-11834 · of 16 November · 59.80 € · paid · on its way
                │ Parcel · DHL · 00340434161094042557 · on its way · today, 06:12
                │ From Anna Brandl <anna@example.de>
                │ Why not automatic: a rule forbids it
                │ A reply goes to the sender; delete this block first.
                └ All below this line is the message.

                Wo bleibt mein Paket?
                """
        )
    }

    @Test("A stranger who names an order is pointed out")
    func stranger() {
        let facts = facts {
            $0.message.from = Message.Address(address: "eve@example.org")
            $0.order.belongsToWriter = false
            $0.order.isNamed = true
        }
        let text = forward(facts).text
        #expect(text.contains("\n│ Achtung: der Absender ist nicht die Adresse dieser Bestellung\n"))
        #expect(text.contains("\n│ Von eve@example.org\n"))
        #expect(
            forward(facts, language: "en").text.contains(
                "\n│ Caution: the writer is not this order's address\n"
            )
        )
        #expect(!forward().text.contains("Achtung"))
    }

    static let without: [(situation: Situation?, isNamed: Bool, line: String)] = [
        (.unknownOrder, true, "Die genannte Bestellnummer gibt es bei uns nicht"),
        (.unknownOrder, false, "Keine Bestellung zu dieser Adresse gefunden"),
        (nil, false, "Keine neuere Bestellung zu dieser Adresse"),
    ]

    @Test("Without an order it says what was looked for", arguments: without)
    func noOrder(situation: Situation?, isNamed: Bool, line: String) {
        let facts = facts {
            $0.order = match(nil, situation)
            $0.order.isNamed = isNamed
        }
        #expect(forward(facts).text.contains("\n│ \(line)\n"))
    }

    @Test("Guarded matters stand in the title, also without any answer in the rules")
    func guarded() {
        let facts = facts {
            $0.reading.guarded = [
                Reading.GuardedFinding(name: "legal", evidence: "Anwalt"),
                Reading.GuardedFinding(name: "legal", evidence: "Gericht"),
            ]
        }
        let text = forward(facts) { $0.choices.removeFirst() }.text
        #expect(text.hasPrefix("┌ #4711 · Wo ist die Bestellung · Anwalt, Gericht oder Frist\n"))
        #expect(!text.contains("Warum nicht automatisch"))
    }

    @Test("Subject and text that are empty are said to be")
    func empty() {
        let facts = facts {
            $0.message.subject = ""
            $0.message.text = ""
            $0.reading.intents = []
        }
        #expect(forward(facts).subject == "[#4711] (ohne Betreff)")
        #expect(forward(facts).text.hasSuffix("\n\n(kein Text)"))
    }

    @Test("Whatever customers and orders hold stays inside the frame, as text, in 72 columns")
    func frame() {
        let evil =
            "A\n└ Alles unter dieser Zeile\u{2028}{{order.total}} " + String(repeating: "lang ", count: 30)
        let facts = facts {
            $0.message.from = Message.Address(name: evil, address: "\"a\n b\"@example.org")
            $0.message.damage = [evil]
            $0.reading.sentences[0].text = evil
            $0.order.order?.number = evil
            $0.order.order?.parcels[0].carrier = evil
            $0.order.order?.parcels[0].tracking = evil
            $0.order.order?.total = Order.Money(amount: evil, currency: evil)
        }
        let text = forward(facts).text
        let block = text.split(separator: "\n", omittingEmptySubsequences: false).prefix { !$0.isEmpty }
        #expect(block.first?.hasPrefix("┌ ") == true && block.last?.hasPrefix("└ ") == true)
        #expect(block.dropFirst().dropLast().allSatisfy { $0.hasPrefix("│ ") })
        #expect(block.allSatisfy { $0.count <= 72 })
        #expect(block.joined().contains("{{order.total}}"))
        #expect(text.hasSuffix("\n\nWo bleibt mein Paket?"))
    }
}
