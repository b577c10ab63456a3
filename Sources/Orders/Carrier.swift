// SPDX-License-Identifier: MIT

/// A parcel service as customers know it.
package struct Carrier: Sendable, Hashable {
    /// The short name in orders, such as `dhl`.
    package var key: String
    /// As it is written in letters.
    package var name: String
    private var linkTemplate: String?

    /// The carrier with this short name; an unknown one is shown as the shop writes it, without a link.
    package init(_ key: String) {
        let known = Self.table[key.lowercased()]
        self.key = key.lowercased()
        name = known?.name ?? key
        linkTemplate = known?.link
    }

    /// Where the customer can follow the parcel; `nil` where no public page is known.
    ///
    /// A tracking number with anything but letters, digits and `-` gives no link: it would be somebody's text
    /// inside an address that customers trust.
    package func link(for tracking: String) -> String? {
        let tracking = tracking.filter { $0 != " " }
        guard let linkTemplate, !tracking.isEmpty, tracking.utf8.allSatisfy(Self.isPlain) else { return nil }
        let parts = linkTemplate.split(separator: "#", omittingEmptySubsequences: false)
        return parts.joined(separator: tracking)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Name and tracking page; `#` stands for the number.
    private static let table: [String: (name: String, link: String?)] = [
        "dhl": ("DHL", "https://www.dhl.de/de/privatkunden/dhl-sendungsverfolgung.html?piececode=#"),
        "dpd": ("DPD", "https://tracking.dpd.de/status/de_DE/parcel/#"),
        "gls": ("GLS", "https://gls-group.com/DE/de/paketverfolgung?match=#"),
        "hermes": ("Hermes", "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation/#"),
        "ups": ("UPS", "https://www.ups.com/track?tracknum=#"),
        "fedex": ("FedEx", "https://www.fedex.com/fedextrack/?trknbr=#"),
        "deutsche_post": (
            "Deutsche Post",
            "https://www.deutschepost.de/de/s/sendungsverfolgung.html?piececode=#"
        ),
        "post_at": ("Österreichische Post", "https://www.post.at/sv/sendungsdetails?snr=#"),
        "post_ch": ("Schweizerische Post", "https://service.post.ch/ekp-web/ui/entry/search/#"),
    ]
}
