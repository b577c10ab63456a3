// SPDX-License-Identifier: MIT

/// Words that name a matter of every shop and say nothing about what the writer wants of it.
///
/// A subject or line made of them alone ("Bestellung 2026-11834", "Question about my order") is background: a
/// model, which has to choose, would guess a concern that nobody has named.
enum NeutralWords {
    /// Whether a folded sentence consists of such words and of numbers.
    static func areAll(in sentence: UnsafeBufferPointer<UInt8>) -> Bool {
        var at = 0
        while let token = Token.next(in: sentence, from: at) {
            at = token.end
            switch token.kind {
            case .shortNumber, .number, .longNumber, .code: continue
            case .word:
                let word = UnsafeBufferPointer(rebasing: sentence[token.start..<token.end])
                guard words.contains(FeatureHash.of(word)) else { return false }
            default: return false
            }
        }
        return at > 0
    }

    private static let words = Set(
        """
        bestellung bestellungen bestellnummer bestellnr bestell lieferung lieferungen paket pakete paeckchen
        packerl paeckli sendung sendungen auftrag auftraege auftragsnummer auftragsnr kauf einkauf onlineshop
        webshop shop kundennummer kundennr kunde nr nummer no frage fragen anfrage nachfrage rueckfrage status
        betreff betrifft betr bzgl bezueglich betreffend wegen re fw wg aw meine mein meiner meines meinem
        meinen ihre ihr ihrer ihrem ihren unsere unser unserer unseres unserem eine ein einer einem kurze kurz zu
        zur zum von vom bei der die das dem den des und in im am fuer ueber mit online amazon ebay etsy januar
        februar maerz april mai juni juli august september oktober november dezember kundenservice kundendienst
        kundenbetreuung serviceteam service team support versand
        order orders ordered delivery deliveries parcel parcels package packages shipment shipments purchase
        consignment number num id ref reference question questions query enquiry enquiries inquiry about
        regarding concerning my your our the a an for of from to with on at by short quick customer
        january february march june july october december shipping desk care sales
        """.split(whereSeparator: \.isWhitespace).map { word in
            var word = String(word)
            return word.withUTF8 { FeatureHash.of($0) }
        }
    )
}
