// SPDX-License-Identifier: MIT

extension Reading {
    /// The score from which a concern counts as wanted by the writer.
    package static let wanted = 0.5
    /// A sentence that reaches this for no label is one that was not understood.
    package static let understood = 0.3
    /// Labels of sentences that leave nothing to answer.
    static let harmless: Set<String> = ["background", "thanks", "praise"]

    /// Whether an answer for `concern` leaves nothing in the text without an answer, and if not, why.
    ///
    /// Guarded matters, threats and matters taken back are never covered, nor is a text that was not read to
    /// its end. Whether the order's situation fits is for the caller to know.
    package func coverage(of concern: Concern) -> Coverage {
        if isPartial { return .uncovered(because: .tooLong) }
        if let matter = guarded.first {
            return .uncovered(because: .matter(name: matter.name, words: matter.evidence))
        }
        // The reason that tells a person most comes first.
        for intent in intents {
            if let reason = objection(to: intent, concern) { return .uncovered(because: reason) }
        }
        if let word = vetoWord(of: concern) {
            return .uncovered(because: .veto(word: word))
        }
        let score = score(of: concern)
        guard score >= concern.threshold else {
            return .uncovered(because: .unsure(score: score, wanted: concern.threshold))
        }
        return coverageOfSentences(by: concern)
    }

    private func score(of concern: Concern) -> Double {
        // A reading put together by hand may have intents only.
        let scores =
            textScores.isEmpty
            ? Dictionary(intents.map { ($0.name, $0.score) }, uniquingKeysWith: max) : textScores
        return concern.covers.lazy.map { scores[$0] ?? 0 }.max() ?? 0
    }

    private func objection(to intent: IntentFinding, _ concern: Concern) -> Obstacle? {
        let isCovered = concern.covers.contains(intent.name)
        switch intent.act {
        case .threatens: return .threat(words: intent.evidence)
        case .withdraws: return .withdrawal(words: intent.evidence)
        case .does, .asks:
            guard intent.score >= Self.wanted, !isCovered, !Self.harmless.contains(intent.name) else {
                return nil
            }
            return .concern(name: intent.name, words: intent.evidence)
        }
    }

    private func coverageOfSentences(by concern: Concern) -> Coverage {
        var misunderstood: String?
        for sentence in sentences {
            switch standing(of: sentence, concern) {
            case .fine: continue
            case .threat:
                let isThreat = sentence.act == .threatens
                return .uncovered(
                    because: isThreat ? .threat(words: sentence.text) : .withdrawal(words: sentence.text)
                )
            case .other:
                return .uncovered(
                    because: .sentence(
                        label: sentence.label,
                        words: sentence.text,
                        isRequest: sentence.isRequest
                    )
                )
            case .unclear:
                if sentence.isRequest { return .uncovered(because: .request(words: sentence.text)) }
                if let misunderstood {
                    return .uncovered(because: .unclear(first: misunderstood, second: sentence.text))
                }
                misunderstood = sentence.text
            }
        }
        return .covered
    }

    private enum Standing { case fine, threat, other, unclear }

    private func standing(of sentence: SentenceReading, _ concern: Concern) -> Standing {
        if sentence.act == .threatens || sentence.act == .withdraws { return .threat }
        let scores = sentence.alternatives.isEmpty ? [sentence.label: sentence.score] : sentence.alternatives
        var own = 0.0
        var other = 0.0
        for (label, score) in scores {
            if concern.covers.contains(label) {
                own = max(own, score)
            } else if label == "other" {
                // A sentence does not say that the mail is no matter of the shop; it is not understood.
                continue
            } else if Self.harmless.contains(label) {
                // Nothing that is asked is background.
                if !sentence.isRequest || score >= 2 * Self.understood { own = max(own, score) }
            } else {
                other = max(other, score)
            }
        }
        // Beside a request, a second one shows in it; a statement that is clear says one thing.
        let isClear = !sentence.isRequest && own > other
        if other >= Self.wanted && !isClear || other > own && other >= Self.understood { return .other }
        return own >= Self.understood && own > other ? .fine : .unclear
    }

    /// The first word of the text that begins as a veto word does.
    private func vetoWord(of concern: Concern) -> String? {
        guard !concern.veto.isEmpty else { return nil }
        let words = concern.veto.map { Folding.fold($0) }.filter { !$0.isEmpty }
        for sentence in sentences {
            let text = Folding.fold(sentence.text)
            for start in text.indices where start == 0 || !Self.isLetter(text[start - 1]) {
                for word in words where text[start...].starts(with: word) {
                    let end = text[start...].firstIndex { !Self.isLetter($0) } ?? text.count
                    return String(decoding: text[start..<max(end, start + word.count)], as: UTF8.self)
                }
            }
        }
        return nil
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte >= 0x80 || (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
    }
}
