// SPDX-License-Identifier: MIT
package import FoundationEssentials
package import Orders
package import Understanding

/// The order a message is about, as far as that can be known, and its situation.
package struct OrderMatch: Sendable, Hashable, Codable {
    package var order: Order?
    /// `nil` where there is no order and none is asked for.
    package var situation: Situation?
    /// Whether the writer's address is the order's own or its relay alias.
    package var belongsToWriter = false
    /// Whether the message itself names an order number or tracking number.
    package var isNamed = false
    /// The writer's open orders where several may be meant.
    package var others: [Order] = []

    package init() {}

    /// Chooses among the orders that the message's numbers and the writer's address lead to.
    ///
    /// A named number decides. Without one the writer's orders do: the only open one, else the newest of
    /// the last ninety days. Several open ones are ``Situation/severalOpen``.
    ///
    /// - Parameters:
    ///   - named: The orders whose number or tracking number is in the message.
    ///   - namesNumber: Whether a number was found in the message at all, known or not.
    ///   - owned: The orders of the writer's address.
    package init(
        named: [Order], namesNumber: Bool, owned: [Order], writer: String, reading: Reading, now: Date,
        promise: ShopPromise
    ) {
        isNamed = namesNumber
        if namesNumber {
            order = named.first { $0.belongs(to: writer) } ?? named.first
            let distinct = Set(named.map(\.number))
            if distinct.count > 1 { others = named }
        } else {
            let open = owned.filter { $0.situation(at: now, by: promise).isOpen }
            let recent = owned.filter { now.timeIntervalSince($0.placed ?? .distantPast) < 90 * 86_400 }
            if open.count > 1 { others = open }
            order = open.first ?? recent.max { ($0.placed ?? .distantPast) < ($1.placed ?? .distantPast) }
        }
        guard let order else {
            situation = .unknownOrder
            return
        }
        belongsToWriter = order.belongs(to: writer)
        situation = others.count > 1 ? .severalOpen : order.situation(at: now, by: promise)
        let disputes = reading.intents.contains { $0.name == "not_received" && $0.score >= Facts.presence }
        if situation == .delivered, disputes { situation = .deliveredDisputed }
    }
}

extension Situation {
    /// Whether something of the order is still to come to the customer.
    package var isOpen: Bool {
        switch self {
        case .awaitingPayment, .inPreparation, .preparationLate, .labelMade, .handedOver, .moving, .stalled,
            .exception, .outForDelivery, .readyForPickup, .partlyShipped:
            true
        case .delivered, .returnedToSender, .cancelled, .refunded, .deliveredDisputed, .severalOpen,
            .unknownOrder:
            false
        }
    }
}
