// SPDX-License-Identifier: MIT
import Diagnostics
import Foundation
import Orders
import Rules
import Testing

@testable import Actions

@Suite("The answers that come with the program")
struct ShippedAnswersTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "rules")

    private func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: path).path).sorted()
    }

    private func answers(into box: ComplaintBox) throws -> [String: Answer] {
        let intents = Set(try names(in: "understanding/intent").compactMap { $0.split(separator: ".").first })
        let reader = AnswerReader(intents: intents.map(String.init).sorted(), box: box)
        return reader.read(
            try names(in: "answers").map { name in
                let file = Self.folder.appending(path: "answers/" + name)
                return SourceText(
                    name: "rules/answers/" + name,
                    text: try String(contentsOf: file, encoding: .utf8)
                )
            }
        )
    }

    @Test("They are read without a complaint, in German and English")
    func clean() throws {
        let box = ComplaintBox()
        let answers = try answers(into: box)
        #expect(box.complaints.render() == "")
        #expect(answers.values.allSatisfy { $0.texts.keys.sorted() == ["de", "en"] })
        #expect(answers.count >= 10)
    }

    /// An order in this situation, with everything a shop's system may tell or with the least.
    private func order(_ situation: Situation, isFull: Bool) -> OrderMatch {
        var order = movingOrder()
        order.items += (1...8).map {
            Order.Item(sku: "X-\($0)", name: "Kräutertee Abendruhe \($0) mit langem Namen")
        }
        var parcel = order.parcels[0]
        switch situation {
        case .awaitingPayment:
            order.payments = [Order.Payment(status: .pending, amount: "59.80", method: "bank_transfer")]
            if isFull {
                order.payments[0].link = "https://pay.example.org/" + String(repeating: "a", count: 90)
            }
            order.parcels = []
        case .inPreparation:
            order.expectedShipping = Day("2026-11-25")
            order.parcels = []
        case .handedOver: parcel.status = .handedOver
        case .outForDelivery: parcel.status = .outForDelivery
        case .readyForPickup: parcel.status = .readyForPickup
        case .delivered: parcel.status = .delivered
        default: break
        }
        if !isFull {
            order.customer.name = nil
            order.placed = nil
            order.total = nil
            order.items = []
            if situation == .moving { parcel.expected = nil }
        }
        if !order.parcels.isEmpty { order.parcels = [parcel] }
        var match = match(situation == .unknownOrder ? nil : order, situation)
        if situation == .partlyShipped {
            match.order?.expectedShipping = Day("2026-12-01")
            match.order?.parcels[0].items = ["AS-250"]
            if !isFull { match.order?.parcels[0].items = [] }
            match.order?.parcels.append(Parcel(status: .labelMade, items: isFull ? ["TS-01"] : []))
        }
        if situation == .severalOpen { match.others = [order, movingOrder("2026-11900")] }
        return match
    }

    @Test("Every one becomes a whole letter for an order it fits, in 72 columns", arguments: [true, false])
    func letters(isFull: Bool) throws {
        for (name, answer) in try answers(into: ComplaintBox()) {
            for situation in answer.situations {
                let facts = facts { $0.order = order(situation, isFull: isFull) }
                for (language, template) in answer.texts {
                    let letter: (subject: String, text: String)
                    do throws(Template.FieldMissing) {
                        letter = try template.filled(
                            with: LetterFields(for: facts, shop: shop, language: language)
                        )
                    } catch {
                        // Without it there would be no answer; the least an order tells may not be enough.
                        #expect(!isFull, "\(name).\(language) for \(situation): \(error.name) is missing")
                        continue
                    }
                    let lines = letter.text.split(separator: "\n", omittingEmptySubsequences: false)
                    for line in lines where line.count > 72 {
                        #expect(line.contains("https://"), "\(name).\(language) is too wide: \(line)")
                    }
                    #expect(letter.subject == "Re: wo bleibt mein Paket")
                    #expect(!letter.text.contains("{{") && !letter.text.contains("}}"))
                    #expect(!letter.text.contains("\n\n\n"), "\(name).\(language):\n\(letter.text)")
                    #expect(
                        !letter.text.contains(" ,") && !letter.text.contains(" ."),
                        "\(name).\(language):\n\(letter.text)"
                    )
                    #expect(!letter.text.contains("!"))
                    #expect(letter.text.contains("Teeladen Nord"))
                }
            }
        }
    }
}
