// SPDX-License-Identifier: MIT

/// The shapes of numbers that are the same for every shop.
enum NumberShapes {
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
            pattern: compiled(#"(?i)\b(1Z(?: ?[0-9A-Z]){16})\b"#),
            isValid: { CheckDigits.isUPS($0) }
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
            #"(?i)(?:sendungs?-?(?:nummer|nr|id|verfolgung)|paket-?(?:nummer|nr)|tracking(?:[- ]?(?:nummer|"#
                + #"nr|number|no|code|id))?|parcel (?:number|no)|consignment(?: number)?)[ .:#]{0,4}(?:(?:is|"#
                + #"ist|lautet)[ :]{1,2})?(\d[\d ]{8,24}\d)\b"#
        ),
        compiled(#"(?i)\bGLS\b[^\n\d]{0,30}(\d{11,12})\b"#),
    ]

    /// A number that is called an order's: `Bestellnummer 2026-11834`, `Auftrag Nr. AB-20931`, `order number
    /// is 4711`, `Nummer meiner Bestellung: 4711`.
    static let calledOrder = compiled(
        #"(?:^|[^\pL])(?i:(?:bestell(?:ungs?)?|auftrags?|order|purchase|vorgangs?)[ -]?(?:nummern?|nrn?|num|"#
            + #"numbers?|no|ids?|ref(?:erence)?|code)|(?:bestellung|auftrag|order|purchase)[ ,:(]{1,3}"#
            + #"(?:(?:mit|hat|trägt|ist|unter|der|die|has|with|under|is|the) ){0,3}(?:nummer|nr|number|no|num)|"#
            + #"(?:nummer|nr\.?|number|no\.?) (?:(?:of|for|zu|von|zur|der|des|meiner|meines|unserer|unseres|my|"#
            + #"our|the) ){1,2}(?:bestellung|auftrags?|order))[ .:#)]{0,4}"#
            + #"(?:(?:ist|lautet|war|wäre|is|was)[ :]{1,3}#?)?"# + code
    )
    /// A number right behind the word: `Bestellung 4711`, `order #4711`.
    static let orderNumber = compiled(
        #"(?:^|[^\pL])(?i:bestellung(?:en)?|auftr(?:ag|äge)|orders?|einkauf|purchase)[ :(]{1,3}#?"# + code
    )
    /// A number with a sign that it is one, and nothing said of what: `#4711`, `Nr. 4711`.
    static let labelled = compiled(#"(?:^|[^\pL\d#-])(?i:(?:nr|no|nummer|number)[ .:]{1,3}#?|# ?)"# + code)
    /// A word that makes a labelled number on the same line an order's.
    static let orderWord = compiled(#"(?i)(?:^|[^\pL])(?:bestell|auftr[aä]g|orders?\b|ordered|purchase)"#)
    /// Letters, digits and the marks that join them; the writer's letters are capitals or end with a dash.
    private static let code = #"((?:[A-Za-z]{1,5}-|[A-Z]{1,4})?\d+[A-Z]{0,3}(?:[-_/][A-Z\d]+)*)"#

    static let prefix = compiled(#"(?i)(?:^|[^\pL])((?:nr\.?|no\.?|#) ?:? ?#?)$"#)
    static let phone = compiled(
        #"(?:^|[^\d\pL-])((?:(?:\+|00)[1-9]\d[\d /().-]{5,}\d)|"#
            + #"(?:\(?0[1-9]\d{1,4}\)?[ /-]{1,3}\d[\d -]{3,}\d)|(?:01[5-7]\d{7,9}))"#
    )
    static let postcode = compiled(#"(?:^|[^\d-])((?:(?:D|DE|A|CH)-)?\d{4,5}) \p{Lu}\p{Ll}"#)
    /// Counts, measures and years.
    static let measure = compiled(
        #"(?i)(?:^|[^\d-])((?:\d+(?:[.,]\d+)?) ?(?:€|euro?|\$|£|cm|mm|km|kg|gramm|ml|liter|watt|volt|mah|"#
            + #"stk|stück|mal|pcs|pieces|units|prozent|%|uhr|tage[n]?|werktage[n]?|days?|jahre[n]?|years?)(?:\PL|$))"#
    )
    static let amount = compiled(
        #"(?i)((?:€|EUR|\$|£|USD|GBP|CHF) ?\d{1,3}(?:[., ]?\d{3})*(?:[.,]\d{2})?|"#
            + #"\d{1,3}(?:[. ]?\d{3})*(?:[.,](?:\d{2}|--?))? ?(?:€|EURO?\b|CHF\b|USD\b|GBP\b|\$|£))"#
    )
    static let date = compiled(
        #"(?i)(\b\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])\b|\b(?:0?[1-9]|[12]\d|"#
            + #"3[01])\. ?(?:0?[1-9]|1[0-2])\.(?: ?(?:20)?\d{2}\b)?|\b(?:0?[1-9]|[12]\d|3[01])/(?:0?[1-9]|"#
            + #"1[0-2])/(?:20)?\d{2}\b|\b(?:0?[1-9]|[12]\d|3[01])\.? ?(?:januar|february|january|februar|märz|"#
            + #"march|april|mai|may|juni|june|juli|july|august|september|oktober|october|november|dezember|"#
            + #"december)\b(?: (?:20)\d{2}\b)?)"#
    )

    private static func compiled(_ source: String) -> Pattern {
        do throws(PatternError) { return try Pattern(source) } catch {
            preconditionFailure(error.description)
        }
    }
}
