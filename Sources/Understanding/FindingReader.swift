// SPDX-License-Identifier: MIT

/// Finds the facts that a text names: order and tracking numbers first, amounts, dates and account numbers
/// too.
///
/// Order numbers follow the shop's own patterns and those of the marketplaces, tracking numbers those of the
/// carriers, with their check digits where there are any. A number that belongs to a telephone, a postcode, a
/// price or a date is none, unless the writer calls it an order number.
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
        let others = [NumberShapes.phone, NumberShapes.postcode, NumberShapes.measure].flatMap {
            $0.matches(in: text, limit: Self.limit).map(\.group)
        }
        for pattern in orders { search.addOrders(pattern, avoiding: dates + amounts + others) }
        search.add(NumberShapes.ebay, .orderNumber)
        for shape in NumberShapes.namedTracking { search.add(shape, .trackingNumber) }
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
