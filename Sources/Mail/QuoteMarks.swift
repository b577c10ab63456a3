// SPDX-License-Identifier: MIT

/// What mail clients write around words that are not the writer's own, by language and client.
///
/// Tables only; ``OwnWords`` and ``Message/Forwarded`` read them. Everything is in lower case.
enum QuoteMarks {
    /// How a client introduces what it quotes: "Am … schrieb …:", "On … wrote:".
    struct Attribution: Sendable {
        /// How such a line may begin.
        var openers: [StaticString]
        /// The words that must be in it.
        var verbs: [StaticString]
        /// First persons: the writer telling a story, not a client quoting.
        var firstPersons: [StaticString]
    }

    static let attributions: [Attribution] = [
        // Thunderbird, Apple Mail, Gmail; "… hat am … geschrieben" by Open-Xchange (IONOS, mailbox.org);
        // "hat … Folgendes geschrieben" by Yahoo; "schrieb am" by Gmail for Android.
        Attribution(
            openers: ["am "],
            verbs: [" schrieb", "schrieb ", "geschrieben:"],
            firstPersons: [" ich", " wir ", " mir "]
        ),
        Attribution(
            openers: ["on "],
            verbs: [" wrote", " writes:", " sent:"],
            firstPersons: [" i wrote", " we wrote", " wrote you"]
        ),
        Attribution(openers: ["le "], verbs: [" a écrit"], firstPersons: [" j'"]),
        Attribution(openers: ["op "], verbs: [" schreef", " geschreven"], firstPersons: [" ik "]),
        Attribution(openers: ["el "], verbs: [" escribió"], firstPersons: []),
        Attribution(openers: ["il "], verbs: [" ha scritto"], firstPersons: []),
        Attribution(openers: ["em "], verbs: [" escreveu"], firstPersons: []),
        Attribution(openers: ["den "], verbs: [" skrev"], firstPersons: [" jag ", " jeg "]),
        Attribution(openers: [], verbs: [" написал", " пишет", " đã viết"], firstPersons: []),
        Attribution(openers: ["w dniu "], verbs: [" napisał", " pisze"], firstPersons: []),
    ]

    /// The names of the headers that clients write over what they quote or forward.
    enum Label: Sendable {
        case from, sent, to, subject, other
    }

    /// Outlook, GMX, Web.de, T-Online, Gmail, Apple Mail, Thunderbird, without the colon.
    static let labels: [(Label, [String])] = [
        (.from, ["von", "from", "de", "van", "da", "från", "fra", "od"]),
        (
            .sent,
            [
                "gesendet", "gesendet am", "sent", "datum", "date", "envoyé", "verzonden", "inviato",
                "enviado",
                "skickat", "sendt", "data", "wysłano",
            ]
        ),
        (.to, ["an", "to", "à", "aan", "a", "para", "till", "til", "do"]),
        (
            .subject,
            [
                "betreff", "subject", "objet", "onderwerp", "oggetto", "asunto", "assunto", "ämne", "emne",
                "temat",
            ]
        ),
        (.other, ["cc", "kopie", "bcc", "antwort an", "reply-to", "wichtigkeit", "importance", "priorität"]),
    ]

    /// Words between dashes over a quoted message.
    static let originals = [
        "ursprüngliche nachricht", "ursprüngliche e-mail", "original-nachricht", "originalnachricht",
        "original message", "original-mail", "originalmeldung", "original email", "message d'origine",
        "oorspronkelijk bericht", "messaggio originale", "mensaje original", "reply message",
        "oprindelig meddelelse", "ursprungligt meddelande", "antwort nachricht",
    ]

    /// Words between dashes, or alone before a colon, over a forwarded message.
    static let forwards = [
        "forwarded message", "weitergeleitete nachricht", "weitergeleitete e-mail", "weitergeleitete mail",
        "weitergeleitet von", "forwarded by", "message transféré", "doorgestuurd bericht",
        "messaggio inoltrato",
        "mensaje reenviado",
    ]

    /// Apple Mail's words over a forwarded message; no dashes.
    static let forwardOpenings = TextLines.PrefixTable([
        "anfang der weitergeleiteten nachricht", "anfang der weitergeleiteten e-mail",
        "begin forwarded message",
        "début du message réexpédié", "begin doorgestuurd bericht", "inizio messaggio inoltrato",
    ])

    /// Lines that phones, apps and virus scanners append.
    static let footers = TextLines.PrefixTable([
        "von meinem ", "gesendet von meinem", "gesendet von outlook", "gesendet von mail für windows",
        "gesendet von yahoo", "gesendet von mozilla", "gesendet mit der", "gesendet mit gmx",
        "gesendet mit web.de",
        "gesendet mit proton", "gesendet mit meinem", "gesendet aus der", "gesendet über", "gesendet vom",
        "von samsung mobile gesendet", "von samsung-tablet gesendet", "von outlook für", "von yahoo mail",
        "von unterwegs gesendet", "diese nachricht wurde von meinem",
        "diese e-mail wurde von meinem", "outlook für ios", "outlook für android",
        "holen sie sich outlook für",
        "laden sie outlook für", "sent from my", "sent from mail for", "sent from outlook", "sent from yahoo",
        "sent from samsung", "sent from the all-new", "sent from proton", "sent via", "sent with",
        "sent using",
        "sent on the go", "get outlook for", "get bluemail for", "yahoo mail: ", "envoyé de mon",
        "envoyé depuis", "verzonden vanaf mijn", "inviato da", "inviato dal", "enviado desde mi",
        "skickat från",
        "virenfrei.", "virus-free.", "diese e-mail wurde von avast",
        "this email has been checked for viruses",
    ])

    /// Longest footer line, in bytes; a longer one is a sentence of the writer's.
    static let footerLength = 120

    /// How a paragraph begins that lawyers or environmentalists wrote.
    static let disclaimers = TextLines.PrefixTable([
        "diese e-mail enthält vertrauliche", "diese e-mail kann vertrauliche", "diese e-mail ist vertraulich",
        "diese e-mail und ", "diese nachricht enthält vertrauliche", "diese nachricht ist vertraulich",
        "diese nachricht kann vertrauliche", "der inhalt dieser e-mail", "die information in dieser e-mail",
        "die in dieser e-mail enthaltenen", "wichtiger hinweis: diese", "vertraulichkeitshinweis",
        "haftungsausschluss", "rechtlicher hinweis", "disclaimer", "confidentiality notice",
        "confidentiality note",
        "this e-mail and any", "this email and any", "this e-mail is confidential",
        "this email is confidential",
        "this e-mail (including", "this email (including", "this message contains confidential",
        "this message is confidential", "this message and any attach", "this email contains confidential",
        "this e-mail contains confidential", "this e-mail may contain confidential",
        "this email may contain confidential", "this message may contain confidential",
        "the information contained in this", "the information in this e",
        "the contents of this e", "bitte denken sie an die umwelt", "bitte prüfen sie, ob diese",
        "bitte prüfen sie der umwelt", "denken sie an die umwelt", "please consider the environment",
        "please think before you print", "datenschutzhinweis:", "informationen zum datenschutz",
    ])
}
