// SPDX-License-Identifier: MIT

/// Finds the facts that a text names: order and tracking numbers first, amounts, dates and account numbers too.
///
/// Order numbers follow the shop's own patterns and those of the marketplaces, tracking numbers those of the
/// carriers, with their check digits where there are any. A number that belongs to a telephone, a postcode, a
/// price or a date is none, unless the writer calls it an order number.
struct FindingReader: Sendable {
    /// More facts than this are not looked for in one text.
    private static let limit = 200

    private let orders: [Pattern]

    /// - Parameter orderNumberPatterns: The shop's own, in RE2's syntax, such as `\d{4}-\d{4,6}`.
    init(orderNumberPatterns: [String]) throws(PatternError) {
        var orders: [Pattern] = []
        for pattern in orderNumberPatterns { orders.append(try Pattern(pattern, ignoringCase: true)) }
        self.orders = orders
    }

    /// The findings in `text`, in its order; offsets are bytes of its UTF-8.
    func findings(in text: UnsafeBufferPointer<UInt8>) -> [Reading.Finding] {
        guard text.contains(where: { (0x30...0x39).contains($0) }) else { return [] }
        var search = Search(text: text)
        search.add(Shapes.amazon, .orderNumber)
        for shape in Shapes.tracking {
            search.add(shape.pattern, .trackingNumber) { shape.isValid($0) }
        }
        search.add(Shapes.iban, .iban) { CheckDigits.isIBAN($0) }
        let dates = Shapes.date.matches(in: text, limit: Self.limit).map(\.whole)
        let amounts = Shapes.amount.matches(in: text, limit: Self.limit).map(\.whole)
        let others = [Shapes.phone, Shapes.postcode, Shapes.measure].flatMap {
            $0.matches(in: text, limit: Self.limit).map(\.group)
        }
        for pattern in orders { search.addOrders(pattern, avoiding: dates + amounts + others) }
        search.add(Shapes.ebay, .orderNumber)
        for shape in Shapes.namedTracking { search.add(shape, .trackingNumber) }
        search.add(Shapes.date, .date)
        search.add(Shapes.amount, .amount)
        return search.found.sorted { $0.start < $1.start }
    }

    private struct Search {
        let text: UnsafeBufferPointer<UInt8>
        var found: [Reading.Finding] = []

        mutating func add(
            _ pattern: Pattern, _ kind: Reading.Finding.Kind, where isValid: (String) -> Bool = { _ in true }
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

        private mutating func add(_ kind: Reading.Finding.Kind, _ place: Range<Int>, _ written: String, _ value: String) {
            guard found.count < limit else { return }
            found.append(
                Reading.Finding(kind: kind, text: written, value: value, start: place.lowerBound, end: place.upperBound)
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
                if joins, before == 0x2B || place.lowerBound > 1 && isDigit(text[place.lowerBound - 2]) { return false }
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
            guard let match = Shapes.prefix.matches(in: before, limit: 1).first else { return 0 }
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
            ["bestell", "auftrag", "order", "nr", "nummer", "number", "no.", "#", "vorgang", "purchase"].contains {
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

/// The shapes of numbers that are the same for every shop.
private enum Shapes {
    struct Tracking: Sendable {
        var pattern: Pattern
        var isValid: @Sendable (String) -> Bool
    }

    static let amazon = compiled(#"(\d{3}-\d{7}-\d{7})"#)
    static let ebay = compiled(#"(\d{2}-\d{5}-\d{5})"#)
    static let iban = compiled(#"\b([A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?)\b"#)

    static let tracking: [Tracking] = [
        // DHL
        Tracking(pattern: compiled(#"\b(0 ?0 ?3 ?4 ?0 ?4 ?3 ?4(?: ?\d){12})\b"#), isValid: { _ in true }),
        Tracking(pattern: compiled(#"(?i)\b(JJD(?: ?\d){14,21})\b"#), isValid: { _ in true }),
        // UPS
        Tracking(
            pattern: compiled(#"(?i)\b(1Z(?: ?[0-9A-Z]){16})\b"#), isValid: { CheckDigits.isUPS($0) }
        ),
        // The postal services' S10
        Tracking(
            pattern: compiled(#"(?i)\b([A-Z]{2} ?\d{2} ?\d{3} ?\d{3} ?\d ?[A-Z]{2})\b"#),
            isValid: { CheckDigits.isS10($0) }
        ),
        // Hermes, Amazon Logistics
        Tracking(pattern: compiled(#"\b(H\d{19})\b"#), isValid: { _ in true }),
        Tracking(pattern: compiled(#"\b(TBA\d{12})\b"#), isValid: { _ in true }),
        // DPD, and Hermes' short form
        Tracking(pattern: compiled(#"\b(\d{14}|0\d{3} \d{4} \d{4} \d{2})\b"#), isValid: { _ in true }),
    ]

    /// Numbers without a shape of their own, where the writer says what they are: GLS, older DHL, others.
    static let namedTracking = [
        compiled(
            #"(?i)(?:sendungs?-?(?:nummer|nr|id|verfolgung)|paket-?(?:nummer|nr)|tracking(?:-?(?:nummer|nr|number|no|code|id))?|parcel (?:number|no)|consignment(?: number)?)[ .:#]{0,4}(?:(?:is|ist|lautet)[ :]{1,2})?(\d[\d ]{8,24}\d)\b"#
        ),
        compiled(#"(?i)\bGLS\b[^\n\d]{0,30}(\d{11,12})\b"#),
    ]

    static let prefix = compiled(#"(?i)(?:^|[^\pL])((?:nr\.?|no\.?|#) ?:? ?#?)$"#)
    static let phone = compiled(
        #"(?:^|[^\d\pL-])((?:(?:\+|00)[1-9]\d[\d /().-]{5,}\d)|(?:\(?0[1-9]\d{1,4}\)?[ /-]{1,3}\d[\d -]{3,}\d)|(?:01[5-7]\d{7,9}))"#
    )
    static let postcode = compiled(#"(?:^|[^\d-])((?:(?:D|DE|A|CH)-)?\d{4,5}) \p{Lu}\p{Ll}"#)
    /// Counts, measures and years.
    static let measure = compiled(
        #"(?i)(?:^|[^\d-])((?:\d+(?:[.,]\d+)?) ?(?:€|euro?|\$|£|cm|mm|km|kg|gramm|ml|liter|watt|volt|mah|stk|stück|pcs|prozent|%|uhr|tage[n]?|werktage[n]?|days?|jahre[n]?|years?)(?:\PL|$))"#
    )
    static let amount = compiled(
        #"(?i)((?:€|EUR|\$|£|USD|GBP|CHF) ?\d{1,3}(?:[., ]?\d{3})*(?:[.,]\d{2})?|\d{1,3}(?:[. ]?\d{3})*(?:[.,](?:\d{2}|--?))? ?(?:€|EURO?\b|CHF\b|USD\b|GBP\b|\$|£))"#
    )
    static let date = compiled(
        #"(?i)(\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b|\b(?:0?[1-9]|[12]\d|3[01])\. ?(?:0?[1-9]|1[0-2])\.(?: ?(?:20)?\d{2}\b)?|\b(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|1[0-2])/(?:20)?\d{2}\b|\b(?:0?[1-9]|[12]\d|3[01])\.? ?(?:januar|february|january|februar|märz|march|april|mai|may|juni|june|juli|july|august|september|oktober|october|november|dezember|december)\b(?: (?:20)\d{2}\b)?)"#
    )

    private static func compiled(_ source: String) -> Pattern {
        do throws(PatternError) { return try Pattern(source) } catch { preconditionFailure(error.description) }
    }
}
