// SPDX-License-Identifier: MIT
import Cases
import Diagnostics
import Foundation
import Mail
import Orders
import Understanding

@testable import Rules

/// A Saturday morning.
let now = (try? Date("2026-11-21T10:04:00+01:00", strategy: .iso8601)) ?? .distantPast

let promise = ShopPromise(calendar: ShopCalendar(zone: TimeZone(identifier: "Europe/Berlin") ?? .gmt))

/// A customer's plain question, of which a rule may ask everything.
func facts(_ change: (inout Facts) -> Void = { _ in }) -> Facts {
    var message = Message()
    message.from = Message.Address(name: "Jörg Müller", address: "joerg@example.de")
    message.to = [Message.Address(address: "support@teeladen.example")]
    message.subject = "Wo bleibt mein Paket"
    message.text = "Wo bleibt mein Paket?\n\n> alter Text"
    message.ownWords = "Wo bleibt mein Paket?"
    message.authentication = .pass
    var reading = Reading()
    reading.language = "de"
    reading.intents = [Reading.IntentFinding(name: "where_is_my_order", score: 0.97, evidence: "Wo bleibt")]
    var facts = Facts(message: message, reading: reading, mailbox: "support", arrived: now, now: now)
    change(&facts)
    return facts
}

/// An order placed four days and two hours ago.
func match(_ situation: Situation) -> OrderMatch {
    var order = Order(number: "2026-1183", customer: Order.Customer(email: "joerg@example.de"))
    order.placed = now.addingTimeInterval(-(4 * 86_400 + 7200))
    var match = OrderMatch()
    match.order = order
    match.situation = situation
    match.belongsToWriter = true
    return match
}

let vocabulary = RuleReader.Vocabulary(
    intents: ["where_is_my_order", "cancel_order", "thanks"],
    guarded: ["legal", "danger"],
    answers: ["wismo-moving", "wismo-delivered"],
    teams: ["service", "finance"],
    mailboxes: ["support", "info"]
)

/// The rules in a text, and what the reader complains about.
func read(_ texts: (name: String, text: String)...) -> (rulebook: Rulebook, complaints: String) {
    let box = ComplaintBox()
    let sources = texts.map { SourceText(name: $0.name, text: $0.text) }
    let rulebook = RuleReader(vocabulary: vocabulary, box: box).read(sources)
    return (rulebook, box.complaints.render())
}

/// A rulebook of one file that is right.
func rulebook(_ text: String) -> Rulebook {
    let (rulebook, complaints) = read(("rules/a.yaml", text))
    return complaints.isEmpty ? rulebook : Rulebook(rules: [])
}

/// Whether a rule with this condition, written as in a file, matches; with its reason.
func judged(_ condition: String, _ facts: Facts) -> (holds: Bool, because: String)? {
    let text = "rules:\n  - name: A\n    when: {\(condition)}\n    do: [leave]\n"
    return rulebook(text).decide(facts).trace.first.map { ($0.matched, $0.because) }
}
