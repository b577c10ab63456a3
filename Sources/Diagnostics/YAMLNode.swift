// SPDX-License-Identifier: MIT

/// A piece of YAML as it was written: text stays text, order stays order, everything knows its place.
struct YAMLNode: Sendable {
    enum Style: Sendable {
        case plain, quoted, block
    }

    enum Content: Sendable {
        /// Nothing was written, or `~`.
        case empty
        case scalar(String, Style)
        case list([YAMLNode])
        case mapping([Entry])
    }

    struct Entry: Sendable {
        var key: String
        var range: SourceRange
        var value: YAMLNode
    }

    var content: Content
    /// What to point at: the word, the opening bracket, the first key; nil where nothing was written.
    var range: SourceRange?

    init(_ content: Content, range: SourceRange?) {
        self.content = content
        self.range = range
    }

    /// What it is, in the words of a complaint: `the word "abc"`, `a list`.
    var found: String {
        switch content {
        case .empty: return "nothing"
        case .list: return "a list"
        case .mapping: return "a group of keys"
        case .scalar("", _): return "an empty text"
        case .scalar(let text, let style):
            let short = shortened(text)
            if style == .plain, Self.looksLikeNumber(text) { return "the number \(short)" }
            return text.contains(where: \.isWhitespace) ? "the text \"\(short)\"" : "the word \"\(short)\""
        }
    }

    private static func looksLikeNumber(_ text: String) -> Bool {
        guard let last = text.last, last.isASCII, last.isNumber else { return false }
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text[...]
        return digits.allSatisfy { ("0"..."9").contains($0) || "._,".contains($0) }
    }
}
