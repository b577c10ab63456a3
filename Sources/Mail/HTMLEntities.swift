// SPDX-License-Identifier: MIT

/// The named characters of HTML 4, section 24, and `apos`.
enum HTMLEntities {
    /// The character of a name without `&` and `;`; names are case-sensitive.
    static func scalar(_ name: String) -> Unicode.Scalar? {
        named[name]
    }

    /// What windows-1252 calls 0x80–0x9F, which HTML demands for `&#128;` to `&#159;` as well.
    static func scalar(number: UInt32) -> Unicode.Scalar? {
        if number >= 0x80, number < 0xA0 {
            return String(decoding: PlainText.windows1252([UInt8(number)]), as: UTF8.self).unicodeScalars
                .first
        }
        return Unicode.Scalar(number)
    }

    private static let named: [String: Unicode.Scalar] = {
        var table: [String: Unicode.Scalar] = ["quot": "\"", "amp": "&", "lt": "<", "gt": ">", "apos": "'"]
        for run in runs {
            var number = run.first
            for name in run.names.split(separator: " ") {
                if name != "-" { table[String(name)] = Unicode.Scalar(number) }
                number += 1
            }
        }
        return table
    }()

    /// Names of consecutive characters; `-` leaves one out.
    private static let runs: [(first: UInt32, names: String)] = [
        (
            160,
            """
            nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 \
            sup3 acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc \
            Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve \
            Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute \
            acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde \
            ograve oacute ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml
            """
        ),
        (338, "OElig oelig"), (352, "Scaron scaron"), (376, "Yuml"), (402, "fnof"), (710, "circ"),
        (732, "tilde"),
        (
            913,
            """
            Alpha Beta Gamma Delta Epsilon Zeta Eta Theta Iota Kappa Lambda Mu Nu Xi Omicron Pi Rho - Sigma Tau \
            Upsilon Phi Chi Psi Omega
            """
        ),
        (
            945,
            """
            alpha beta gamma delta epsilon zeta eta theta iota kappa lambda mu nu xi omicron pi rho sigmaf sigma \
            tau upsilon phi chi psi omega
            """
        ),
        (977, "thetasym upsih - - - piv"), (8194, "ensp emsp"), (8201, "thinsp"), (8204, "zwnj zwj lrm rlm"),
        (8211, "ndash mdash"), (8216, "lsquo rsquo sbquo"), (8220, "ldquo rdquo bdquo"),
        (8224, "dagger Dagger bull"), (8230, "hellip"), (8240, "permil"), (8242, "prime Prime"),
        (8249, "lsaquo rsaquo"), (8254, "oline"), (8260, "frasl"), (8364, "euro"), (8465, "image"),
        (8472, "weierp"), (8476, "real"), (8482, "trade"), (8501, "alefsym"),
        (8592, "larr uarr rarr darr harr"),
        (8629, "crarr"), (8656, "lArr uArr rArr dArr hArr"),
        (8704, "forall - part exist - empty - nabla isin notin"),
        (8715, "ni"), (8719, "prod - sum minus"), (8727, "lowast"), (8730, "radic"), (8733, "prop infin"),
        (8736, "ang"), (8743, "and or cap cup int"), (8756, "there4"), (8764, "sim"), (8773, "cong"),
        (8776, "asymp"), (8800, "ne equiv"), (8804, "le ge"), (8834, "sub sup nsub - sube supe"),
        (8853, "oplus"),
        (8855, "otimes"), (8869, "perp"), (8901, "sdot"), (8968, "lceil rceil lfloor rfloor"),
        (9001, "lang rang"),
        (9674, "loz"), (9824, "spades"), (9827, "clubs"), (9829, "hearts diams"),
    ]
}
