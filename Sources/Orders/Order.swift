// SPDX-License-Identifier: MIT
package import FoundationEssentials

/// What a customer bought, as the shop's own system tells it.
///
/// The stored form is one line of the orders file (JSON). What a system does not say is absent and never
/// guessed. Amounts are decimal text, so that nothing is rounded on the way.
package struct Order: Sendable, Hashable, Codable {
    package var number: String
    /// The system it came from, such as `files`.
    package var platform: String
    package var placed: Date?
    package var status: Status
    package var customer: Customer
    package var total: Money?
    package var tax: [Tax]
    package var items: [Item]
    package var payments: [Payment]
    package var refunds: [Refund]
    package var returns: [Return]
    package var parcels: [Parcel]
    /// The day (`2026-11-24`) or the time by which the shop wants to hand it over.
    package var expectedShipping: Day?
    /// When the system last looked at these facts; their age in every answer.
    package var updated: Date?

    package enum Status: String, Sendable, Hashable, Codable, CaseIterable {
        case open, cancelled, completed
    }

    package init(number: String, platform: String = "files", status: Status = .open, customer: Customer) {
        self.number = number
        self.platform = platform
        self.status = status
        self.customer = customer
        tax = []
        items = []
        payments = []
        refunds = []
        returns = []
        parcels = []
    }

    /// Reads the stored form; times are RFC 3339.
    package static let decoder: JSONDecoder = {
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        return decoder
    }()

    /// The keys of the stored form.
    package enum CodingKeys: String, CodingKey, CaseIterable {
        case number, platform, placed, status, customer, total, tax, items, payments, refunds, returns,
            parcels
        case expectedShipping = "expected_shipping"
        case updated
    }

    package init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        number = try fields.decode(String.self, forKey: .number)
        platform = try fields.decodeIfPresent(String.self, forKey: .platform) ?? "files"
        placed = try fields.decodeIfPresent(Date.self, forKey: .placed)
        status = try fields.decodeIfPresent(Status.self, forKey: .status) ?? .open
        customer = try fields.decodeIfPresent(Customer.self, forKey: .customer) ?? Customer()
        total = try fields.decodeIfPresent(Money.self, forKey: .total)
        tax = try fields.decodeIfPresent([Tax].self, forKey: .tax) ?? []
        items = try fields.decodeIfPresent([Item].self, forKey: .items) ?? []
        payments = try fields.decodeIfPresent([Payment].self, forKey: .payments) ?? []
        refunds = try fields.decodeIfPresent([Refund].self, forKey: .refunds) ?? []
        returns = try fields.decodeIfPresent([Return].self, forKey: .returns) ?? []
        parcels = try fields.decodeIfPresent([Parcel].self, forKey: .parcels) ?? []
        expectedShipping = try fields.decodeIfPresent(Day.self, forKey: .expectedShipping)
        updated = try fields.decodeIfPresent(Date.self, forKey: .updated)
    }
}

extension Order {
    /// Whose order it is, as the shop knows it.
    package struct Customer: Sendable, Hashable, Codable {
        package var name: String?
        /// The address that may be told about the order.
        package var email: String?
        /// The marketplace's alias for it, which may be told as well.
        package var relay: String?
        /// ISO 639-1.
        package var language: String?

        package init(
            name: String? = nil,
            email: String? = nil,
            relay: String? = nil,
            language: String? = nil
        ) {
            self.name = name
            self.email = email
            self.relay = relay
            self.language = language
        }
    }

    /// An amount in one currency.
    package struct Money: Sendable, Hashable, Codable {
        /// A decimal number with a point, such as `59.80`.
        package var amount: String
        /// ISO 4217.
        package var currency: String

        package init(amount: String, currency: String) {
            self.amount = amount
            self.currency = currency
        }
    }

    /// A share of tax in the total.
    package struct Tax: Sendable, Hashable, Codable {
        /// Per cent, such as `19`.
        package var rate: String
        package var amount: String

        package init(rate: String, amount: String) {
            self.rate = rate
            self.amount = amount
        }
    }

    /// One line of the order.
    package struct Item: Sendable, Hashable, Codable {
        package var sku: String?
        package var name: String
        package var quantity: Int
        package var price: String?

        package init(sku: String? = nil, name: String, quantity: Int = 1, price: String? = nil) {
            self.sku = sku
            self.name = name
            self.quantity = quantity
            self.price = price
        }

        package init(from decoder: any Decoder) throws {
            let fields = try decoder.container(keyedBy: CodingKeys.self)
            sku = try fields.decodeIfPresent(String.self, forKey: .sku)
            name = try fields.decode(String.self, forKey: .name)
            quantity = try fields.decodeIfPresent(Int.self, forKey: .quantity) ?? 1
            price = try fields.decodeIfPresent(String.self, forKey: .price)
        }
    }

    package struct Payment: Sendable, Hashable, Codable {
        package enum Status: String, Sendable, Hashable, Codable {
            case pending, paid, failed, refunded
        }
        package var id: String?
        package var status: Status
        package var amount: String?
        package var at: Date?
        package var method: String?
        package var link: String?

        package init(status: Status, amount: String? = nil, at: Date? = nil, method: String? = nil) {
            self.status = status
            self.amount = amount
            self.at = at
            self.method = method
        }
    }

    package struct Refund: Sendable, Hashable, Codable {
        package enum Status: String, Sendable, Hashable, Codable {
            case announced, booked
        }
        package var amount: String
        package var at: Date?
        package var status: Status

        package init(amount: String, at: Date? = nil, status: Status) {
            self.amount = amount
            self.at = at
            self.status = status
        }
    }

    package struct Return: Sendable, Hashable, Codable {
        package enum Status: String, Sendable, Hashable, Codable {
            case requested, labelSent = "label_sent", shippedBack = "shipped_back", received, closed
        }
        package var rma: String?
        package var status: Status
        package var at: Date?

        package init(rma: String? = nil, status: Status, at: Date? = nil) {
            self.rma = rma
            self.status = status
            self.at = at
        }
    }
}

extension Order {
    /// Whether order details may be told to this address: the one on the order, or its relay alias.
    ///
    /// Compared whole and without regard to the case of A to Z; no aliases are guessed. Signs that only look
    /// alike, such as the Kelvin sign for a `k`, are another address. Nothing belongs to an empty one.
    package func belongs(to address: String) -> Bool {
        guard !address.isEmpty else { return false }
        return [customer.email, customer.relay].contains { known in
            known.map { Self.isSame($0.utf8, address.utf8) } ?? false
        }
    }

    private static func isSame(_ left: String.UTF8View, _ right: String.UTF8View) -> Bool {
        func small(_ byte: UInt8) -> UInt8 {
            (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
        }
        return left.lazy.map(small).elementsEqual(right.lazy.map(small))
    }
}
