// SPDX-License-Identifier: MIT
package import FoundationEssentials

/// One shipment of an order.
package struct Parcel: Sendable, Hashable, Codable {
    /// A short lower-case name, such as `dhl`; see ``Carrier``.
    package var carrier: String?
    package var tracking: String?
    package var status: Status
    /// When ``status`` became true.
    package var at: Date?
    /// The day the carrier announced for delivery.
    package var expected: Day?
    /// The articles in it, by `sku`; empty means: not told, so all of them.
    package var items: [String]
    package var events: [Event]

    package enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case labelMade = "label_made", handedOver = "handed_over", moving, stalled, exception
        case outForDelivery = "out_for_delivery", readyForPickup = "ready_for_pickup", delivered, returned
    }

    /// Something the carrier saw.
    package struct Event: Sendable, Hashable, Codable {
        package var at: Date?
        package var code: String?
        package var text: String?
        package var place: String?

        package init(at: Date? = nil, code: String? = nil, text: String? = nil, place: String? = nil) {
            self.at = at
            self.code = code
            self.text = text
            self.place = place
        }
    }

    package init(
        carrier: String? = nil,
        tracking: String? = nil,
        status: Status,
        at: Date? = nil,
        expected: Day? = nil,
        items: [String] = [],
        events: [Event] = []
    ) {
        self.carrier = carrier
        self.tracking = tracking
        self.status = status
        self.at = at
        self.expected = expected
        self.items = items
        self.events = events
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        carrier = try fields.decodeIfPresent(String.self, forKey: .carrier)
        tracking = try fields.decodeIfPresent(String.self, forKey: .tracking)
        status = try fields.decode(Status.self, forKey: .status)
        at = try fields.decodeIfPresent(Date.self, forKey: .at)
        expected = try fields.decodeIfPresent(Day.self, forKey: .expected)
        items = try fields.decodeIfPresent([String].self, forKey: .items) ?? []
        events = try fields.decodeIfPresent([Event].self, forKey: .events) ?? []
    }

    /// The newest thing the carrier saw; its events may come in any order.
    package var lastEvent: Event? {
        events.filter { $0.at != nil }
            .max { ($0.at ?? .distantPast) < ($1.at ?? .distantPast) }
    }

    /// When anything was last heard of it.
    package var lastSeen: Date? {
        [at, lastEvent?.at].compactMap { $0 }.max()
    }
}
