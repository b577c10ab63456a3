// SPDX-License-Identifier: MIT
import Foundation
import Testing

@testable import Orders

@Suite("Where an order stands")
struct SituationTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var situation: Situation
        var order: Order

        init(_ title: String, _ situation: Situation, _ change: (inout Order) -> Void) {
            testDescription = title
            self.situation = situation
            order = OrdersTests.order(change)
        }
    }

    static let rows = [
        Row("paid, nothing late", .inPreparation) { _ in },
        Row("no payment told at all", .inPreparation) { $0.payments = [] },
        Row("payment pending", .awaitingPayment) { $0.payments = [Order.Payment(status: .pending)] },
        Row("payment failed", .awaitingPayment) { $0.payments = [Order.Payment(status: .failed)] },
        Row("one attempt failed, the next one paid", .inPreparation) {
            $0.payments = [Order.Payment(status: .failed), Order.Payment(status: .paid, amount: "59.80")]
        },
        Row("one attempt is still pending, another one paid everything", .inPreparation) {
            $0.payments = [Order.Payment(status: .pending), Order.Payment(status: .paid, amount: "59.80")]
        },
        Row("only a part is paid: nothing can be stated", .exception) {
            $0.payments = [Order.Payment(status: .paid, amount: "59.79"), Order.Payment(status: .pending)]
        },
        Row("paid in two parts", .inPreparation) {
            $0.payments = [
                Order.Payment(status: .paid, amount: "9.80"), Order.Payment(status: .paid, amount: "50.00"),
            ]
        },
        Row("placed long ago", .preparationLate) {
            $0.placed = moment("2026-11-02T08:30:00+01:00"); $0.payments = []
        },
        Row("placed long ago, paid yesterday", .inPreparation) {
            $0.placed = moment("2026-11-02T08:30:00+01:00")
            $0.payments = [Order.Payment(status: .paid, at: moment("2026-11-20T08:00:00+01:00"))]
        },
        Row("placed long ago, the shop named a day to come", .inPreparation) {
            $0.placed = moment("2026-11-02T08:30:00+01:00")
            $0.expectedShipping = day("2026-11-21")
        },
        Row("the day the shop named has passed", .preparationLate) {
            $0.expectedShipping = day("2026-11-20")
        },
        Row("nothing tells when it was placed", .exception) {
            $0.placed = nil; $0.payments = []
        },
        Row("completed without a parcel", .exception) { $0.status = .completed },
        Row("label made", .labelMade) { $0.parcels = [parcel(.labelMade)] },
        Row("a label for a part of it: nothing is shipped yet", .labelMade) {
            $0.items.append(Order.Item(sku: "TK-11", name: "Teekanne"))
            $0.parcels = [parcel(.labelMade, items: ["LT-20"])]
        },
        Row("handed over", .handedOver) { $0.parcels = [parcel(.handedOver)] },
        Row("moving", .moving) { $0.parcels = [parcel(.moving)] },
        Row("moving and unpaid: the goods count", .moving) {
            $0.payments = [Order.Payment(status: .pending)]
            $0.parcels = [parcel(.moving)]
        },
        Row("two parcels, both moving", .moving) { $0.parcels = [parcel(.moving), parcel(.moving)] },
        Row("stalled says the carrier", .stalled) { $0.parcels = [parcel(.stalled)] },
        Row("in trouble says the carrier", .exception) { $0.parcels = [parcel(.exception)] },
        Row("out for delivery", .outForDelivery) { $0.parcels = [parcel(.outForDelivery)] },
        Row("ready for pick-up", .readyForPickup) { $0.parcels = [parcel(.readyForPickup)] },
        Row("delivered", .delivered) {
            $0.parcels = [parcel(.delivered)]; $0.status = .completed
        },
        Row("returned", .returnedToSender) { $0.parcels = [parcel(.returned)] },
        Row("one delivered, one moving", .partlyShipped) {
            $0.parcels = [parcel(.delivered), parcel(.moving)]
        },
        Row("one moving, one label", .partlyShipped) { $0.parcels = [parcel(.moving), parcel(.labelMade)] },
        Row("an article is in no parcel yet", .partlyShipped) {
            $0.items.append(Order.Item(sku: "TK-11", name: "Teekanne"))
            $0.parcels = [parcel(.delivered, items: ["LT-20"])]
        },
        Row("an article is in no parcel, and late", .preparationLate) {
            $0.items.append(Order.Item(sku: "TK-11", name: "Teekanne"))
            $0.expectedShipping = day("2026-11-20")
            $0.parcels = [parcel(.delivered, items: ["LT-20"])]
        },
        Row("a parcel that does not say what it holds holds everything", .delivered) {
            $0.items.append(Order.Item(sku: "TK-11", name: "Teekanne"))
            $0.parcels = [parcel(.delivered, items: ["LT-20"]), parcel(.delivered)]
        },
        Row("of several parcels the one in trouble decides", .exception) {
            $0.parcels = [parcel(.delivered), parcel(.exception), parcel(.stalled)]
        },
        Row("one on its way back", .returnedToSender) {
            $0.parcels = [parcel(.exception), parcel(.delivered), parcel(.returned)]
        },
        Row("cancelled, whatever the parcels say", .cancelled) {
            $0.status = .cancelled
            $0.parcels = [parcel(.moving)]
        },
        Row("every payment went back", .refunded) { $0.payments = [Order.Payment(status: .refunded)] },
        Row("one attempt failed, the paid one went back", .refunded) {
            $0.payments = [Order.Payment(status: .failed), Order.Payment(status: .refunded)]
        },
        Row("one payment went back, one is pending: nobody is asked to pay", .exception) {
            $0.payments = [Order.Payment(status: .refunded), Order.Payment(status: .pending)]
        },
        Row("refunds reach the total", .refunded) {
            $0.refunds = [
                Order.Refund(amount: "29.90", status: .booked),
                Order.Refund(amount: "29.90", status: .announced),
            ]
        },
        Row("refunds stay below the total by a cent", .delivered) {
            $0.parcels = [parcel(.delivered)]
            $0.refunds = [Order.Refund(amount: "59.79", status: .booked)]
        },
        Row("amounts that are no decimal numbers refund nothing", .inPreparation) {
            $0.refunds = [
                Order.Refund(amount: "1,000.00", status: .booked), Order.Refund(amount: "", status: .booked),
            ]
        },
        Row("a total of nothing is not a refund", .inPreparation) {
            $0.total = Order.Money(amount: "0.00", currency: "EUR")
        },
    ]

    @Test("Each state of an order is one situation", arguments: rows)
    func situation(row: Row) {
        #expect(row.order.situation(at: now, by: promise) == row.situation)
    }

    @Test("Every situation of an order alone is reached by a row")
    func complete() {
        let alone = Set(Situation.allCases).subtracting([.deliveredDisputed, .severalOpen, .unknownOrder])
        #expect(Set(Self.rows.map(\.situation)) == alone)
    }

    static let promised: [(placed: String, now: String, situation: Situation)] = [
        // Placed on a Thursday: two working days are Friday and Monday.
        ("2026-11-19T23:59:00+01:00", "2026-11-23T23:59:59+01:00", .inPreparation),
        ("2026-11-19T23:59:00+01:00", "2026-11-24T00:00:00+01:00", .preparationLate),
        // After midnight it is Friday: Monday and Tuesday.
        ("2026-11-20T00:00:00+01:00", "2026-11-24T23:59:59+01:00", .inPreparation),
        ("2026-11-20T00:00:00+01:00", "2026-11-25T00:00:00+01:00", .preparationLate),
        // The same moment written in another zone.
        ("2026-11-19T23:00:00Z", "2026-11-24T22:59:59Z", .inPreparation),
        ("2026-11-19T23:00:00Z", "2026-11-24T23:00:00Z", .preparationLate),
        // On a Saturday.
        ("2026-11-21T12:00:00+01:00", "2026-11-24T23:59:00+01:00", .inPreparation),
        ("2026-11-21T12:00:00+01:00", "2026-11-25T00:00:00+01:00", .preparationLate),
        // Over the holiday of Friday, 25 December, and a weekend.
        ("2026-12-24T09:00:00+01:00", "2026-12-29T23:59:00+01:00", .inPreparation),
        ("2026-12-24T09:00:00+01:00", "2026-12-30T00:00:00+01:00", .preparationLate),
        // Summer time ends on Sunday, 25 October, and begins on Sunday, 28 March.
        ("2026-10-23T09:00:00+02:00", "2026-10-27T23:59:59+01:00", .inPreparation),
        ("2026-10-23T09:00:00+02:00", "2026-10-28T00:00:00+01:00", .preparationLate),
        ("2027-03-26T09:00:00+01:00", "2027-03-30T23:59:59+02:00", .inPreparation),
        ("2027-03-26T09:00:00+01:00", "2027-03-31T00:00:00+02:00", .preparationLate),
    ]

    @Test("An order is late on the day after the promised one, by the shop's clock", arguments: promised)
    func late(placed: String, now: String, situation: Situation) {
        let order = order {
            $0.placed = moment(placed)
            $0.payments = []
        }
        #expect(order.situation(at: moment(now), by: promise) == situation)
    }

    struct Silence: Sendable {
        var status: Parcel.Status
        var seconds: Double
        var expected: String?
        var situation: Situation
    }

    static let fiveDays = 432_000.0
    static let silences = [
        Silence(status: .moving, seconds: fiveDays, situation: .moving),
        Silence(status: .moving, seconds: fiveDays + 1, situation: .stalled),
        Silence(status: .handedOver, seconds: fiveDays, situation: .handedOver),
        Silence(status: .handedOver, seconds: fiveDays + 1, situation: .stalled),
        Silence(status: .outForDelivery, seconds: fiveDays + 1, situation: .stalled),
        Silence(status: .moving, seconds: 3600, expected: "2026-11-21", situation: .moving),
        Silence(status: .moving, seconds: 3600, expected: "2026-11-20", situation: .stalled),
        Silence(status: .outForDelivery, seconds: 3600, expected: "2026-11-20", situation: .stalled),
        Silence(status: .delivered, seconds: 9_000_000, expected: "2026-11-20", situation: .delivered),
        Silence(
            status: .readyForPickup,
            seconds: 200_000,
            expected: "2026-11-20",
            situation: .readyForPickup
        ),
        Silence(status: .labelMade, seconds: 900_000, situation: .labelMade),
    ]

    @Test(
        "A parcel stalls when nothing was heard of it for too long or its day has passed",
        arguments: silences
    )
    func stalled(row: Silence) {
        var parcel = parcel(row.status, at: now.addingTimeInterval(-row.seconds))
        parcel.expected = row.expected.map(day)
        #expect(parcel.situation(at: now, by: promise) == row.situation)
    }

    @Test("A parcel of which no time is known stalls; an event of the carrier counts as news")
    func news() {
        var parcel = parcel(.moving, at: nil)
        #expect(parcel.situation(at: now, by: promise) == .stalled)
        parcel.at = moment("2026-11-01T08:00:00+01:00")
        parcel.events = [
            Parcel.Event(at: moment("2026-11-20T06:12:00+01:00"), place: "Hamburg"), Parcel.Event(text: "?"),
            Parcel.Event(at: moment("2026-11-18T17:40:00+01:00"), place: "Husum"),
        ]
        #expect(parcel.lastEvent?.place == "Hamburg")
        #expect(parcel.lastSeen == moment("2026-11-20T06:12:00+01:00"))
        #expect(parcel.situation(at: now, by: promise) == .moving)
    }

    @Test("The promised day comes from the shop's own field, else from the later of order and payment")
    func due() {
        #expect(order().shippingDue(by: promise) == day("2026-11-23"))
        #expect(
            order { $0.expectedShipping = day("2027-01-05") }.shippingDue(by: promise) == day("2027-01-05")
        )
        let paidLater = order { $0.payments[0].at = moment("2026-11-20T20:00:00+01:00") }
        #expect(paidLater.shippingDue(by: promise) == day("2026-11-24"))
        let pending = order {
            $0.payments = [Order.Payment(status: .pending, at: moment("2026-11-20T20:00:00+01:00"))]
        }
        #expect(pending.shippingDue(by: promise) == day("2026-11-23"))
        #expect(Order(number: "1", customer: Order.Customer()).shippingDue(by: promise) == nil)
    }

    @Test("A shop that hands over on the same day does so on a working day")
    func sameDay() {
        let calendar = promise.calendar
        #expect(calendar.day(0, workingDaysAfter: day("2026-11-20")) == day("2026-11-20"))
        #expect(calendar.day(0, workingDaysAfter: day("2026-11-21")) == day("2026-11-23"))
        #expect(calendar.day(0, workingDaysAfter: day("2026-12-25")) == day("2026-12-28"))
        #expect(calendar.day(1, workingDaysAfter: day("2026-11-21")) == day("2026-11-23"))
    }
}
