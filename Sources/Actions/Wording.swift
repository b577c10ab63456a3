// SPDX-License-Identifier: MIT
import Mail
package import Orders
import Understanding

/// The words in which blocks, notes and reasons speak to the shop's people, German or English.
package struct Wording: Sendable {
    let isGerman: Bool

    package init(language: String) {
        isGerman = language == "de"
    }

    func either(_ german: String, _ english: String) -> String { isGerman ? german : english }

    package func situation(_ situation: Situation) -> String {
        switch situation {
        case .awaitingPayment: either("wartet auf Zahlung", "awaiting payment")
        case .inPreparation: either("in Vorbereitung", "in preparation")
        case .preparationLate: either("Versand überfällig", "dispatch is late")
        case .labelMade: either("Etikett erstellt, noch nicht übergeben", "label made, not handed over")
        case .handedOver: either("an den Paketdienst übergeben", "handed over to the carrier")
        case .moving: either("unterwegs", "on its way")
        case .stalled: either("ohne neue Meldung oder überfällig", "no news or overdue")
        case .exception: either("Störung oder unklar", "trouble or unclear")
        case .outForDelivery: either("in Zustellung", "out for delivery")
        case .readyForPickup: either("liegt zur Abholung bereit", "ready for pick-up")
        case .delivered: either("zugestellt", "delivered")
        case .returnedToSender: either("geht an uns zurück", "returned to us")
        case .partlyShipped: either("teilweise verschickt", "partly shipped")
        case .cancelled: either("storniert", "cancelled")
        case .refunded: either("erstattet", "refunded")
        case .deliveredDisputed: either("zugestellt, Kunde bestreitet es", "delivered, customer says no")
        case .severalOpen: either("mehrere offene Bestellungen", "several open orders")
        case .unknownOrder: either("keine Bestellung gefunden", "no order found")
        }
    }

    /// Why no automatic answer was sent.
    package func reason(_ failure: ReplyGuard.Failure) -> String {
        let detail = failure.detail ?? ""
        switch failure.reason {
        case .automaticMail: return either("automatische Nachricht", "automatic mail")
        case .bounce: return either("Unzustellbarkeitsmeldung", "delivery report")
        case .noSender: return either("kein Absender lesbar", "no sender can be read")
        case .fromOurselves:
            return either("eigene Adresse als Absender", "written from one of our own addresses")
        case .notAddressed: return either("nicht an uns adressiert", "not addressed to us")
        case .spam: return either("vom Anbieter als Spam markiert", "marked as spam by the provider")
        case .forwarded: return either("weitergeleitete Nachricht", "a forwarded message")
        case .authenticationFailed:
            return either("Absender nicht echt (DMARC)", "sender is not genuine (DMARC)")
        case .notAuthenticated:
            return either(
                "Absender nicht bestätigt, keine Bestellung dazu",
                "sender not vouched for, no order"
            )
        case .notOrdersAddress:
            return either(
                "Absender ist nicht die Adresse der Bestellung",
                "the writer is not the order's address"
            )
        case .repliesElsewhere:
            return either("Antwortadresse ist eine andere", "replies are wanted at another address")
        case .situationUnfit:
            let name = Situation(rawValue: detail).map(situation) ?? detail
            return either("Lage der Bestellung: \(name)", "state of the order: \(name)")
        case .uncovered:
            return failure.obstacle.map(obstacle)
                ?? either("enthält mehr als die Antwort sagt (\(detail))", "asks for more (\(detail))")
        case .guardedFinding: return either("heikel: \(guarded(detail))", "delicate: \(guarded(detail))")
        case .attachment: return either("Anhang liegt bei (\(detail))", "an attachment (\(detail))")
        case .damaged: return either("Nachricht beschädigt (\(detail))", "damaged message (\(detail))")
        case .ruleForbids: return either("eine Regel verbietet es", "a rule forbids it")
        case .personWrote:
            return either("ein Mensch hat im Vorgang geschrieben", "a person has written in the case")
        case .answerWaits: return either("eine Antwort ist schon unterwegs", "an answer is already waiting")
        case .answeredSame: return either("schon einmal so beantwortet", "answered the same before")
        case .customerWroteAgain:
            return either("der Kunde hat noch einmal geschrieben", "the customer wrote again")
        case .peerBudget:
            return either("zu viele Antworten an diese Adresse", "too many answers to this address")
        case .caseBudget: return either("zu viele Antworten im Vorgang", "too many answers in this case")
        case .dayBudget:
            return either("Tagesgrenze der Antworten erreicht", "the day's limit of answers is reached")
        case .backlog: return either("lag schon vor dem Start im Postfach", "was there before the start")
        case .messageTooOld: return either("Nachricht zu alt", "the message is too old")
        case .factsTooOld:
            return either("Bestelldaten zu alt oder ohne Zeit", "the order's data are too old or undated")
        case .orderChanged: return either("die Bestellung hat sich geändert", "the order has changed since")
        case .fieldMissing: return either("in der Bestellung fehlt: \(detail)", "the order lacks: \(detail)")
        case .noTranslation: return either("keine Antwort in dieser Sprache", "no answer in this language")
        case .answerExpired: return either("Antwort zu lange gewartet", "the answer waited too long")
        case .deliveryRejected:
            return either(
                "unsere Antwort wurde nicht angenommen (\(detail))",
                "our answer was refused (\(detail))"
            )
        case .deliveryUnknown:
            return either(
                "unklar, ob unsere Antwort ankam (\(detail)); bitte prüfen",
                "nobody knows whether our answer arrived (\(detail)); please check"
            )
        case .observing: return either("Beobachtungsmodus", "observe mode")
        }
    }

    /// What an answer would leave without an answer.
    private func obstacle(_ obstacle: Reading.Obstacle) -> String {
        func quoted(_ words: String) -> String {
            either("„\(LetterFields.plain(words))“", "“\(LetterFields.plain(words))”")
        }
        switch obstacle {
        case .tooLong: return either("sehr langer Text", "a very long text")
        case .matter(let name, _): return guarded(name)
        case .unsure: return either("nicht sicher verstanden", "not surely understood")
        case .veto(let word): return either("das Wort \(quoted(word))", "the word \(quoted(word))")
        case .concern(let name, let words):
            return either(
                "es geht auch um \(intent(name)): \(quoted(words))",
                "also about \(intent(name)): \(quoted(words))"
            )
        case .threat(let words): return either("eine Drohung: \(quoted(words))", "a threat: \(quoted(words))")
        case .withdrawal(let words):
            return either("nimmt etwas zurück: \(quoted(words))", "takes something back: \(quoted(words))")
        case .sentence(let label, let words, _):
            return either(
                "ein Satz betrifft \(intent(label)): \(quoted(words))",
                "a sentence is about \(intent(label)): \(quoted(words))"
            )
        case .request(let words):
            return either("nicht verstanden: \(quoted(words))", "not understood: \(quoted(words))")
        case .unclear(let first, let second):
            return either(
                "nicht verstanden: \(quoted(first)) und \(quoted(second))",
                "not understood: \(quoted(first)) and \(quoted(second))"
            )
        }
    }

    package func guarded(_ name: String) -> String {
        switch name {
        case "legal": either("Anwalt, Gericht oder Frist", "lawyer, court or formal deadline")
        case "chargeback": either("Rückbuchung oder PayPal-Fall", "chargeback or payment dispute")
        case "danger": either("Gefahr oder Verletzung", "danger or injury")
        case "fraud": either("Betrugsverdacht", "suspected fraud")
        case "press": either("Presse", "press")
        case "special_need": either("besondere Lage", "a special need")
        case "deadline": either("fester Termin", "a dated event")
        default: name
        }
    }

    func payment(_ order: Order) -> String? {
        guard !order.payments.isEmpty else { return nil }
        if order.payments.contains(where: { $0.status == .paid }) { return either("bezahlt", "paid") }
        if order.payments.contains(where: { $0.status == .refunded }) {
            return either("erstattet", "refunded")
        }
        return either("nicht bezahlt", "not paid")
    }

    /// An intent's name for people; the shop's own keep their names.
    package func intent(_ name: String) -> String {
        guard isGerman else { return name.replacing("_", with: " ") }
        return Self.germanIntents[name] ?? name.replacing("_", with: " ")
    }

    private static let germanIntents = [
        "where_is_my_order": "Wo ist die Bestellung", "not_received": "nicht angekommen",
        "delivery_question": "Frage zur Lieferung", "cancel_order": "Stornierung",
        "change_order": "Bestellung ändern", "change_address": "Adresse ändern",
        "return_request": "Rückgabe", "exchange_request": "Umtausch", "refund_request": "Geld zurück",
        "refund_status": "Stand der Erstattung", "damaged_or_defective": "beschädigt oder defekt",
        "wrong_item": "falscher Artikel", "missing_item": "Artikel fehlt",
        "payment_problem": "Problem mit der Zahlung", "double_charge": "doppelt abgebucht",
        "payment_question": "Frage zur Zahlung", "invoice_request": "Rechnung",
        "tax_question": "Steuer oder Zoll", "product_question": "Frage zum Artikel",
        "size_advice": "Größenberatung", "availability": "Verfügbarkeit", "setup_help": "Hilfe beim Aufbau",
        "policy_question": "Frage zu Bedingungen", "voucher": "Gutschein", "place_order": "Bestellwunsch",
        "account_problem": "Kundenkonto", "newsletter": "Newsletter", "privacy_request": "Datenschutz",
        "cancel_contract": "Vertrag kündigen", "complaint": "Beschwerde", "praise": "Lob",
        "review": "Bewertung", "thanks": "Dank", "contact_human": "möchte einen Menschen sprechen",
        "reply_to_question": "Antwort auf unsere Frage", "business_offer": "Geschäftsangebot",
        "job_application": "Bewerbung", "other": "Sonstiges", "background": "Sonstiges",
    ]
}
