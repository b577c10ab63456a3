// SPDX-License-Identifier: MIT

/// One `Authentication-Results` field, RFC 8601 section 2.2, as far as the verdict needs it.
struct AuthenticationResults {
    /// Who wrote it, lower case; `nil` where the writer left it out, as Microsoft 365 does.
    var server: String?
    var results: [Result] = []

    struct Result: Equatable {
        /// `dkim`, `spf`, `dmarc`, lower case.
        var method: String
        /// `pass`, `fail`, `none`, lower case.
        var value: String
        /// `header.d` and so on in lower case.
        var properties: [String: String] = [:]
    }

    init(_ value: [UInt8]) {
        for (index, segment) in Self.segments(value).enumerated() {
            guard let first = segment.first else { continue }
            guard let (method, result) = Self.pair(first) else {
                if index == 0 { server = first }
                continue
            }
            var found = Result(method: String(method.prefix { $0 != "/" }), value: result)
            for word in segment.dropFirst() {
                guard let (name, value) = Self.pair(word), found.properties[name] == nil else { continue }
                found.properties[name] = value
            }
            results.append(found)
        }
    }

    private static func pair(_ word: String) -> (String, String)? {
        guard let equals = word.firstIndex(of: "="), equals > word.startIndex else { return nil }
        return (String(word[..<equals]), String(word[word.index(after: equals)...]))
    }

    /// Words in lower case between semicolons; comments are skipped, quotes taken off, blanks around `=` closed.
    private static func segments(_ value: [UInt8]) -> [[String]] {
        var segments: [[String]] = [[]]
        var word: [UInt8] = []
        var depth = 0
        var isQuoted = false
        var isEscaped = false
        var afterEquals = false

        func finish() {
            guard !word.isEmpty else { return }
            let last = segments.count - 1
            let text = String(decoding: word, as: UTF8.self)
            if text.hasPrefix("="), let previous = segments[last].popLast() {
                segments[last].append(previous + text)
            } else {
                segments[last].append(text)
            }
            word = []
        }

        for byte in value.prefix(16 * 1024) {
            if isEscaped {
                isEscaped = false
                if isQuoted { word.append(byte.asciiLowercased) }
            } else if byte == 0x5C, isQuoted || depth > 0 {
                isEscaped = true
            } else if isQuoted {
                if byte == 0x22 { isQuoted = false } else { word.append(byte.asciiLowercased) }
            } else if byte == 0x28 {
                depth += 1
            } else if depth > 0 {
                if byte == 0x29 { depth -= 1 }
            } else if byte == 0x22 {
                isQuoted = true
            } else if byte == 0x3B {
                finish()
                segments.append([])
            } else if byte == 0x20 {
                // "dkim = pass": the value belongs to the word before.
                if !(word.last == 0x3D && !afterEquals) { finish() }
            } else {
                afterEquals = word.last == 0x3D
                word.append(byte.asciiLowercased)
            }
        }
        finish()
        return segments
    }
}

extension Message.Authentication {
    /// The verdict on a domain from the fields that may be believed, RFC 7489 section 3.1 (relaxed alignment).
    ///
    /// `domain` is that of the only mailbox of the only `From`; `nil` if there are several or none, which is how
    /// DMARC is evaded.
    static func verdict(_ header: HeaderFields, domain: String?, trust: Mailbox.Trust) -> Self {
        guard let trusted = trusted(header, trust) else { return .none }
        guard let domain else { return .fail }
        if let dmarc = trusted.first(where: { $0.method == "dmarc" }) {
            if dmarc.value == "fail" { return .fail }
            let judged = dmarc.properties["header.from"] ?? domain
            if dmarc.value == "pass", Domains.areAligned(judged, domain) { return .pass }
        }
        let isAligned = trusted.contains { result in
            guard result.value == "pass" else { return false }
            switch result.method {
            case "dkim":
                let signer = result.properties["header.d"] ?? result.properties["header.i"]
                return signer.map { Domains.areAligned($0, domain) } ?? false
            case "spf":
                return result.properties["smtp.mailfrom"].map { Domains.areAligned($0, domain) } ?? false
            default:
                return false
            }
        }
        return isAligned ? .pass : .fail
    }

    /// The results that the mailbox's own server wrote, RFC 8601 section 5; `nil` if it wrote none.
    private static func trusted(
        _ header: HeaderFields,
        _ trust: Mailbox.Trust
    ) -> [AuthenticationResults.Result]? {
        switch trust {
        case .nobody:
            return nil
        case .topmost:
            for field in header.fields {
                if header.isNamed("received", field), Domains.isForeignHop(header.text(field)) { return nil }
                guard header.isNamed("authentication-results", field) else { continue }
                let found = AuthenticationResults(header.unfolded(field))
                if found.server == nil { return found.results }
            }
            return nil
        case .server(let name):
            return ofServer(name.lowercased(), header)
        }
    }

    /// The results of the topmost field of this server.
    ///
    /// Where it reports one method only, as filters in a row do, fields right
    /// below it add theirs; a method that was reported before ends that, for then it is a forged one.
    private static func ofServer(_ name: String, _ header: HeaderFields) -> [AuthenticationResults.Result]? {
        var trusted: [AuthenticationResults.Result]?
        for field in header.fields {
            guard header.isNamed("authentication-results", field) else {
                if trusted == nil { continue }
                return trusted
            }
            let found = AuthenticationResults(header.unfolded(field))
            guard found.server == name else {
                if trusted == nil { continue }
                return trusted
            }
            let methods = Set(found.results.map(\.method))
            guard methods.isDisjoint(with: (trusted ?? []).map(\.method)) else { return trusted }
            trusted = (trusted ?? []) + found.results
            if methods.count != 1 { return trusted }
        }
        return trusted
    }
}
