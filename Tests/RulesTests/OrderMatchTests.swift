// SPDX-License-Identifier: MIT
import Foundation
import Orders
import Testing
import Understanding

@testable import Rules

@Suite("Which order a message is about")
struct OrderMatchTests {
    private let writer = "joerg@example.de"

    private func order(
        _ number: String,
        _ status: Parcel.Status? = .moving,
        daysAgo: Int = 4,
        of email: String? = nil
    )
        -> Order
    {
        var order = Order(number: number, customer: Order.Customer(email: email ?? writer))
        order.placed = now.addingTimeInterval(-Double(daysAgo) * 86_400)
        if let status {
            order.parcels = [Parcel(carrier: "dhl", status: status, at: now.addingTimeInterval(-3600))]
        }
        return order
    }

    private func match(
        named: [Order] = [],
        namesNumber: Bool? = nil,
        owned: [Order] = [],
        reading: Reading = Reading()
    ) -> OrderMatch {
        OrderMatch(
            named: named,
            namesNumber: namesNumber ?? !named.isEmpty,
            owned: owned,
            writer: writer,
            reading: reading,
            now: now,
            promise: promise
        )
    }

    @Test("The number in the message decides")
    func named() {
        let found = match(named: [order("1")], owned: [order("2")])
        #expect(found.order?.number == "1")
        #expect(found.situation == .moving)
        #expect(found.belongsToWriter && found.isNamed && found.others.isEmpty)
    }

    @Test("Somebody else's number shows the order to the team, and says whose it is not")
    func stranger() {
        let found = match(named: [order("1", of: "anna@example.org")])
        #expect(found.order?.number == "1")
        #expect(!found.belongsToWriter)
    }

    @Test("Who names an own order and somebody else's learns nothing about either")
    func mixed() {
        let found = match(named: [order("1", of: "anna@example.org"), order("2")])
        #expect(found.order?.number == "2")
        #expect(!found.belongsToWriter)
        #expect(!found.others.contains { $0.number == "1" })
    }

    @Test("A number that nobody knows is an unknown order, whatever else the writer bought")
    func unknownNumber() {
        let found = match(namesNumber: true)
        #expect(found.order == nil && found.situation == .unknownOrder && found.isNamed)
    }

    @Test("Without a number the only open order is meant, however many are done")
    func onlyOpen() {
        let found = match(owned: [
            order("1", .delivered, daysAgo: 2), order("2", daysAgo: 40), order("3", .delivered),
        ])
        #expect(found.order?.number == "2")
        #expect(found.situation == .moving && found.belongsToWriter && !found.isNamed)
    }

    @Test("Of several open orders none is chosen; all are named")
    func several() {
        let found = match(owned: [order("1"), order("2", daysAgo: 1), order("3", .delivered)])
        #expect(found.situation == .severalOpen)
        #expect(Set(found.others.map(\.number)) == ["1", "2"])
        #expect(found.order?.number == "2")
    }

    @Test("Of several open orders the one in trouble decides")
    func trouble() {
        let found = match(owned: [order("1", .exception), order("2", daysAgo: 1)])
        #expect(found.situation == .exception)
        #expect(found.order?.number == "1")
    }

    @Test("With nothing open the newest order of ninety days is meant")
    func newest() {
        let found = match(owned: [order("1", .delivered, daysAgo: 60), order("2", .delivered, daysAgo: 9)])
        #expect(found.order?.number == "2")
        #expect(found.situation == .delivered)
    }

    @Test("Who bought something long ago is not told that nothing is known of it")
    func longAgo() {
        let found = match(owned: [order("1", .delivered, daysAgo: 91)])
        #expect(found.order == nil && found.situation == nil)
    }

    @Test("Who never bought anything has an unknown order")
    func nobody() {
        let found = match()
        #expect(found.order == nil && found.situation == .unknownOrder && !found.belongsToWriter)
    }

    static let disputes: [(score: Double, status: Parcel.Status, situation: Situation)] = [
        (0.5, .delivered, .deliveredDisputed), (0.49, .delivered, .delivered), (0.9, .moving, .moving),
    ]

    @Test("Delivered, and the customer says no: a situation of its own", arguments: disputes)
    func disputed(score: Double, status: Parcel.Status, situation: Situation) {
        var reading = Reading()
        reading.intents = [Reading.IntentFinding(name: "not_received", score: score, evidence: "nicht da")]
        #expect(match(owned: [order("1", status)], reading: reading).situation == situation)
    }

    @Test("An order is open or not in every situation, and trouble is open or on its way back")
    func open() {
        let done: Set<Situation> = [
            .delivered, .returnedToSender, .cancelled, .refunded, .deliveredDisputed, .severalOpen,
            .unknownOrder,
        ]
        #expect(Set(Situation.allCases.filter { !$0.isOpen }) == done)
    }
}
