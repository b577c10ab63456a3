// SPDX-License-Identifier: MIT

/// Turns of phrase that are recognised whatever the model says: guarded matters, acts, requests.
///
/// The patterns are written for folded text (lower case, `ae` for `ä`) and are tried on one sentence at a
/// time. Those for guarded matters rather find too much: a person then looks at a harmless mail.
struct Phrases: Sendable {
    enum Meaning: Sendable, Hashable {
        case guarded(String)
        case act(Reading.Act)
        case request
        case closing
    }

    /// The only instance needed: compiling takes milliseconds, matching is safe from any thread.
    static let builtIn = Phrases()

    private let set: PatternSet
    private let meanings: [Meaning]

    private init() {
        set = PatternSet(Self.table.map(\.pattern))
        meanings = Self.table.map(\.meaning)
    }

    /// What occurs in a folded sentence; `nil` where that cannot be said.
    func meanings(in sentence: UnsafeBufferPointer<UInt8>) -> [Meaning]? {
        guard let found = set.indices(in: sentence) else { return nil }
        var result: [Meaning] = []
        for index in found where !result.contains(meanings[index]) { result.append(meanings[index]) }
        return result
    }

    private static let table: [(meaning: Meaning, pattern: String)] =
        guarded.flatMap { name, patterns in patterns.map { (.guarded(name), $0) } }
        + acts.flatMap { act, patterns in patterns.map { (.act(act), $0) } }
        + requests.map { (.request, $0) } + closings.map { (.closing, $0) }

    // MARK: Guarded

    private static let guarded: [(String, [String])] = [
        (
            "legal",
            [
                "anwalt|anwaelt|rechtsbeistand|rechtsschutz|rechtsweg|rechtlich\\w* (schritt|"
                    + "konsequenz|mittel|massnahm)",
                "verklag|\\bklage\\b|\\bklagen\\b|\\bgericht(s|lich\\w*)?\\b|mahnbescheid|"
                    + "strafanzeige|polizei|anzeige (erstatt|gegen|bei)",
                "verbraucher(zentrale|schutz)|schlichtungsstelle|schadens?ersatz|"
                    + "bundesnetzagentur|\\beuropa-?kunde",
                "(letzte|letztmalig)\\w* (frist|mahnung|aufforderung|chance)|\\bfrist (von|bis|"
                    + "zum|gesetzt)|setze .*\\bfrist\\b|nachfrist|in verzug",
                "\\blawyer|solicitor|attorney|barrister|legal (action|step|advice|proceeding|"
                    + "team|route|remed)|\\blegally\\b",
                "small claims|\\bcourt\\b|\\bsue\\b|\\bsuing\\b|\\bpolice\\b|trading standards|"
                    + "ombudsman|consumer (protection|rights|affairs|advice)",
                "better business bureau|\\bbbb\\b|citizens advice|damages|final (notice|demand|"
                    + "deadline|warning)|letter before (action|claim)",
            ]
        ),
        (
            "chargeback",
            [
                "charge ?-?back|ruecklastschrift|rueckbuch|zurueckbuch|zurueckgebucht|"
                    + "kaeuferschutz|buyer protection|purchase protection",
                "paypal.*(\\bfall\\b|\\bcase\\b|disput|konflikt|claim|melde|eroeffn|einschalt|"
                    + "beschwer|complain)",
                "(\\bfall\\b|\\bcase\\b|disput|konflikt|claim|beschwerde).*paypal",
                "\\bdisput(e|ed|ing) (the|this|it|my|charge|payment|transaction|with)|\\ba-?(bis|"
                    + "to|-)-?z\\b|a-z-garanti",
                "(bank|karte|kreditkart\\w*|lastschrift|klarna|betrag|abbuchung|"
                    + "einzug).*(zurueckhol|zurueckgeh|zurueckforder|widersprech|zurueckzieh|reklamier)",
                "\\b(bank|card|klarna)\\b.*(dispute|reclaim|reverse|claw|claim)|(dispute|reclaim|"
                    + "reverse).*\\b(bank|card|klarna)\\b",
            ]
        ),
        (
            "danger",
            [
                "verletz|verbrann|verbrenn|verbrueh|brandgefahr|\\bbrand\\b|feuer gef|"
                    + "\\bbrennt\\b|gebrannt|angefangen zu brennen|qualm|\\braucht(e)?\\b|rauchentw",
                "stromschlag|\\beinen schlag\\b|elektrisch\\w* schlag|kurzschluss|funken|explod|"
                    + "explos|allergi|ausschlag|vergift|erbroch|uebergeben muss",
                "krankenhaus|notarzt|notaufnahme|erstick|verschluck|scharfkantig|scharfe kante|"
                    + "geschnitten|ueberhitz|schmort|geschmolzen|gefaehrlich|lebensgefahr",
                "injur|\\bhurt(s)?\\b|\\bburn(s|ed|t|ing)?\\b|caught fire|on fire|\\bfire\\b|"
                    + "smok(e|ed|ing)\\b|\\bsparks?\\b|electric(al)? shock|got a shock|exploded|"
                    + "explosion",
                "allerg|\\brash\\b|poison|hospital|\\bchok(e|ed|ing)\\b|swallow|vomit|overheat|"
                    + "melted|\\bcut (my|her|his|our|the) |unsafe|dangerous|hazard|emergency room",
            ]
        ),
        (
            "fraud",
            [
                "(nie|niemals|gar nichts|gar nicht|nichts|noch nie).* bestellt\\b|ohne (mein|"
                    + "unser)\\w* (wissen|zustimmung|erlaubnis|einwillig)|(in|unter|auf) (meinem|"
                    + "meinen|fremdem) namen",
                "gehackt|missbrauch|identitaetsdiebstahl|betrug|betrueg|betrogen|abzocke|"
                    + "fake ?-?shop|datenleck|datenpanne|phishing|unbefugt|jemand (fremdes|anderes|"
                    + "anders)",
                "hacked|identity theft|fraud|scam|someone (else )?(has )?(ordered|used|placed|"
                    + "logged)|(did not|didn't|never|haven't) (place|placed|make|made|"
                    + "authori[sz]ed?) (this|that|any|an|the)",
                "never (ordered|bought)|unauthori[sz]ed|data (leak|breach)|in my name|"
                    + "not me who ordered|stolen",
            ]
        ),
        (
            "press",
            [
                "\\bpresse(anfrage|stelle|sprecher|kontakt|vertret)?\\b|journalist|\\bredaktion|"
                    + "\\breporter|\\bzeitung|fernseh|\\bzdf\\b|\\bwdr\\b|\\bndr\\b|\\bmdr\\b|"
                    + "\\brtl\\b|marktcheck|\\bwiso\\b",
                "\\bpress (request|inquiry|enquiry|office|contact|deadline)|newspaper|"
                    + "for an article|writing (an article|a story|a piece)|\\bthe media\\b|broadcaster|"
                    + "on behalf of .*magazine",
            ]
        ),
        (
            "special_need",
            [
                "behinder(t|ung)|rollstuhl|\\bblind\\b|sehbehindert|pflegebeduerf|pflegegrad|"
                    + "\\bkrebs\\b|chemo|palliativ|hospiz|schwer krank|schwerkrank|erkrank|"
                    + "\\bkrankheit|demenz",
                "verstorb|gestorb|todesfall|\\btod\\b|trauer|witwe|beerdig|beisetz|arbeitslos|"
                    + "buergergeld|insolven|notlage|bettlaegerig|ans bett|(hueft|knie|ruecken|"
                    + "herz)\\w*-?op\\b|nach (meiner|einer|der) .*\\b(op|operation)\\b|sondernahrung|"
                    + "finanziell\\w* (not|schwierig)",
                "disab|wheelchair|\\bcancer\\b|chemo|terminally|hospice|visually impaired|"
                    + "dementia|seriously ill|bedridden|housebound|surgery|(my|an?) .*operation\\b|"
                    + "\\bmy illness|depression",
                "passed away|\\bdied\\b|\\bdeath\\b|bereave|widow|funeral|hardship|lost my job|"
                    + "unemployed|on benefits",
            ]
        ),
        (
            "deadline",
            [
                "hochzeit|heirat|\\btrauung|geburtstag|\\btaufe|kommunion|konfirmation|beerdig|"
                    + "beisetz|trauerfeier|pruefung|klausur|\\bexamen|einschulung|schulanfang|"
                    + "abschlussfeier|abiball|jubilaeum|vernissage",
                "(vor|fuer|bis|zum|in) (den|dem|der|die|unsere?n?|unserer?|meine?n?|"
                    + "meiner?)? ?(urlaub|reise|abreise|abflug|umzug)|\\bverreis|\\bfliegen? (wir|ich)|"
                    + "(wir|ich) flieg|\\babflug|\\bfasching|karneval",
                "weihnacht|heiligabend|heilig abend|nikolaus|\\bostern\\b|muttertag|vatertag|"
                    + "valentin|silvester",
                "wedding|getting married|birthday|funeral|\\bexams?\\b|christening|baptism|"
                    + "graduation|anniversary|christmas|xmas|mother'?s day|father'?s day|valentine|"
                    + "halloween|easter|thanksgiving",
                "(before|for|on|until) (our|my|the) (holiday|trip|vacation|flight|journey|move)|"
                    + "\\b(we|i) (fly|leave|travel)\\b|we're (flying|leaving|travel)|i'm (flying|"
                    + "leaving|travel)",
            ]
        ),
    ]

    // MARK: Acts

    private static let consequences =
        "(storn|annullier|widerruf|\\btrete\\b|\\btreten\\b|zurueck|kuendig|abbestell|woanders|"
        + "bewert|anwalt|anzeige|rechtlich|verbraucher|\\bmelde|letzte mal|nie wieder|abbrech|"
        + "geld wieder)"
    private static let englishConsequences =
        "(cancel|refund|return|send (it|them|everything) back|money back|dispute|report|review|"
        + "elsewhere|lawyer|legal|chargeback|never (order|buy|shop))"

    private static let acts: [(Reading.Act, [String])] = [
        (
            .threatens,
            [
                "\\b(wenn|falls|sofern|sollten?)\\b.*\\b\(consequences)",
                "\\b(sonst|ansonsten|andernfalls|anderenfalls|oder ich|oder wir)\\b.*\\b\(consequences)",
                "\\b\(consequences).*\\b(wenn|falls|sofern|sollte)\\b.*\\b(nicht|kein\\w*|nichts|bis)\\b",
                "\\b(if|unless)\\b.*\\b(i|we)( will|'ll|ll| shall|'m| am| are|'re| want| would|"
                    + "'d| have to)?\\b.*\(englishConsequences)",
                "\\b(otherwise|or else|or i('ll| will)?|or we('ll| will)?)\\b.*\(englishConsequences)",
                "\\b(i|we)( will|'ll| am|'m) .*\(englishConsequences).*\\b(if|unless)\\b",
            ]
        ),
        (
            .withdraws,
            [
                "(doch nicht|bitte nicht|nicht mehr) (zu )?(storn|annullier|widerruf|kuendig|"
                    + "zuruecksch|aender|umtausch)",
                "(storno|stornierung|widerruf|kuendigung|reklamation|retoure|rueckgabe|aenderung|"
                    + "anfrage|auftrag zur).*(zurueckzieh|zuruecknehm|zurueckgezogen|zurueckgenommen|"
                    + "hinfaellig|gegenstandslos|ignorier|nicht mehr noetig|rueckgaengig)",
                "(ziehe|nehme|ziehen|nehmen) .*(storn|widerruf|kuendig|reklamation|"
                    + "antrag).* zurueck|(doch|nun doch) behalten",
                "(do not|don't|dont|no longer need to|no need to) (please )?(cancel|refund|"
                    + "return|change|exchange)|(please )?(ignore|disregard) (my|the) ",
                "(withdraw|take back|retract|revoke) my (cancel|request|return|complaint|claim)|"
                    + "keep (it|the order|them) after all",
            ]
        ),
        (
            .asks,
            [
                "\\b(kann|koennte|darf|duerfte) (ich|man|wir)\\b|\\b(koennen|koennten|duerfen|"
                    + "duerften) wir\\b|(ist|waere) (es|das|eine?) .*moeglich|besteht .*moeglichkeit",
                "\\bwie (kann|muss|soll|koennte) (ich|man)\\b|was passiert|\\bmuss ich\\b|"
                    + "\\bwas (ist|waere), wenn\\b|\\bhabe ich .*recht\\b|\\bgeht das\\b",
                "\\b(can|could|may|might) (i|we)\\b|(is|would) it (be )?possible|am i able|"
                    + "\\bhow (do|can|would|should) (i|we)\\b|what (happens )?if\\b|do i have to|"
                    + "should i\\b",
            ]
        ),
    ]

    // MARK: Requests and closings

    private static let requests = [
        "\\?|\\bbitten?\\b|\\bplease\\b|\\bpls\\b|\\bkindly\\b|\\basap\\b|\\bdringend\\b|\\burgent",
        "\\b(ich|wir) (moechten?|will|wollen|haetten?|brauchen?|benoetigen?|wuenschen?|"
            + "verlangen?|fordern?|erwarten?|wuerden?)\\b|\\b(moechte|haette|wuerde|brauche|benoetige|"
            + "will) (ich|gern)",
        "\\b(koennen|koennten|wuerden|wollen|werden|schicken|senden|geben|nennen|sagen|melden|"
            + "rufen|teilen|erstatten|buchen|aendern|pruefen) sie\\b|\\b(kannst|koenntest|koennt|"
            + "koenntet|wuerdet|wuerdest) (du|ihr)\\b",
        "^(wo|wann|wie|was|warum|wieso|weshalb|wer|wem|wen|woran|wohin|welche\\w*|gibt es|kann|"
            + "koennen|darf|ist|sind|haben|habt|hat|geht) ",
        "\\b(can|could|would|will) you\\b|\\bi('d| would) like\\b|\\b(i|we) (need|want|require|"
            + "demand|expect|wish|request)\\b|let me know|\\b(send|give|tell|call|email|refund) me\\b",
        "^(where|when|how|what|why|who|which|can|could|is|are|do|does|did|will|would|should|may|has|have) ",
        "storn|annullier|widerruf|umtausch|erstatt|zurueckschick|cancel|refund|exchange|replace",
    ]

    private static let closings = [
        "^(mit )?(freundliche|beste|viele|liebe|herzliche|schoene|sonnige)[nmrs]? (gruesse?n?|"
            + "grues)|^(mfg|lg|vg|bg|gruss|gruesse|grues)\\b|^(es gruesst|hochachtungsvoll|ihr kunde|"
            + "mit freundlichem gruss)",
        "^(best|kind|warm|many|with) ?(kind |best )?(regards|wishes)|^(regards|sincerely|cheers|"
            + "yours|thanks|thank you|cordially|br)\\b[^?]{0,24}$",
        "^(vielen |herzlichen |besten )?(dank|danke)\\b[^?]{0,30}$",
    ]
}
