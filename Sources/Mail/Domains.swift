// SPDX-License-Identifier: MIT

/// Domains compared by who owns them.
enum Domains {
    /// Whether two domains, or addresses, belong to one organisation: DMARC's relaxed alignment.
    static func areAligned(_ one: String, _ other: String) -> Bool {
        let first = organisation(one)
        return !first.isEmpty && first == organisation(other)
    }

    /// The domain one label below the public suffix.
    ///
    /// Suffixes of two labels are recognised by the table; all others are taken for one label. An unlisted
    /// suffix of two labels would make strangers under it look aligned, hence the table's width.
    static func organisation(_ name: String) -> String {
        var domain = Array(name.utf8)
        if domain.contains(where: { $0 >= 0x80 }) { domain = Array(name.lowercased().utf8) }
        if let at = domain.lastIndex(of: 0x40) { domain.removeFirst(at + 1) }
        while domain.last == 0x2E { domain.removeLast() }
        let labels = domain.map(\.asciiLowercased).split(separator: 0x2E, omittingEmptySubsequences: false)
            .map { String(decoding: $0, as: UTF8.self) }
        guard labels.count >= 2, !labels.contains("") else { return "" }
        let second = labels[labels.count - 2]
        let lastTwo = second + "." + labels[labels.count - 1]
        guard isSuffix(second, labels[labels.count - 1]) || hosts.contains(lastTwo) else { return lastTwo }
        return labels.count > 2 ? labels[labels.count - 3] + "." + lastTwo : ""
    }

    /// `co.uk`, `com.au`, …: generic second-level names under country codes.
    private static func isSuffix(_ second: String, _ top: String) -> Bool {
        top.utf8.count == 2 && generic.contains(second) && !open.contains(top)
    }

    private static let generic: Set<String> = [
        "ac", "asn", "co", "com", "edu", "gen", "go", "gob", "gov", "gouv", "gv", "id", "ind", "info", "ltd",
        "me",
        "med", "mil", "my", "name", "ne", "net", "nhs", "nom", "or", "org", "plc", "police", "priv", "sch",
        "web",
    ]

    /// Country codes that register names directly below them, also such short ones.
    private static let open: Set<String> = [
        "de", "ch", "nl", "be", "dk", "se", "no", "fi", "eu", "cz", "li", "lu", "us", "ca", "io",
    ]

    /// Providers below whose domain strangers get names of their own.
    private static let hosts: Set<String> = [
        "de.com", "uk.com", "eu.com", "us.com", "gb.net", "co.com", "com.de", "github.io", "blogspot.com",
        "myshopify.com", "onmicrosoft.com", "herokuapp.com", "web.app", "dyndns.org", "ddns.net",
        "selfhost.eu",
    ]

    /// Whether a `Received` field tells of a hop from another organisation than the one that wrote it.
    static func isForeignHop(_ received: String) -> Bool {
        var words = received.lowercased().split { $0 == " " || $0 == "(" || $0 == ")" || $0 == ";" }[...]
        var sender: String?
        var receiver: String?
        while let word = words.popFirst() {
            if word == "from", sender == nil, receiver == nil { sender = words.first.map(String.init) }
            if word == "by", receiver == nil { receiver = words.first.map(String.init) }
        }
        // Without "from" a server speaks of itself.
        guard let sender else { return false }
        guard let receiver else { return true }
        return !areAligned(sender, receiver)
    }
}
