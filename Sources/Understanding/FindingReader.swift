// SPDX-License-Identifier: MIT

/// Finds the facts that a text names: order and tracking numbers first, amounts, dates and account numbers
/// too.
///
/// Order numbers follow the shop's own patterns and those of the marketplaces, tracking numbers those of the
/// carriers, with their check digits where there are any. A number that belongs to a telephone, a postcode, a
/// price or a date is none, unless the writer calls it an order number. What the writer calls an order number
/// is one whatever its shape, so that a shop whose patterns are not set up yet finds its orders, too.
struct FindingReader: Sendable {
    /// More facts than this are not looked for in one text.
    private static let limit = 200

    private let orders: [Pattern]

    /// With the shop's own patterns for order numbers, in RE2's syntax, such as `\d{4}-\d{4,6}`.
    ///
    /// - Throws: ``PatternError`` for the first pattern that is not valid.
    init(orderNumberPatterns: [String]) throws(PatternError) {
        var orders: [Pattern] = []
        for pattern in orderNumberPatterns { orders.append(try Pattern(pattern, ignoringCase: true)) }
        self.orders = orders
    }

    /// The findings in `text`, in its order; offsets are bytes of its UTF-8.
    func findings(in text: UnsafeBufferPointer<UInt8>) -> [Reading.Finding] {
        guard text.contains(where: { (0x30...0x39).contains($0) }) else { return [] }
        var search = Search(text: text)
        search.add(NumberShapes.iban, .iban) { CheckDigits.isIBAN($0) }
        search.add(NumberShapes.amazon, .orderNumber)
        for shape in NumberShapes.tracking {
            search.add(shape.pattern, .trackingNumber) { shape.isValid($0) }
        }
        let dates = NumberShapes.date.matches(in: text, limit: Self.limit).map(\.whole)
        let amounts = NumberShapes.amount.matches(in: text, limit: Self.limit).map(\.whole)
        let others = [NumberShapes.phone, NumberShapes.postcode, NumberShapes.measure].map {
            $0.matches(in: text, limit: Self.limit).map(\.group)
        }
        for pattern in orders { search.addOrders(pattern, avoiding: dates + amounts + others.joined()) }
        search.add(NumberShapes.ebay, .orderNumber)
        for shape in NumberShapes.namedTracking { search.add(shape, .trackingNumber) }
        // A name may follow an order number as the town follows its postcode.
        search.addCalled(avoiding: dates + amounts + others[0] + others[2], postcodes: others[1])
        search.add(NumberShapes.date, .date)
        search.add(NumberShapes.amount, .amount)
        return search.found.sorted { $0.start < $1.start }
    }

    private struct Search {
        let text: UnsafeBufferPointer<UInt8>
        var found: [Reading.Finding] = []

        mutating func add(
            _ pattern: Pattern,
            _ kind: Reading.Finding.Kind,
            where isValid: (String) -> Bool = { _ in true }
        ) {
            for match in pattern.matches(in: text, limit: limit) {
                let place = match.group
                let written = string(place)
                let value = Self.value(of: written, kind)
                guard stands(place), !overlaps(place), isValid(value) else { continue }
                // A reading is kept and shown; an account number must not be.
                let shown = kind == .iban ? CheckDigits.masked(value) : nil
                add(kind, place, shown ?? written, shown ?? value)
            }
        }

        mutating func addOrders(_ pattern: Pattern, avoiding others: [Range<Int>]) {
            for match in pattern.matches(in: text, limit: limit) {
                let place = match.group
                guard stands(place), !overlaps(place) else { continue }
                let before = string(max(0, place.lowerBound - 32)..<place.lowerBound).lowercased()
                let words = before.split(whereSeparator: \.isNewline).last.map(String.init) ?? ""
                guard !Self.callsForPhone(words) else { continue }
                if !Self.callsForOrder(words), others.contains(where: { $0.overlaps(place) }) { continue }
                let whole = (place.lowerBound - prefixLength(before: place.lowerBound))..<place.upperBound
                add(.orderNumber, whole, string(whole), Self.value(of: string(place), .orderNumber))
            }
        }

        /// Adds the numbers that are orders' by the words around them.
        mutating func addCalled(avoiding others: [Range<Int>], postcodes: [Range<Int>]) {
            for match in NumberShapes.calledOrder.matches(in: text, limit: limit) {
                addCalled(match.group, digits: 3, avoiding: others)
            }
            for match in NumberShapes.orderNumber.matches(in: text, limit: limit)
            where !isYear(match.group) && !isVerb(match.whole) {
                addCalled(match.group, digits: 4, avoiding: others)
            }
            for match in NumberShapes.labelled.matches(in: text, limit: limit) where isNearOrder(match) {
                addCalled(match.group, digits: 3, avoiding: others + postcodes)
            }
        }

        private mutating func addCalled(_ place: Range<Int>, digits: Int, avoiding others: [Range<Int>]) {
            guard stands(place), !overlaps(place), !others.contains(where: { $0.overlaps(place) }),
                (digits...24).contains(text[place].count(where: isDigit)), place.count <= 32, !isDate(place)
            else { return }
            let whole = (place.lowerBound - prefixLength(before: place.lowerBound))..<place.upperBound
            add(.orderNumber, whole, string(whole), Self.value(of: string(place), .orderNumber))
        }

        /// Whether it is a year: "Bestellung 2026".
        private func isYear(_ place: Range<Int>) -> Bool {
            place.count == 4 && ["19", "20"].contains(string(place).prefix(2))
                && text[place].allSatisfy(isDigit)
        }

        /// Whether it is a date such as `3-11-2026`.
        private func isDate(_ place: Range<Int>) -> Bool {
            let parts = string(place).split { $0 == "-" || $0 == "/" }
            return parts.count == 3 && parts[0].count <= 2 && parts[1].count <= 2
                && [2, 4].contains(parts[2].count) && parts.joined().allSatisfy(\.isNumber)
        }

        /// Whether "order" is something to do: "I'd like to order 1500 flyers".
        private func isVerb(_ place: Range<Int>) -> Bool {
            guard string(place).lowercased().contains("order") else { return false }
            let words = line(before: place.lowerBound + 1, 24).split { !$0.isLetter }
            return words.last.map {
                ["to", "i", "we", "you", "they", "can", "could", "will", "would", "please", "may", "d", "ll"]
                    .contains($0)
            } ?? false
        }

        /// Whether a labelled number stands on one line with a word for an order, and is not called anything
        /// else.
        private func isNearOrder(_ match: Pattern.Match) -> Bool {
            let before = line(before: match.group.lowerBound, 64)
            let named = before.split { !$0.isLetter }.suffix(3)
            guard !named.contains(where: { word in Self.otherNumbers.contains { word.hasPrefix($0) } }) else {
                return false
            }
            var end = match.group.upperBound
            while end < text.count, end < match.group.upperBound + 40, text[end] != 0x0A { end += 1 }
            var start = match.group.lowerBound
            while start > 0, start > match.group.lowerBound - 64, text[start - 1] != 0x0A { start -= 1 }
            let around = UnsafeBufferPointer(rebasing: text[start..<end])
            return !NumberShapes.orderWord.matches(in: around, limit: 1).isEmpty
        }

        /// Beginnings of words that say that a number is of another kind.
        private static let otherNumbers = [
            "rechnung", "kunde", "artikel", "tel", "fon", "handy", "mobil", "fax", "sendung", "paket",
            "vertrag",
            "konto", "haus", "modell", "mitglied", "gutschein", "retour", "rück", "ruck", "serie", "steuer",
            "ust",
            "plz", "teil", "invoice", "customer", "client", "account", "item", "article", "phone", "mobile",
            "tracking", "parcel", "package", "contract", "model", "member", "voucher", "coupon", "return",
            "rma",
            "serial", "vat", "part", "postcode", "zip", "flat", "unit", "house", "ticket",
        ]

        /// The small letters of a line before a place, at most `count` bytes.
        private func line(before place: Int, _ count: Int) -> String {
            let words = string(max(0, place - count)..<place).lowercased()
            return words.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).last
                .map(String.init) ?? ""
        }

        private mutating func add(
            _ kind: Reading.Finding.Kind,
            _ place: Range<Int>,
            _ written: String,
            _ value: String
        ) {
            guard found.count < limit else { return }
            found.append(
                Reading.Finding(
                    kind: kind,
                    text: written,
                    value: value,
                    start: place.lowerBound,
                    end: place.upperBound
                )
            )
        }

        private func overlaps(_ place: Range<Int>) -> Bool {
            found.contains { $0.start < place.upperBound && place.lowerBound < $0.end }
        }

        private func string(_ place: Range<Int>) -> String {
            String(decoding: text[place], as: UTF8.self)
        }

        /// Whether the place is no part of a longer number or word.
        private func stands(_ place: Range<Int>) -> Bool {
            if place.lowerBound > 0 {
                let before = text[place.lowerBound - 1]
                if isWord(before) { return false }
                let joins = [0x2D, 0x2E, 0x2C, 0x2F, 0x2B].contains(before)
                if joins, before == 0x2B || place.lowerBound > 1 && isDigit(text[place.lowerBound - 2]) {
                    return false
                }
            }
            guard place.upperBound < text.count else { return true }
            let after = text[place.upperBound]
            if isWord(after) { return false }
            let joins = [0x2D, 0x2E, 0x2C, 0x2F].contains(after)
            return !(joins && place.upperBound + 1 < text.count && isDigit(text[place.upperBound + 1]))
        }

        private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
        private func isWord(_ byte: UInt8) -> Bool { isDigit(byte) || (0x61...0x7A).contains(byte | 0x20) }

        /// The bytes of `#`, `Nr.` or `No.` before a number, which are shown with it.
        private func prefixLength(before place: Int) -> Int {
            let from = max(0, place - 8)
            let before = UnsafeBufferPointer(rebasing: text[from..<place])
            guard let match = NumberShapes.prefix.matches(in: before, limit: 1).first else { return 0 }
            return match.group.count
        }

        private static func callsForPhone(_ before: String) -> Bool {
            if before.hasSuffix("+") { return true }
            let words = before.split { !$0.isLetter }.suffix(2)
            return words.contains { word in
                ["tel", "fon", "phone", "mobil", "handy", "fax", "whatsapp"].contains { word.hasPrefix($0) }
            }
        }

        private static func callsForOrder(_ before: String) -> Bool {
            ["bestell", "auftrag", "order", "nr", "nummer", "number", "no.", "#", "vorgang", "purchase"]
                .contains {
                    before.contains($0)
                }
        }

        private static func value(of written: String, _ kind: Reading.Finding.Kind) -> String {
            switch kind {
            case .amount, .date: written.split(whereSeparator: \.isWhitespace).joined(separator: " ")
            default: written.filter { !$0.isWhitespace && $0 != "#" }.uppercased()
            }
        }
    }
}
