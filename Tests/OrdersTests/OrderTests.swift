// SPDX-License-Identifier: MIT
import Foundation
import Testing

@testable import Orders

@Suite("Orders as the shop's system tells them")
struct OrderTests {
    static let line = """
        {"number": "2026-1183", "platform": "files", "placed": "2026-11-10T09:12:00+01:00", "status": "open",
         "customer": {"name": "Jörg Müller", "email": "joerg@example.de", "relay": null, "language": "de"},
         "total": {"amount": "59.80", "currency": "EUR"}, "tax": [{"rate": "19", "amount": "9.55"}],
         "items": [{"sku": "LT-20", "name": "Lampe Tilda", "quantity": 2, "price": "29.90"}],
         "payments": [{"id": "p1", "status": "pending", "amount": "59.80", "at": "2026-11-10T09:12:00+01:00", "method": "paypal", "link": null}],
         "refunds": [{"amount": "29.90", "at": "2026-11-12T09:12:00+01:00", "status": "announced"}],
         "returns": [{"rma": "R-77", "status": "shipped_back", "at": "2026-11-12T09:12:00+01:00"}],
         "parcels": [{"carrier": "dhl", "tracking": "00340434161094042557", "status": "out_for_delivery",
                      "at": "2026-11-20T06:12:00+01:00", "expected": "2026-11-22", "items": ["LT-20"],
                      "events": [{"at": "2026-11-20T06:12:00+01:00", "code": "ES", "text": "sortiert", "place": "Hamburg"}]}],
         "expected_shipping": null, "updated": "2026-11-20T18:00:00+01:00"}
        """

    private func decoded(_ json: String) throws -> Order {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return try decoder.decode(Order.self, from: Data(json.utf8))
    }

    @Test("The line of the manual is read whole")
    func wholeLine() throws {
        let at = moment("2026-11-10T09:12:00+01:00")
        let later = moment("2026-11-12T09:12:00+01:00")
        let seen = moment("2026-11-20T06:12:00+01:00")
        var expected = Order(
            number: "2026-1183",
            customer: Order.Customer(name: "Jörg Müller", email: "joerg@example.de", language: "de")
        )
        expected.placed = at
        expected.total = Order.Money(amount: "59.80", currency: "EUR")
        expected.tax = [Order.Tax(rate: "19", amount: "9.55")]
        expected.items = [Order.Item(sku: "LT-20", name: "Lampe Tilda", quantity: 2, price: "29.90")]
        expected.payments = [Order.Payment(status: .pending, amount: "59.80", at: at, method: "paypal")]
        expected.payments[0].id = "p1"
        expected.refunds = [Order.Refund(amount: "29.90", at: later, status: .announced)]
        expected.returns = [Order.Return(rma: "R-77", status: .shippedBack, at: later)]
        expected.parcels = [
            Parcel(
                carrier: "dhl",
                tracking: "00340434161094042557",
                status: .outForDelivery,
                at: seen,
                expected: day("2026-11-22"),
                items: ["LT-20"],
                events: [Parcel.Event(at: seen, code: "ES", text: "sortiert", place: "Hamburg")]
            )
        ]
        expected.updated = moment("2026-11-20T18:00:00+01:00")
        #expect(try decoded(Self.line) == expected)
    }

    @Test("An order comes back as it was stored")
    func roundTrip() throws {
        let order = try decoded(Self.line)
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        #expect(try decoded(String(decoding: encoder.encode(order), as: UTF8.self)) == order)
    }

    @Test("A number is enough; unknown fields do not matter")
    func shortest() throws {
        #expect(try decoded(#"{"number": "7"}"#) == Order(number: "7", customer: Order.Customer()))
        let item = try decoded(#"{"number": "7", "colour": "red", "items": [{"name": "Tee"}]}"#).items
        #expect(item == [Order.Item(name: "Tee", quantity: 1)])
    }

    @Test(
        "A broken line is an error, never half an order",
        arguments: [
            "", "{", "[]", "{}", #"{"number": 7}"#, #"{"number": null}"#,
            #"{"number": "7", "status": "done"}"#,
            #"{"number": "7", "placed": "gestern"}"#, #"{"number": "7", "placed": "2026-11-10"}"#,
            #"{"number": "7", "total": {"amount": 59.8, "currency": "EUR"}}"#,
            #"{"number": "7", "total": "59.80"}"#,
            #"{"number": "7", "items": [{"sku": "A"}]}"#,
            #"{"number": "7", "items": [{"name": "A", "quantity": "2"}]}"#,
            #"{"number": "7", "parcels": [{"carrier": "dhl"}]}"#,
            #"{"number": "7", "parcels": [{"status": "lost"}]}"#,
            #"{"number": "7", "parcels": [{"status": "moving", "expected": "2026-11-31"}]}"#,
            #"{"number": "7", "expected_shipping": "bald"}"#,
            #"{"number": "7", "payments": [{"amount": "1"}]}"#,
        ]
    )
    func broken(json: String) {
        #expect(throws: DecodingError.self) { try decoded(json) }
    }

    @Test(
        "Only the order's own address and its relay alias may be told about it",
        arguments: [
            ("joerg@example.de", true), ("JOERG@Example.DE", true), ("x7@marketplace.example", true),
            ("", false), ("joerg@example.de ", false), ("joerg+shop@example.de", false),
            ("jorg@example.de", false),
            ("joerg@example.de.evil.example", false), ("@example.de", false),
            // A Kelvin sign is lower-cased to a k, a long s is upper-cased to an S: other mailboxes all the same.
            ("x7@mar\u{212A}etplace.example", false), ("x7@marketplace.example\u{0}", false),
        ]
    )
    func belongs(address: String, isOwn: Bool) {
        let order = order {
            $0.customer.email = "Joerg@example.de"
            $0.customer.relay = "x7@marketplace.example"
        }
        #expect(order.belongs(to: address) == isOwn)
    }

    @Test("An order without an address belongs to nobody", arguments: [nil, ""])
    func nobody(address: String?) {
        let order = order {
            $0.customer.email = address; $0.customer.relay = address
        }
        #expect(!order.belongs(to: ""))
        #expect(!order.belongs(to: "joerg@example.de"))
    }
}

@Suite("Carriers")
struct CarrierTests {
    @Test(
        "A known carrier gives its name and a page for the parcel",
        arguments: [
            (
                "dhl", "DHL",
                "https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode=0034-A1"
            ),
            (
                "DHL", "DHL",
                "https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode=0034-A1"
            ),
            ("dpd", "DPD", "https://tracking.dpd.de/status/de_DE/parcel/0034-A1"),
            ("ups", "UPS", "https://www.ups.com/track?tracknum=0034-A1"),
        ]
    )
    func link(key: String, name: String, link: String) {
        #expect(Carrier(key).name == name)
        #expect(Carrier(key).link(for: "0034-A1") == link)
        #expect(Carrier(key).link(for: "00 34-A1") == link)
    }

    @Test("An unknown carrier is shown as the shop writes it, without a page")
    func unknown() {
        #expect(Carrier("Radkurier Nord").name == "Radkurier Nord")
        #expect(Carrier("Radkurier Nord").link(for: "12345") == nil)
    }

    @Test(
        "A tracking number that could bend the address gives no page",
        arguments: [
            "", " ", "1&x=2", "1/../../evil", "1?x", "1#x", "1%2F", "https://evil.example", "1\n2", "１２３",
            "1.2",
            "<1>", "1\"", "{{number}}", "1\u{A0}2", "Ä1",
        ]
    )
    func injection(tracking: String) {
        for key in ["dhl", "dpd", "gls", "hermes", "ups", "fedex", "deutsche_post", "post_at", "post_ch"] {
            #expect(Carrier(key).link(for: tracking) == nil)
        }
    }
}
