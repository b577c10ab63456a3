// SPDX-License-Identifier: MIT

/// Prefixes of subjects: who answers, who passes on.
enum Subject {
    /// Prefixes of answers, in lower case, without colon: English, German, Scandinavian, Dutch, French, Polish and more.
    private static let replies: Set<String> = [
        "re", "aw", "antw", "antwort", "sv", "vs", "r", "ref", "rép", "odp", "res", "rif",
    ]
    /// Prefixes of forwards: English, German, French, Dutch, Italian, Scandinavian, Spanish.
    private static let forwards: Set<String> = [
        "fwd", "fw", "wg", "wtr", "weitergeleitet", "tr", "doorst", "i", "vb", "rv", "enc", "pd",
    ]

    enum Prefix {
        case reply, forward
    }

    /// The outermost prefix and what follows it; `nil` if there is none.
    static func prefix(of subject: Substring) -> (kind: Prefix, rest: Substring)? {
        let subject = subject.drop { $0 == " " }
        guard let colon = subject.prefix(20).firstIndex(of: ":") else { return nil }
        var word = subject[..<colon].lowercased()
        // "Re[2]:", "AW (3):", "Re²:"
        if let bracket = word.firstIndex(where: { $0 == "[" || $0 == "(" || $0 == "^" }) {
            word = String(word[..<bracket])
        }
        while word.last == " " { word.removeLast() }
        let rest = subject[subject.index(after: colon)...].drop { $0 == " " }
        if replies.contains(word) { return (.reply, rest) }
        if forwards.contains(word) { return (.forward, rest) }
        return nil
    }
}

extension Message {
    /// The subject without prefixes of answers and forwards ("Re: AW: WG: …"), in whatever language.
    package var baseSubject: String {
        var rest = subject[...]
        while let prefix = Subject.prefix(of: rest) { rest = prefix.rest }
        return String(rest)
    }
}
