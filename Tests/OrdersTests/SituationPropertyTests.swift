// SPDX-License-Identifier: MIT
import Foundation
import Testing

@testable import Orders

@Suite("Odd orders")
struct SituationPropertyTests {
    /// SplitMix64: the same seed gives the same orders everywhere.
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        mutating func one<Value>(of values: [Value]) -> Value {
            values[Int.random(in: 0..<values.count, using: &self)]
        }

        mutating func several<Value>(_ make: (inout Dice) -> Value) -> [Value] {
            (0..<one(of: [0, 0, 1, 1, 2, 3])).map { _ in make(&self) }
        }

        mutating func date() -> Date? {
            one(of: [
                nil, now, now.addingTimeInterval(-3600), now.addingTimeInterval(-6 * 86_400), .distantPast,
                .distantFuture, Date(timeIntervalSince1970: 1e300), Date(timeIntervalSince1970: -1e300),
                Date(timeIntervalSince1970: 0), moment("2026-10-25T02:30:00+01:00"),
            ])
        }

        mutating func day() -> Day? {
            one(of: [
                nil, Day(year: 0, month: 1, day: 1), Day(year: 9999, month: 12, day: 31), Day("2026-11-21"),
            ])
        }

        mutating func amount() -> String {
            one(of: [
                "", "0", "-1", "59.80", "59,80", "1e9", "nan", "--1", ".",
                "9999999999999999999999999999999999999999", "١٢",
            ])
        }

        mutating func order() -> Order {
            var order = Order(
                number: one(of: ["", "2026-1183", "\u{202E}\n"]),
                status: one(of: Order.Status.allCases),
                customer: Order.Customer(
                    name: one(of: [nil, ""]),
                    email: one(of: [nil, "", "joerg@example.de"])
                )
            )
            order.placed = date()
            order.total = one(of: [nil, Order.Money(amount: amount(), currency: "EUR")])
            order.items = several {
                Order.Item(
                    sku: $0.one(of: [nil, "", "A", "B"]),
                    name: "",
                    quantity: $0.one(of: [0, -3, .max])
                )
            }
            order.payments = several {
                Order.Payment(
                    status: $0.one(of: [.pending, .paid, .failed, .refunded]),
                    amount: $0.amount(),
                    at: $0.date()
                )
            }
            order.refunds = several { Order.Refund(amount: $0.amount(), at: $0.date(), status: .booked) }
            order.parcels = several {
                Parcel(
                    carrier: $0.one(of: [nil, "dhl", ""]),
                    tracking: $0.one(of: [nil, ""]),
                    status: $0.one(of: Parcel.Status.allCases),
                    at: $0.date(),
                    expected: $0.day(),
                    items: $0.several { $0.one(of: ["", "A", "B", "C"]) },
                    events: $0.several { Parcel.Event(at: $0.date()) }
                )
            }
            order.expectedShipping = day()
            return order
        }
    }

    @Test(
        "Whatever an export says, each order is in one situation of its own at every moment",
        arguments: 1...8
    )
    func total(seed: UInt64) {
        var dice = Dice(state: seed)
        var met: Set<Situation> = []
        for number in 1...2000 {
            let order = dice.order()
            let now = dice.date() ?? now
            let situation = order.situation(at: now, by: promise)
            met.insert(situation)
            let needsMessage = [Situation.deliveredDisputed, .severalOpen, .unknownOrder].contains(situation)
            #expect(!needsMessage, "order \(number) of seed \(seed)")
            #expect(order.situation(at: now, by: promise) == situation, "order \(number) of seed \(seed)")
        }
        #expect(met.count == Situation.allCases.count - 3, "seed \(seed) met only \(met)")
    }
}
