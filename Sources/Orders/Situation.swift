// SPDX-License-Identifier: MIT
package import FoundationEssentials

/// Where an order stands, which decides what may be said about it.
///
/// Of the order alone exactly one situation holds. ``deliveredDisputed``, ``severalOpen`` and ``unknownOrder``
/// need the message as well and are joined in `Rules`.
package enum Situation: String, Sendable, Hashable, Codable, CaseIterable {
    case awaitingPayment = "awaiting_payment"
    case inPreparation = "in_preparation"
    case preparationLate = "preparation_late"
    case labelMade = "label_made"
    case handedOver = "handed_over"
    case moving, stalled, exception
    case outForDelivery = "out_for_delivery"
    case readyForPickup = "ready_for_pickup"
    case delivered
    case returnedToSender = "returned_to_sender"
    case partlyShipped = "partly_shipped"
    case cancelled, refunded
    case deliveredDisputed = "delivered_disputed"
    case severalOpen = "several_open"
    case unknownOrder = "unknown_order"
}

/// What the shop promises its customers, by which "late" is measured.
package struct ShopPromise: Sendable, Hashable {
    /// Working days from the order (or its payment) to the carrier, unless the order names a day.
    package var handlingDays: Int
    /// A parcel of which nothing was heard for longer counts as stalled.
    package var stalledAfter: Duration
    package var calendar: ShopCalendar

    package init(handlingDays: Int = 2, stalledAfter: Duration = .seconds(5 * 86_400), calendar: ShopCalendar)
    {
        self.handlingDays = handlingDays
        self.stalledAfter = stalledAfter
        self.calendar = calendar
    }
}

extension Order {
    /// The one situation this order is in at `now`.
    ///
    /// Trouble comes before progress: of several parcels the one that needs a person decides. An order that
    /// is said to be completed but shows no parcel, or whose payments do not add up, is an
    /// ``Situation/exception``: nothing can be stated.
    package func situation(at now: Date, by promise: ShopPromise) -> Situation {
        if status == .cancelled { return .cancelled }
        if isRefunded { return .refunded }
        guard !parcels.isEmpty else { return situationBeforeShipping(at: now, by: promise) }

        let states = Set(parcels.map { $0.situation(at: now, by: promise) })
        for trouble in [Situation.returnedToSender, .exception, .stalled] where states.contains(trouble) {
            return trouble
        }
        // A label is not a shipment: while nothing else is under way, nothing is.
        if states == [.labelMade] { return .labelMade }
        if !unshippedItems.isEmpty {
            // What still waits has the shop's word too.
            let isLate = shippingDue(by: promise).map { promise.calendar.day(of: now) > $0 } ?? true
            return isLate ? .preparationLate : .partlyShipped
        }
        if states.count > 1 { return .partlyShipped }
        return states.first ?? .exception
    }

    /// The last day on which the shop may hand it over without breaking its word; `nil` if nothing tells.
    package func shippingDue(by promise: ShopPromise) -> Day? {
        if let expectedShipping { return expectedShipping }
        let paid = payments.filter { $0.status == .paid }.compactMap(\.at).max()
        guard let start = [placed, paid].compactMap({ $0 }).max() else { return nil }
        return promise.calendar.day(promise.handlingDays, workingDaysAfter: promise.calendar.day(of: start))
    }

    /// The articles that are in no parcel yet; empty while a parcel does not say what it holds.
    package var unshippedItems: [Item] {
        guard parcels.allSatisfy({ !$0.items.isEmpty }) else { return [] }
        let shipped = Set(parcels.flatMap(\.items))
        return items.filter { item in item.sku.map { !shipped.contains($0) } ?? false }
    }

    private var isRefunded: Bool {
        // A card that was declined before the money came by another way says nothing.
        let made = payments.filter { $0.status != .failed }
        if !made.isEmpty, made.allSatisfy({ $0.status == .refunded }) { return true }
        guard let total = total.flatMap({ Self.decimal($0.amount) }), total > 0 else { return false }
        return refunds.reduce(Decimal(0)) { $0 + (Self.decimal($1.amount) ?? 0) } >= total
    }

    /// A decimal number with a point; `nil` for anything else, of which `Decimal` would read the beginning.
    private static func decimal(_ text: String) -> Decimal? {
        let digits = text.utf8.drop { $0 == UInt8(ascii: "-") }
        let isNumber = digits.allSatisfy { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
        guard isNumber, digits.count + 1 >= text.utf8.count,
            digits.count(where: { $0 == UInt8(ascii: ".") }) <= 1
        else {
            return nil
        }
        return Decimal(string: text)
    }

    /// Whether the shop has its money, as far as the payments tell; `nil` where they contradict each other.
    private var isPaid: Bool? {
        let paid = payments.filter { $0.status == .paid }
        // Money that came and went back is neither.
        if paid.isEmpty { return payments.contains { $0.status == .refunded } ? nil : payments.isEmpty }
        let amounts = paid.compactMap { $0.amount.flatMap(Self.decimal) }
        guard amounts.count == paid.count, let total = total.flatMap({ Self.decimal($0.amount) }) else {
            return true
        }
        return amounts.reduce(0, +) >= total ? true : nil
    }

    private func situationBeforeShipping(at now: Date, by promise: ShopPromise) -> Situation {
        if status == .completed { return .exception }
        guard let isPaid else { return .exception }
        if !isPaid { return .awaitingPayment }
        guard let due = shippingDue(by: promise) else { return .exception }
        return promise.calendar.day(of: now) > due ? .preparationLate : .inPreparation
    }
}

extension Parcel {
    /// The situation of this parcel alone.
    package func situation(at now: Date, by promise: ShopPromise) -> Situation {
        switch status {
        case .labelMade: .labelMade
        case .stalled: .stalled
        case .exception: .exception
        case .readyForPickup: .readyForPickup
        case .delivered: .delivered
        case .returned: .returnedToSender
        case .handedOver: isOverdue(at: now, by: promise) ? .stalled : .handedOver
        case .moving: isOverdue(at: now, by: promise) ? .stalled : .moving
        case .outForDelivery: isOverdue(at: now, by: promise) ? .stalled : .outForDelivery
        }
    }

    /// Whether its announced day has passed, or nothing was heard of it for too long, or ever.
    private func isOverdue(at now: Date, by promise: ShopPromise) -> Bool {
        if let expected, promise.calendar.day(of: now) > expected { return true }
        guard let lastSeen else { return true }
        return now.timeIntervalSince(lastSeen) > Double(promise.stalledAfter.components.seconds)
    }
}
