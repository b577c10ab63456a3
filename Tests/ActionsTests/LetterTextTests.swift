// SPDX-License-Identifier: MIT
import Foundation
import Mail
import Orders
import Rules
import Testing

@testable import Actions

@Suite("What a letter says")
struct LetterTextTests {
    static let fields: [(body: String, text: String)] = [
        ("{{name}} {{shop}}", "Anna Brandl Teeladen Nord"), ("{{as_of}}", "heute, 09:50 Uhr"),
        ("{{order.number}} {{order.placed}}", "2026-11834 16. November"),
        ("{{order.items}}; {{order.total}}", "Assam 250 g (3), Teesieb; 59,80 €"),
        ("{{order.ships_by}}", "Mittwoch, 18. November"),
        ("{{parcel.carrier}} {{parcel.tracking}}", "DHL 00340434161094042557"),
        ("{{parcel.expected}}", "Dienstag, 24. November"),
        (
            "{{parcel.last_time}} {{parcel.last_place}} {{parcel.last_text}}",
            "heute, 06:12 Uhr Paketzentrum Hamburg sortiert"
        ),
        ("{{#parcels}}{{carrier}} {{state}}{{#items}} {{items}}{{/items}}{{/parcels}}", "DHL unterwegs"),
        ("{{^waiting_items}}alles{{/waiting_items}}{{#waiting_items}}fehlt{{/waiting_items}}", "alles"),
        ("a{{! nothing }}b", "ab"), ("{{ name }}", "Anna Brandl"),
    ]

    @Test("Each field is written in the letter's language", arguments: fields)
    func field(body: String, text: String) {
        #expect(letter(body).text == text)
    }

    @Test("English letters are English throughout")
    func english() {
        let body =
            "{{as_of}}; {{order.placed}}; {{order.total}}; {{parcel.expected}}; {{#parcels}}{{state}}{{/parcels}}"
        let expected = "today, 09:50; 16 November; 59.80 €; Tuesday, 24 November; on its way"
        #expect(letter(body, language: "en").text.replacing("\n", with: " ") == expected)
    }

    static let missing: [(body: String, name: String)] = [
        ("{{parcel.delivered}}", "parcel.delivered"), ("{{payment.link}}", "payment.link"),
        // A parcel on its way says since when it moves, not when it was handed over.
        ("{{parcel.handed_over}}", "parcel.handed_over"), ("{{#parcels}}{{items}}{{/parcels}}", "items"),
        ("{{#name}}{{waiting_items}}{{/name}}", "waiting_items"),
        ("{{^orders}}{{payment.method}}{{/orders}}", "payment.method"),
    ]

    @Test(
        "A sentence whose field has no value refuses the whole letter, also inside a list",
        arguments: missing
    )
    func refused(body: String, name: String) {
        #expect(letter(body).text == "refused: \(name)")
    }

    @Test("A section whose field has no value is left out without a refusal")
    func leftOut() {
        #expect(
            letter("a{{#payment.link}}{{payment.link}}{{/payment.link}}{{^name}}{{waiting_items}}{{/name}}b")
                .text == "ab"
        )
    }

    @Test("Empty values are missing ones", arguments: ["", "  ", "\n", "\u{200B}"])
    func empty(value: String) {
        let odd = facts {
            $0.order.order?.customer.name = value
            $0.order.order?.parcels[0].tracking = value
            $0.order.order?.parcels[0].carrier = value
        }
        #expect(letter("{{name}}", for: odd).text == "refused: name")
        #expect(letter("{{parcel.tracking}}", for: odd).text == "refused: parcel.tracking")
        #expect(letter("Guten Tag{{#name}} {{name}}{{/name}},", for: odd).text == "Guten Tag,")
    }

    @Test("The day of handing over is told while it is the last thing known")
    func handedOver() {
        let fresh = facts {
            $0.order.order?.parcels[0].status = .handedOver
            $0.order.order?.parcels[0].at = moment("2026-11-19T17:30:00+01:00")
            $0.order.order?.parcels[0].events = [
                Parcel.Event(at: moment("2026-11-17T08:00:00+01:00"), text: "elektronisch angekündigt")
            ]
        }
        #expect(letter("{{parcel.handed_over}}", for: fresh).text == "Donnerstag, 19. November")
    }

    @Test("Of several orders the oldest look counts, and each is listed")
    func several() {
        let several = facts {
            var old = movingOrder("2")
            old.updated = moment("2026-11-20T22:00:00+01:00")
            old.parcels = []
            $0.order.others = [movingOrder("1"), old]
        }
        let body = "{{as_of}}{{#orders}} | {{number}} {{state}}{{#link}} mit Link{{/link}}{{/orders}}"
        #expect(
            letter(body, for: several).text == """
                gestern, 22:00 Uhr | 1 unterwegs mit Link | 2 Versand überfällig
                """
        )
        #expect(letter("{{#orders}}{{link}}{{/orders}}", for: several).text == "refused: link")
    }

    @Test("The payment that is asked for is the open one")
    func payment() {
        let pending = facts {
            $0.order.order?.payments = [
                Order.Payment(status: .failed, method: "card"),
                Order.Payment(status: .pending, method: "bank_transfer"),
                Order.Payment(status: .refunded, method: "voucher"),
            ]
        }
        #expect(letter("{{payment.method}}", for: pending).text == "bank_transfer")
    }

    // MARK: - Other people's texts

    static let nasty = [
        "{{order.total}}", "{{{order.total}}}", "{{#orders}}", "{{/name}}", "{{> partial}}", "{{=<% %>=}}",
        "&amp; <b>",
        "\"; DROP", "%s $1 \\1",
    ]

    @Test("What a customer calls himself stays text, whatever it looks like", arguments: nasty)
    func markup(text: String) {
        let odd = facts {
            $0.order.order?.customer.name = text
            $0.order.order?.items = [Order.Item(name: text)]
            $0.message.subject = text
        }
        let letter = letter("{{name}}|{{order.items}}", for: odd)
        #expect(letter.text == "\(text)|\(text)")
        #expect(letter.subject == "Re: \(text)")
    }

    static let breaks = ["\n", "\r\n", "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{0}", "\u{B}"]

    @Test("No value adds a line to a letter or a header to a mail", arguments: breaks)
    func lines(separator: String) throws {
        let evil = "Anna\(separator)Bcc: eve@example.org"
        let odd = facts {
            $0.order.order?.number = evil
            $0.order.order?.customer.name = evil
            $0.order.order?.total = Order.Money(amount: evil, currency: evil)
            $0.order.order?.items = [Order.Item(sku: "A", name: evil)]
            $0.order.order?.parcels[0].carrier = evil
            $0.order.order?.parcels[0].tracking = evil
            $0.order.order?.parcels[0].events[0].place = evil
            $0.message.subject = evil
            $0.message.from = Message.Address(name: evil, address: "anna@example.de")
        }
        let body = """
            {{name}}{{order.number}}{{order.total}}{{order.items}}{{parcel.carrier}}{{parcel.tracking}}{{parcel.last_place}}
            """
        let wrapped = letter(body, subject: "{{subject}}{{name}}", for: odd)
        #expect(!wrapped.text.contains("refused"))
        #expect(!wrapped.text.unicodeScalars.contains { $0 != "\n" && separator.unicodeScalars.contains($0) })
        #expect(!wrapped.subject.contains { $0.isNewline })

        let desk = Desk(
            shop: shop,
            answers: read(("a/moving.de.txt", file(body))).answers,
            signature: signature
        )
        for ending in [Decision.Ending.answer("moving"), .forward(team: nil)] {
            var decision = Decision()
            decision.choices = [Decision.Choice(rule: "R", ending: ending)]
            let plan = desk.plan(decision, for: odd, at: place, history: ReplyGuard.History())
            let bytes = try #require(plan.effects.first).letter.encoded()
            let head = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n\r\n")[0]
            #expect(!head.contains("\nBcc"))
            #expect(
                Set(
                    head.split(separator: "\r\n").filter { !$0.hasPrefix(" ") }.map {
                        $0.prefix { $0 != ":" }
                    }
                )
                .isSubset(of: [
                    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References",
                    "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version", "Content-Type",
                    "Content-Transfer-Encoding",
                ])
            )
        }
    }

    @Test("A link is written only for a plain tracking number")
    func link() {
        let odd = facts { $0.order.order?.parcels[0].tracking = "1&x=https://evil.example" }
        #expect(letter("{{parcel.link}}", for: odd).text == "refused: parcel.link")
    }
}

@Suite("Text in columns")
struct TextLayoutTests {
    static let rows: [(text: String, wrapped: String)] = [
        ("", ""), ("\n\n", "\n\n"), ("a b", "a b"), ("  ", ""), ("aaaa bbbb cc", "aaaa bbbb\ncc"),
        ("aaaa bbbbb", "aaaa bbbbb"), ("aaaa bbbbbb", "aaaa\nbbbbbb"),
        ("aaaaaaaaaaaaaa b", "aaaaaaaaaaaaaa\nb"),
        ("a  b   c ", "a b c"), ("ä ö ü ß é è ñ ç", "ä ö ü ß é\nè ñ ç"), ("a\nb", "a\nb"),
        ("a\u{A0}b", "a b"),
        ("aaaaaaaa b\u{A0}c", "aaaaaaaa\nb c"),
        // Rows of tables keep their columns and go on below the last one.
        ("  a  b  c", "  a  b  c"), ("  ab  c d e f", "  ab  c d\n      e f"), ("  a   ", "  a"),
        ("  ab  cccccccccccc d", "  ab  cccccccccccc\n      d"), ("  aa bb cc dd", "  aa bb cc\n  dd"),
    ]

    @Test("Lines break between words, links stay whole, tables keep their columns", arguments: rows)
    func wrapped(text: String, wrapped: String) {
        #expect(TextLayout.wrapped(text, columns: 10) == wrapped)
    }

    @Test("What is wrapped stays as it is when it is wrapped again")
    func stable() {
        let text = Self.rows.map(\.text).joined(separator: "\n")
        let once = TextLayout.wrapped(text, columns: 20)
        #expect(TextLayout.wrapped(once, columns: 20) == once)
    }
}
