// SPDX-License-Identifier: MIT
import Foundation

@testable import Orders

/// A moment such as `2026-11-21T10:04:00+01:00`; a mistyped one is so long ago that its test fails.
func moment(_ text: String) -> Date {
    (try? Date(text, strategy: .iso8601)) ?? .distantPast
}

/// A day such as `2026-11-21`.
func day(_ text: String) -> Day {
    Day(text) ?? Day(year: 1, month: 1, day: 1)
}

/// A shop in Berlin that hands parcels over within two working days and has one holiday.
let promise = ShopPromise(
    handlingDays: 2,
    stalledAfter: .seconds(5 * 86_400),
    calendar: ShopCalendar(zone: TimeZone(identifier: "Europe/Berlin") ?? .gmt, holidays: [day("2026-12-25")])
)

/// A Saturday morning.
let now = moment("2026-11-21T10:04:00+01:00")

/// An order of last Thursday, paid, of which nothing is late.
func order(_ change: (inout Order) -> Void = { _ in }) -> Order {
    var order = Order(number: "2026-1183", customer: Order.Customer(email: "joerg@example.de"))
    order.placed = moment("2026-11-19T09:12:00+01:00")
    order.total = Order.Money(amount: "59.80", currency: "EUR")
    order.items = [Order.Item(sku: "LT-20", name: "Lampe Tilda", quantity: 2)]
    order.payments = [Order.Payment(status: .paid, amount: "59.80", at: order.placed)]
    change(&order)
    return order
}

/// A parcel of which something was heard an hour ago.
func parcel(_ status: Parcel.Status, items: [String] = [], at: Date? = now.addingTimeInterval(-3600))
    -> Parcel
{
    Parcel(carrier: "dhl", tracking: "00340434161094042557", status: status, at: at, items: items)
}
