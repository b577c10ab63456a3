// SPDX-License-Identifier: MIT
import Cases
import FoundationEssentials
import Mail
import Orders
import Rules
import Understanding

/// What a colleague needs to know, on top of the customer's words in a forwarded message.
struct ContextBlock {
    private let shop: Shop
    private let facts: Facts
    private let decision: Decision
    private let plan: Plan
    private let caseID: Case.ID
    private let wording: Wording

    init(shop: Shop, facts: Facts, decision: Decision, plan: Plan, caseID: Case.ID) {
        self.shop = shop
        self.facts = facts
        self.decision = decision
        self.plan = plan
        self.caseID = caseID
        wording = Wording(language: shop.language)
    }

    /// `[#4711 Schaden] Dose zerdrückt angekommen`.
    var subject: String {
        let topic = decision.tags.first ?? facts.wanted.first.map(wording.intent) ?? ""
        let mark = topic.isEmpty ? "\(caseID)" : "\(caseID) \(topic)"
        let own = LetterFields.plain(facts.message.subject)
        return "[\(mark)] " + (own.isEmpty ? wording.either("(ohne Betreff)", "(no subject)") : own)
    }

    /// The block, the boundary line, and the customer's words.
    var text: String {
        var lines = [title]
        lines += orderLines
        if let writer = facts.message.from {
            let name = writer.name.map { "\($0) <\(writer.address)>" } ?? writer.address
            lines.append(wording.either("Von \(name)", "From \(name)"))
        }
        if let reason = whyNotAutomatic {
            lines.append(wording.either("Warum nicht automatisch: ", "Why not automatic: ") + reason)
        }
        lines.append(
            wording.either(
                "Antworten geht an den Absender; diesen Block vorher löschen.",
                "A reply goes to the sender; delete this block first."
            )
        )
        let last = wording.either(
            "Alles unter dieser Zeile ist die Nachricht.",
            "All below this line is the message."
        )
        // Two columns are the frame's; a line that goes on is indented.
        let folded = lines.flatMap { line in
            TextLayout.wrapped(LetterFields.plain(line), columns: 68).split(separator: "\n").enumerated()
                .map { $0.offset == 0 ? String($0.element) : "  " + $0.element }
        }
        let framed = folded.enumerated().map { ($0 == 0 ? "┌ " : "│ ") + $1 } + ["└ " + last]
        let words =
            facts.message.text.isEmpty ? wording.either("(kein Text)", "(no text)") : facts.message.text
        return framed.joined(separator: "\n") + "\n\n" + words
    }

    private var title: String {
        var parts = ["\(caseID)"]
        parts += facts.wanted.prefix(3).map(wording.intent)
        parts += Set(facts.reading.guarded.map(\.name)).sorted().map(wording.guarded)
        if decision.priority > .normal { parts.append(wording.either("dringend", "urgent")) }
        return parts.joined(separator: " · ")
    }

    private var orderLines: [String] {
        guard let order = facts.order.order else { return [whyNoOrder] }
        let writing = DateWriting(language: shop.language, calendar: shop.promise.calendar, now: facts.now)
        var parts = [wording.either("Bestellung ", "Order ") + LetterFields.plain(order.number)]
        if let placed = order.placed {
            parts.append(wording.either("vom ", "of ") + writing.day(shop.promise.calendar.day(of: placed)))
        }
        if let total = order.total { parts.append(LetterFields.money(total, language: shop.language)) }
        if let payment = wording.payment(order) { parts.append(payment) }
        if let situation = facts.order.situation { parts.append(wording.situation(situation)) }
        var lines = [parts.joined(separator: " · ")]
        if !facts.order.belongsToWriter {
            lines.append(
                wording.either(
                    "Achtung: der Absender ist nicht die Adresse dieser Bestellung",
                    "Caution: the writer is not this order's address"
                )
            )
        }
        lines += order.parcels.map { parcel in
            var parts = [wording.either("Paket", "Parcel")]
            if let carrier = parcel.carrier { parts.append(Carrier(carrier).name) }
            if let tracking = parcel.tracking { parts.append(LetterFields.plain(tracking)) }
            parts.append(wording.situation(parcel.situation(at: facts.now, by: shop.promise)))
            if let seen = parcel.lastSeen { parts.append(writing.moment(seen)) }
            return parts.joined(separator: " · ")
        }
        return lines
    }

    private var whyNoOrder: String {
        if facts.order.isNamed {
            return wording.either(
                "Die genannte Bestellnummer gibt es bei uns nicht",
                "The order number named is not known here"
            )
        }
        guard facts.order.situation == .unknownOrder else {
            return wording.either(
                "Keine neuere Bestellung zu dieser Adresse",
                "No recent order of this address"
            )
        }
        return wording.either(
            "Keine Bestellung zu dieser Adresse gefunden",
            "No order found for this address"
        )
    }

    private var whyNotAutomatic: String? {
        let failures = plan.withheld.flatMap(\.verdict.failed)
        guard !failures.isEmpty else { return nil }
        var seen: Set<String> = []
        let reasons = failures.map(wording.reason).filter { seen.insert($0).inserted }
        return reasons.prefix(4).joined(separator: "; ")
    }
}
