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
    /// the last ninety days. Several open ones are ``Situation/severalOpen``. Whoever has older orders only is
    /// no stranger: then there is neither an order nor a situation.
    ///
    /// - Parameters:
    ///   - named: The orders whose number or tracking number is in the message.
    ///   - namesNumber: Whether a number was found in the message at all, known or not.
    ///   - owned: The orders of the writer's address.
    ///   - writer: The writer's address; empty where nobody is named.
    ///   - reading: What the message says, for what only it can add to the situation.
    ///   - now: The moment the situation is asked for.
    ///   - promise: What the shop calls late.
    package init(
        named: [Order],
        namesNumber: Bool,
        owned: [Order],
        writer: String,
        reading: Reading,
        now: Date,
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
            order = (open.isEmpty ? recent : open).max {
                ($0.placed ?? .distantPast) < ($1.placed ?? .distantPast)
            }
        }
        guard let order else {
            situation = owned.isEmpty ? .unknownOrder : nil
            return
        }
        // Who names two orders of which one is somebody else's learns nothing about either.
        belongsToWriter = (namesNumber ? named : [order]).allSatisfy { $0.belongs(to: writer) }
        others.removeAll { !$0.belongs(to: writer) }
        situation = others.count > 1 ? .severalOpen : order.situation(at: now, by: promise)
        // Among several the one in trouble decides: no list may hide it.
        if let trouble = others.first(where: { $0.situation(at: now, by: promise).isTrouble }) {
            self.order = trouble
            situation = trouble.situation(at: now, by: promise)
        }
        let disputes = reading.intents.contains { $0.name == "not_received" && $0.score >= Facts.presence }
        if situation == .delivered, disputes { situation = .deliveredDisputed }
    }
}

extension Situation {
    /// Whether something went wrong that a person has to look at.
    package var isTrouble: Bool {
        switch self {
        case .preparationLate, .stalled, .exception, .returnedToSender, .deliveredDisputed: true
        default: false
        }
    }

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
