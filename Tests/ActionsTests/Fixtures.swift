// SPDX-License-Identifier: MIT
import Cases
import Diagnostics
import Foundation
import Mail
import Orders
import Rules
import Understanding

@testable import Actions

/// A moment such as `2026-11-21T10:04:00+01:00`; a mistyped one is so long ago that its test fails.
func moment(_ text: String) -> Date {
    (try? Date(text, strategy: .iso8601)) ?? .distantPast
}

/// A Saturday morning.
let now = moment("2026-11-21T10:04:00+01:00")

let berlin = ShopCalendar(zone: TimeZone(identifier: "Europe/Berlin") ?? .gmt)

let shop = Shop(
    name: "Teeladen Nord",
    language: "de",
    promise: ShopPromise(calendar: berlin),
    mode: .send,
    mailboxes: [Mailbox(name: "support", addresses: ["support@teeladen.example", "hallo@teeladen.example"])],
    teams: ["service": "team@teeladen.example", "finance": "geld@teeladen.example"],
    defaultTeam: "service"
)

let signature = LetterSignature(secret: Array(repeating: 7, count: 32), domain: "teeladen.example")

let place = Desk.Place(message: 17, caseID: Case.ID(4711))

/// An order that is on its way.
func movingOrder(_ number: String = "2026-11834") -> Order {
    var order = Order(
        number: number,
        customer: Order.Customer(name: "Anna Brandl", email: "anna@example.de", language: "de")
    )
    order.placed = moment("2026-11-16T20:15:00+01:00")
    order.total = Order.Money(amount: "59.80", currency: "EUR")
    order.items = [
        Order.Item(sku: "AS-250", name: "Assam 250 g", quantity: 3),
        Order.Item(sku: "TS-01", name: "Teesieb"),
    ]
    order.payments = [Order.Payment(status: .paid, amount: "59.80", at: order.placed)]
    var parcel = Parcel(carrier: "dhl", tracking: "00340434161094042557", status: .moving)
    parcel.at = moment("2026-11-20T17:30:00+01:00")
    parcel.expected = Day("2026-11-24")
    parcel.events = [
        Parcel.Event(at: moment("2026-11-21T06:12:00+01:00"), text: "sortiert", place: "Paketzentrum Hamburg")
    ]
    order.parcels = [parcel]
    order.updated = moment("2026-11-21T09:50:00+01:00")
    return order
}

/// The order, its writer's own.
func match(_ order: Order? = movingOrder(), _ situation: Situation? = .moving) -> OrderMatch {
    var match = OrderMatch()
    match.order = order
    match.situation = situation
    match.belongsToWriter = order != nil
    return match
}

/// A question that may be answered: nothing at all speaks against it.
func facts(_ change: (inout Facts) -> Void = { _ in }) -> Facts {
    var message = Message()
    message.from = Message.Address(name: "Anna Brandl", address: "anna@example.de")
    message.to = [Message.Address(address: "support@teeladen.example")]
    message.subject = "wo bleibt mein Paket"
    message.text = "Wo bleibt mein Paket?"
    message.ownWords = message.text
    message.messageID = "question@example.de"
    message.references = ["older@example.de", "old@example.de"]
    message.authentication = .pass
    var reading = Reading()
    reading.language = "de"
    reading.intents = [Reading.IntentFinding(name: "where_is_my_order", score: 0.97, evidence: "Wo bleibt")]
    reading.textScores = ["where_is_my_order": 0.97]
    reading.sentences = [
        Reading.SentenceReading(
            text: "Wo bleibt mein Paket?",
            label: "where_is_my_order",
            score: 0.97,
            isRequest: true
        )
    ]
    var facts = Facts(
        message: message,
        reading: reading,
        mailbox: "support",
        arrived: now.addingTimeInterval(-60),
        now: now,
        order: match()
    )
    change(&facts)
    return facts
}

/// The answers in these files, and what the reader complains about.
func read(_ files: (name: String, text: String)...) -> (answers: [String: Answer], complaints: String) {
    let box = ComplaintBox()
    let reader = AnswerReader(intents: ["where_is_my_order", "thanks"], box: box)
    let answers = reader.read(files.map { SourceText(name: $0.name, text: $0.text) })
    return (answers, box.complaints.render())
}

/// An answer file with this text.
func file(_ body: String, subject: String = "Re: {{subject}}", head: String = "") -> String {
    """
    subject: "\(subject)"
    covers: [where_is_my_order]
    situations: [moving, handed_over, unknown_order, several_open, partly_shipped, in_preparation, awaiting_payment]
    \(head)
    ---
    \(body)
    """
}

/// The letter that this text becomes; a sentence that begins with `refused` where it does not.
func letter(
    _ body: String,
    subject: String = "Re: {{subject}}",
    for facts: Facts = facts(),
    language: String = "de"
) -> (subject: String, text: String) {
    let (answers, complaints) = read(("rules/answers/a.\(language).txt", file(body, subject: subject)))
    guard complaints.isEmpty, let template = answers["a"]?.texts[language] else {
        return ("refused: \(complaints)", "refused: \(complaints)")
    }
    do throws(Template.FieldMissing) {
        return try template.filled(with: LetterFields(for: facts, shop: shop, language: language))
    } catch {
        return ("refused: \(error.name)", "refused: \(error.name)")
    }
}
