// SPDX-License-Identifier: MIT

/// Reads what a message says: a model scores the whole text and each sentence, phrases and patterns the rest.
///
/// Given the customer's own words, without quotes and signature, it says which concerns they carry and shows
/// the words for each. It reads the first ``longestText`` bytes and says so when there are more; its time is
/// bounded for any text. It never fails: a text in no known language is a reading without concerns. Safe to
/// share; one reader serves all messages.
package struct Reader: Sendable {
    /// Bytes of a text that are read for concerns; facts are found in all of it.
    package static let longestText = 16_384
    /// Sentences that are looked at one by one.
    package static let mostSentences = 200

    private let model: Model
    private let finder: FindingReader

    /// A reader with the shop's own patterns for order numbers, in RE2's syntax; case is ignored.
    ///
    /// - Throws: ``PatternError`` for the first pattern that is not valid.
    package init(model: Model, orderNumberPatterns: [String] = []) throws(PatternError) {
        self.model = model
        finder = try FindingReader(orderNumberPatterns: orderNumberPatterns)
    }

    /// The facts named in `text`, such as a subject; offsets are bytes of its UTF-8.
    package func findings(in text: String) -> [Reading.Finding] {
        var text = text
        return text.withUTF8 { finder.findings(in: $0) }
    }

    /// The reading of a message; a subject counts as its first sentence, unless it is that of a reply.
    package func read(_ text: String, subject: String? = nil) -> Reading {
        var pass = ReadingPass(model: model)
        if let subject, !Self.isReply(subject) { pass.add(subject, upTo: SentenceSplitter.longest) }
        pass.add(text, upTo: Self.longestText)
        var reading = pass.finish()
        reading.findings = findings(in: text)
        return reading
    }

    /// `Re:`, `AW:`, `WG:` and their like: the words behind them are not the writer's.
    private static func isReply(_ subject: String) -> Bool {
        guard let colon = subject.firstIndex(of: ":") else { return false }
        let prefix = subject[..<colon].trimmed.lowercased().prefix { $0.isLetter }
        return ["re", "aw", "antw", "antwort", "fwd", "fw", "wg", "sv", "vs", "tr", "rif", "odp", "ynt"]
            .contains(String(prefix))
    }
}
