// SPDX-License-Identifier: MIT
import FoundationEssentials
import Mail
import Orders
package import Rules

/// The values an answer may state, each bound to a field of the order or to the message.
///
/// A name without a value is absent; nothing is filled in by guessing. Days and times are written in the
/// letter's language and the shop's time zone.
package struct LetterFields: Sendable {
    /// Every name that a template may use anywhere, for complaints about others.
    package static let names = [
        "name", "subject", "shop", "as_of",
        "order.number", "order.placed", "order.items", "order.total", "order.ships_by",
        "parcel.carrier", "parcel.tracking", "parcel.link", "parcel.handed_over", "parcel.expected",
        "parcel.last_time", "parcel.last_place", "parcel.last_text", "parcel.delivered",
        "payment.method", "payment.link",
        "parcels", "waiting_items", "orders",
    ]

    /// The further names inside the section of a list.
    package static let entryNames = [
        "parcels": ["carrier", "tracking", "link", "items", "state"],
        "orders": ["number", "placed", "items", "state", "link"],
    ]

    private var values: [String: String] = [:]
    private var lists: [String: [[String: String]]] = [:]

    /// The fields for one message, its order, and one language.
    package init(for facts: Facts, shop: Shop, language: String) {
        let writing = DateWriting(language: language, calendar: shop.promise.calendar, now: facts.now)
        values["shop"] = shop.name
        let subject = Self.plain(facts.message.baseSubject)
        values["subject"] =
            subject.isEmpty ? Wording(language: language).either("Ihre Nachricht", "Your message") : subject
        guard let order = facts.order.order else { return }
        values["name"] = order.customer.name.flatMap(Self.filled)
        values["as_of"] = Self.oldest(of: [order] + facts.order.others).map(writing.moment)
        values["order.number"] = Self.filled(order.number)
        values["order.placed"] = order.placed.map { writing.day(shop.promise.calendar.day(of: $0)) }
        values["order.items"] = Self.list(order.items)
        values["order.total"] = order.total.map { Self.money($0, language: language) }
        values["order.ships_by"] = order.shippingDue(by: shop.promise).map(writing.weekday)
        let payment =
            order.payments.last { $0.status == .pending } ?? order.payments.last { $0.status == .failed }
        values["payment.method"] = payment?.method.flatMap(Self.filled)
        values["payment.link"] = payment?.link.flatMap(Self.filled)
        if order.parcels.count == 1, let parcel = order.parcels.first {
            setParcel(parcel, writing)
        }
        let wording = Wording(language: language)
        lists["parcels"] = order.parcels.map { parcel in
            var entry = Self.parcelValues(parcel, writing)
            entry["state"] = wording.situation(parcel.situation(at: facts.now, by: shop.promise))
            let names = order.items.filter { $0.sku.map(parcel.items.contains) ?? false }
            entry["items"] = Self.list(names)
            return entry
        }
        if !order.unshippedItems.isEmpty { values["waiting_items"] = Self.list(order.unshippedItems) }
        lists["orders"] = facts.order.others.map { other in
            var entry: [String: String] = [:]
            entry["number"] = Self.filled(other.number)
            entry["placed"] = other.placed.map { writing.day(shop.promise.calendar.day(of: $0)) }
            entry["items"] = Self.list(other.items)
            entry["state"] = wording.situation(other.situation(at: facts.now, by: shop.promise))
            entry["link"] = other.parcels.first.flatMap { parcel in Self.parcelValues(parcel, writing)["link"]
            }
            return entry
        }
    }

    /// Whether this name has a value, or a list at least one entry.
    package func has(_ name: String) -> Bool {
        values[name] != nil || !(lists[name] ?? []).isEmpty
    }

    /// These fields as they are seen inside each entry of a list; `nil` if the name is none.
    func entries(of name: String) -> [LetterFields]? {
        lists[name]?.map { entry in
            var inner = self
            inner.values.merge(entry) { _, new in new }
            return inner
        }
    }

    /// The oldest of the times at which the orders were looked at; `nil` if one of them does not say.
    private static func oldest(of orders: [Order]) -> Date? {
        let times = orders.compactMap(\.updated)
        return times.count == orders.count ? times.min() : nil
    }

    /// The values nested by the dots of their names, as templates read them.
    var tree: [String: Any] {
        var tree: [String: Any] = [:]
        for (name, value) in values {
            let parts = name.split(separator: ".").map(String.init)
            if parts.count == 2 {
                var inner = tree[parts[0]] as? [String: Any] ?? [:]
                inner[parts[1]] = value
                tree[parts[0]] = inner
            } else {
                tree[name] = value
            }
        }
        for (name, entries) in lists where !entries.isEmpty { tree[name] = entries }
        return tree
    }

    private mutating func setParcel(_ parcel: Parcel, _ writing: DateWriting) {
        for (name, value) in Self.parcelValues(parcel, writing) { values["parcel." + name] = value }
        // The first event is often only the announcement, and later states overwrite the time.
        if parcel.status == .handedOver { values["parcel.handed_over"] = parcel.at.map(writing.weekdayOf) }
        values["parcel.expected"] = parcel.expected.map(writing.weekday)
        if let event = parcel.lastEvent {
            values["parcel.last_time"] = event.at.map(writing.moment)
            values["parcel.last_place"] = event.place.flatMap(Self.filled)
            values["parcel.last_text"] = event.text.flatMap(Self.filled)
        }
        if parcel.status == .delivered { values["parcel.delivered"] = parcel.at.map(writing.moment) }
    }

    private static func parcelValues(_ parcel: Parcel, _ writing: DateWriting) -> [String: String] {
        var values: [String: String] = [:]
        values["tracking"] = parcel.tracking.flatMap(filled)
        if let carrier = parcel.carrier.map(Carrier.init) {
            values["carrier"] = filled(carrier.name)
            values["link"] = parcel.tracking.flatMap(carrier.link(for:))
        }
        return values
    }

    /// The plain text, or `nil` where nothing can be seen in it: an empty field is a missing one.
    private static func filled(_ text: String) -> String? {
        let words = plain(text).split(separator: " ")
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    /// One line without control characters: nothing an order holds can add a line to a letter.
    static func plain(_ text: String) -> String {
        var plain = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: plain.append(" ")
            case .format: continue
            default: plain.append(scalar)
            }
        }
        return String(plain)
    }

    private static func list(_ items: [Order.Item]) -> String? {
        guard !items.isEmpty else { return nil }
        return items.map { $0.quantity == 1 ? plain($0.name) : "\(plain($0.name)) (\($0.quantity))" }
            .joined(separator: ", ")
    }

    static func money(_ money: Order.Money, language: String) -> String {
        let decimal = plain(money.amount)
        let amount = language == "de" ? decimal.replacing(".", with: ",") : decimal
        return money.currency == "EUR" ? "\(amount) €" : "\(amount) \(plain(money.currency))"
    }
}
