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
        /// Something beside what was said before: "Außerdem …", "by the way …".
        case addendum
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
        + requests.map { (.request, $0) } + addenda.map { (.addendum, $0) } + closings.map { (.closing, $0) }

    // MARK: Guarded

    private static let guarded: [(String, [String])] = [
        (
            "legal",
            [
                "anwalt|anwaelt|rechtsbeistand|rechtsschutz|rechtsweg|rechtlich\\w* (schritt|"
                    + "konsequenz|mittel|massnahm)",
                "verklag|\\bklage\\b|\\bklagen\\b|(vor|vors|ans|beim|zum) gericht\\b|gerichtlich|"
                    + "amtsgericht|\\bgerichts|mahnbescheid|strafanzeige|polizei|"
                    + "anzeige (erstatt|gegen|bei)",
                "verbraucher(zentrale|schutz)|schlichtungsstelle|schadens?ersatz|"
                    + "bundesnetzagentur|\\beuropa-?kunde",
                "(letzte|letztmalig)\\w* (frist|mahnung|aufforderung|chance)|\\bfrist (von|bis|"
                    + "zum|gesetzt)|setze .*\\bfrist\\b|nachfrist|in verzug",
                "\\blawyer|solicitor|attorney|barrister|legal (action|step|advice|proceeding|"
                    + "team|route|remed)|\\blegally\\b",
                "small claims|(to|in|through|via|before|the|county) court\\b|"
                    + "court (action|proceeding|order|case|date)|\\bsue\\b|\\bsuing\\b|\\bpolice\\b|"
                    + "trading standards|ombudsman|consumer (protection|rights|affairs|advice)",
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
                "verletz|verbrann|verbrenn|verbrueh|brand(gefahr|fleck|geruch|wunde|loch)|"
                    + "(ein|einen|einem|in|der|den|zum) brand\\b|feuer gef|"
                    + "\\bbrennt\\b|gebrannt|angefangen zu brennen|qualm|\\braucht(e)?\\b|rauchentw",
                "stromschlag|\\beinen schlag\\b|elektrisch\\w* schlag|kurzschluss|funken|explod|"
                    + "explos|allergi|ausschlag|vergift|\\berbr(och|ech|ach)e?n?\\b|uebergeben muss",
                "krankenhaus|notarzt|notaufnahme|erstick|verschluck|scharfkantig|scharfe kante|"
                    + "geschnitten|ueberhitz|schmort|geschmolzen|gefaehrlich|lebensgefahr",
                "injur|\\bhurts? (my|me|him|her|us|our|his|the|it|so|badly|when)\\b|"
                    + "\\b(got|get|gets|was|is|were|been|badly|nearly|almost|he|she|i) hurt\\b",
                "\\bburn(ed|t|ing)?\\b|\\bburns (my|her|his|our|on|to|when|the)\\b|"
                    + "\\b(has|have|had|got|suffered|degree|minor|severe) burns\\b|smok(e|ed|ing)\\b|"
                    + "\\b(caught|catch|on|set) fire\\b|"
                    + "\\ba (small |big |real )?fire( ?[^a-z ]|$| (in|at|on|and|because|started|broke))",
                "\\bsparks?\\b|electric(al)? shock|got a shock|exploded|explosion|"
                    + "allerg|\\brash\\b|poison|hospital|\\bchok(e|ed|ing)\\b|swallow|vomit|overheat|"
                    + "melted|\\bcut (my|her|his|our|the) |unsafe|dangerous|hazard|emergency room",
            ]
        ),
        (
            "fraud",
            [
                // Not "nothing has come of what I ordered", nor "I have not ordered yet".
                "\\bhab(e|en)?( (ich|wir|bei|ihnen|euch|dort|doch|aber|in|ihrem|shop|ja|selbst))* "
                    + "(nie|niemals|gar nichts|gar nicht|nichts|noch nie)( (bei|ihnen|euch|etwas|was|"
                    + "irgendetwas|irgendwas|dort|hier|jemals|in|ihrem|eurem|shop|so|diese\\w*|das|ware|"
                    + "solche\\w*|dergleichen|derartiges))* bestellt\\b",
                "\\b(nie|niemals|keine|noch nie)( (bei|ihnen|euch|diese|eine|solche))* "
                    + "bestellung( (bei|ihnen|euch))* (gemacht|aufgegeben|getaetigt)|"
                    + "(bestellung|auftrag)( \\w+){0,3} nicht von (mir|uns)\\b",
                "ohne (mein|unser)\\w* (wissen|zustimmung|erlaubnis|einwillig)|(in|unter) fremdem namen|"
                    + "\\b(jemand|unbekannte\\w*|fremde\\w*|wer)\\b.* (in|unter|auf) meine[mn] namen|"
                    + "\\b(in|unter|auf) meine[mn] namen\\b.* (jemand|unbekannte\\w*|fremde\\w*|ohne)\\b|"
                    + "\\b(in|unter) meinem namen (wurde|ist|sind|hat)\\b",
                "gehackt|missbrauch|identitaetsdiebstahl|betrug|betrueg|betrogen|abzocke|"
                    + "fake ?-?shop|datenleck|datenpanne|phishing|unbefugt",
                "jemand (fremdes|anderes|anders)\\b.*(bestell|angemeldet|eingeloggt|zugriff|konto|karte|"
                    + "daten)|(bestell|angemeldet|eingeloggt|zugriff|konto|karte|daten).*"
                    + "jemand (fremdes|anderes|anders)\\b",
                "hacked|identity theft|fraud|scam|someone (else )?(has )?(ordered|used|placed|"
                    + "logged)|(did not|didn't|never|haven't) (place|placed|make|made|"
                    + "authori[sz]ed?) (this|that|any|an|the)",
                "never (ordered|bought)|unauthori[sz]ed|data (leak|breach)|not me who ordered|stolen|"
                    + "\\b(someone|somebody|who|they|stranger|without)\\b.*\\bin my name\\b|"
                    + "\\bin my name\\b.*\\b(someone|somebody|without|not me|never|didn't|did not)\\b",
            ]
        ),
        (
            "press",
            [
                "\\bpresse(anfrage|stelle|sprecher|kontakt|vertret)?\\b|journalist|\\bredaktion|"
                    + "\\breporter|\\bzeitung\\b|\\bfernseh(sender|team|beitrag|sendung|bericht|magazin)|"
                    + "\\bzdf\\b|\\bwdr\\b|\\bndr\\b|\\bmdr\\b|\\brtl\\b|marktcheck|\\bwiso\\b",
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
                "verstorb|gestorb|todesfall|\\btod\\b|\\btrauer(n|nd\\w*|fall\\w*|feier\\w*|familie)?\\b|"
                    + "witwe|beerdig|beisetz|arbeitslos|"
                    + "buergergeld|insolven|notlage|bettlaegerig|ans bett|(hueft|knie|ruecken|"
                    + "herz)\\w*-?op\\b|nach (meiner|einer|der) .*\\b(op|operation)\\b|sondernahrung|"
                    + "finanziell\\w* (not|schwierig)",
                // "Our surgery" and "the surgery" are a doctor's rooms.
                "disab|wheelchair|\\bcancer\\b|chemo|terminally|hospice|visually impaired|"
                    + "dementia|seriously ill|bedridden|housebound|(my|an?) .*operation\\b|"
                    + "\\b(my|his|her|had|after|for|having|need|needs|hip|knee|heart|eye|back|before) surgery|"
                    + "\\bmy illness|depression",
                // Batteries die as well.
                "passed away|\\b(husband|wife|mother|father|mum|mom|dad|son|daughter|brother|sister|he|she|"
                    + "grand\\w+|gran|friend|aunt|uncle|partner|who|sadly|recently) (has |had |have )?"
                    + "(just |sadly |recently |suddenly )?died\\b|\\bdeath\\b|bereave|widow|funeral|hardship|"
                    + "lost my job|unemployed|on benefits",
            ]
        ),
        (
            "deadline",
            [
                "hochzeit|\\bheirat|\\btrauung|\\btaufe|kommunion|konfirmation|beerdig|beisetz|trauerfeier|"
                    + "klausur|\\bexamen|einschulung|schulanfang|abschlussfeier|abiball|jubilaeum|vernissage|"
                    + "(ihren|seinen|meinen|unseren) \\w{4,}(zig|ssig)sten\\b|"
                    + "geburtstag(e|es|s(geschenk|feier|fest|party|kind|ueberrasch|tisch)\\w*)?\\b",
                // "Bitte um Prüfung" asks to look something up.
                "\\b(meine|unsere|seine|ihre|die|eine)[rn]? (\\w+liche[rn]? )?"
                    + "(\\w{4,})?pruefung(en)? (am|ist|steht|ansteht|naechste|morgen|habe)\\b|"
                    + "\\b(abschluss|gesellen|meister|aufnahme|abitur|eignungs|jaeger|gurt|fahr|fischer)\\w*"
                    + "pruefung|\\b(vor|fuer) (der|die|meine|unsere|seine|ihre)[rn]? (\\w{4,})?pruefung",
                "(vor|fuer|bis|zum|in) (den|dem|der|die|unsere?n?|unserer?|meine?n?|"
                    + "meiner?)? ?(urlaub|reise|abreise|abflug|umzug)|\\bverreis|\\bfliegen? (wir|ich)|"
                    + "(wir|ich) flieg|\\babflug|\\bfasching|karneval",
                // That there is much to do before Christmas is only said in excuse.
                "(bis|zu|fuer|zum|an|ist|ueber) (\\w+ )?(weihnacht|heiligabend|heilig abend)|"
                    + "weihnachtsgeschenk|weihnachten (steht|ist|naht)|unter(m| dem|n) (weihnachts)?baum|"
                    + "vor (dem )?(weihnacht|heiligabend|heilig abend)\\w*( ?[^a-z ]| [^v ]| v[^i]|$)",
                "\\bnikolaus|\\bostern\\b|muttertag|vatertag|valentin|silvester",
                "\\bturn(s|ing)? (\\d0|thirty|forty|fifty|sixty|seventy|eighty|ninety)\\b|"
                    + "wedding|getting married|funeral|\\bexams?\\b|christening|baptism|graduation|anniversary|"
                    + "\\bbirthday( ?[^a-z ]|$| (present|gift|party|girl|boy|surprise|cake|is|on|this|next|"
                    + "tomorrow|and|in|dinner|so|but|it|was|has)\\b)",
                "\\b(by|for|until|till) (\\w+ )?(christmas|xmas|halloween|easter|thanksgiving|valentine|"
                    + "mother'?s day|father'?s day)|(christmas|xmas) (present|gift|eve|day|morning|party)|"
                    + "\\b(arrive|come|coming|here|get|delivered|delivery|need|needed|want|in time|make it)\\b"
                    + ".*\\b(before|at|on) (christmas|xmas|halloween|easter|thanksgiving|valentine|"
                    + "mother'?s day|father'?s day)",
                "(before|for|on|until) (our|my|the) (holiday|trip|vacation|flight|journey|move)|"
                    + "\\b(we|i) (fly|leave|travel) (out |off )?(to|next|this|tomorrow|tonight|for|on (the|"
                    + "mon|tue|wed|thu|fri|sat|sun|\\d)|in \\w+ (day|week))|we're (flying|leaving|travel)|"
                    + "i'm (flying|leaving|travel)",
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
                "(hat|haben) sich( \\w+){0,3} erledigt|\\b(nachricht|mail|anfrage|frage|schreiben)\\b.*(bitte )?"
                    + "(vergessen|gegenstandslos)\\b|(forget|ignore) my (message|email|mail|question|last)|"
                    + "settles my|(has|have) (been )?(sorted|resolved) itself|no longer an issue",
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
        "^((und|aber|sowie|and) )?(wo|wann|wie|was|warum|wieso|weshalb|wer|wem|wen|woran|wohin|ob|welche\\w*|gibt es|kann|"
            + "koennen|darf|ist|sind|haben|habt|hat|geht) ",
        "\\b(can|could|would|will) you\\b|\\bi('d| would) like\\b|\\b(i|we) (need|want|require|"
            + "demand|expect|wish|request)\\b|let me know|\\b(send|give|tell|call|email|refund) me\\b",
        "^((and|but|also) )?(where|when|how|what|why|who|which|can|could|is|are|do|does|did|will|would|should|may|has|have) ",
        // Wishes that are no questions: what may, should or had better be done.
        "\\b(soll|sollen|darf|duerfen|duerft) (es|sie|er|das|die|der|ihn|nicht|zu|zur|zum|an|in|auf|lieber|"
            + "stattdessen)\\b|\\b(waere|faende) .*(angebracht|angemessen|fair|besser|lieber|moeglich)\\b",
        "\\b(nehmen|streichen|legen|packen|stellen|liefern|lassen|machen|setzen|ueberweisen|bringen|halten|"
            + "vergessen|schreiben|verwenden|bestaetigen|richten|leiten|betrachten|behalten) sie\\b|"
            + "^(bitte |dann )?(nehmt|streicht|legt|packt|stellt|liefert|lasst|macht|schickt|gebt|sagt|schreibt) ",
        "\\b(may|should|must) (go|be (left|sent|put|delivered|changed|added)) |\\bwould be (nice|fair|good|appropriate|in order|"
            + "better)|\\b(i'd|we'd|would|should) (rather|prefer|be interested)|\\binstead\\b|"
            + "interessieren wuerde|wuerde mich interessieren|wuesste (ich )?gern|\\bi wonder\\b",
        "^(and |but |so |just |simply )?(send|put|leave|deliver|change|add|remove|take|make|give|tell|call|ring|"
            + "phone|confirm|check|let|keep|hold|scrap|stop|use|ship|resend|transfer)\\b",
        "storn|annullier|widerruf|umtausch|erstatt|zurueckschick|cancel|refund|exchange|replace",
    ]

    private static let addenda = [
        "\\b(ausserdem|zudem|des ?weiteren|ferner|uebrigens|nebenbei|apropos|bei der gelegenheit)\\b|"
            + "\\b(noch eine|eine weitere|eine zweite|eine andere|weitere) (kleine )?(frage|bitte|sache)\\b|"
            + "\\beine (frage|bitte|sache) (noch|haette ich noch)\\b|^noch (etwas|was)\\b|^p\\.? ?s\\.?( |:)",
        "\\bby the (way|by)\\b|\\bbtw\\b|\\b(one more|another|a second) (thing|question|request)\\b|"
            + "^(also|and also|additionally|furthermore|besides|separately)\\b|while i'm at it|on another note",
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
