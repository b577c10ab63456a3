// SPDX-License-Identifier: MIT

/// One text on its way through the model.
struct ReadingPass: ~Copyable {
    /// Features of a part of a sentence that is looked at by itself.
    private static let leastPart = 40

    /// From here a sentence, or the whole text, is taken to speak of a guarded matter.
    private static let guardedSentence: Float = 0.65
    private static let guardedText: Float = 0.6

    private struct Sentence {
        var text: String
        var folded: Range<Int>
        var features: Range<Int>
        /// The features of its parts, where it has several thoughts.
        var parts: [Range<Int>] = []
        var isBackground = false
        var words: Int
    }

    private let model: Model
    private var features: FeatureReader
    private var folded: [UInt8] = []
    private var sentences: [Sentence] = []
    private var reading = Reading()
    private var scores: [Float] = []
    /// What the model says of the whole text.
    private var whole: [String: Double] = [:]
    private var guards: [String: Int] = [:]

    init(model: Model) {
        self.model = model
        features = FeatureReader(stemming: model.stemming)
    }

    /// Adds the sentences of a text, or of as much of it as is read.
    mutating func add(_ text: String, upTo limit: Int) {
        var text = text
        text.withUTF8 { bytes in
            var count = bytes.count
            if count > limit {
                count = limit
                // Not inside a character.
                while count > 0, bytes[count] & 0xC0 == 0x80 { count -= 1 }
                reading.isPartial = true
            }
            let bytes = UnsafeBufferPointer(rebasing: bytes[..<count])
            for place in SentenceSplitter.sentences(of: bytes) {
                guard sentences.count < Reader.mostSentences else {
                    reading.isPartial = true
                    return
                }
                add(UnsafeBufferPointer(rebasing: bytes[place]))
            }
        }
    }

    private mutating func add(_ sentence: UnsafeBufferPointer<UInt8>) {
        let start = folded.count
        let firstFeature = features.occurrences.count
        let words = features.wordCount
        let firstTurn = features.turns.count
        Folding.fold(sentence, into: &folded)
        folded.withUnsafeBufferPointer {
            let text = UnsafeBufferPointer(rebasing: $0[start...])
            // Features of a line that says nothing would only speak by chance.
            guard !NeutralWords.areAll(in: text) else { return }
            features.add(text, knowing: model.vocabulary)
        }
        var read = Sentence(
            text: String(decoding: sentence, as: UTF8.self),
            folded: start..<folded.count,
            features: firstFeature..<features.occurrences.count,
            words: features.wordCount - words
        )
        var begin = firstFeature
        for turn in features.turns[firstTurn...] + [features.occurrences.count] {
            // Fewer features are a word or two, too little to go by.
            guard turn - begin >= Self.leastPart else { continue }
            read.parts.append(begin..<turn)
            begin = turn
        }
        sentences.append(read)
    }

    consuming func finish() -> Reading {
        guard !sentences.isEmpty else { return reading }
        readWhole()
        var isAfterClosing = false
        for index in sentences.indices { read(index, &isAfterClosing) }
        readWithoutBackground()
        reading.guarded = guards.sorted { ($0.value, $0.key) < ($1.value, $1.key) }.map {
            Reading.GuardedFinding(name: $0.key, evidence: evidence($0.value))
        }
        weighWhole()
        listIntents()
        return reading
    }

    // MARK: The whole text

    private mutating func readWhole() {
        score(0..<features.occurrences.count)
        let words = features.wordCount
        reading.unknownShare = words == 0 ? 0 : Double(features.unknownCount) / Double(words)
        if let (language, score) = best(in: "language"), score >= 0.5, words > 0, reading.unknownShare < 0.8 {
            reading.language = language
        }
        if let (mood, score) = best(in: "mood"), score >= 0.5 {
            reading.mood = Reading.Mood(rawValue: mood) ?? .calm
        }
        whole = strongest(8, above: 0.02)
        for index in model.range(of: "guarded") where scores[index] >= Self.guardedText {
            guards[model.classes[index].label] = mostTelling(index)
        }
    }

    /// Scores the text without greetings and circumstances, which say nothing about the concern but weigh.
    private mutating func readWithoutBackground() {
        let rest = sentences.filter { !$0.isBackground }
        guard !rest.isEmpty, rest.count < sentences.count else { return }
        score(rest.map(\.features))
        for (name, score) in strongest(8, above: 0.02) where name != "background" {
            whole[name] = max(whole[name] ?? 0, score)
        }
    }

    private mutating func weighWhole() {
        let rivals = whole.filter { !Reading.harmless.contains($0.key) && $0.key != "other" }
        reading.textScores = whole
        for (name, score) in rivals {
            let rival = rivals.lazy.filter { $0.key != name }.map(\.value).max() ?? 0
            reading.textScores[name] = Certainty.of(score, against: rival, sentences: sentences.count)
        }
    }

    /// The sentence that speaks most for a class; keeps the scores of the whole text.
    private mutating func mostTelling(_ index: Int) -> Int {
        let whole = scores
        defer { scores = whole }
        var found = (place: 0, score: Float(-1))
        for (place, sentence) in sentences.enumerated() {
            score(sentence.features)
            if scores[index] > found.score { found = (place, scores[index]) }
        }
        return found.place
    }

    // MARK: Sentences

    private mutating func read(_ index: Int, _ isAfterClosing: inout Bool) {
        let sentence = sentences[index]
        score(sentence.features)
        let phrases = folded.withUnsafeBufferPointer {
            Phrases.builtIn.meanings(in: UnsafeBufferPointer(rebasing: $0[sentence.folded]))
        }
        // What cannot be searched is not vouched for.
        if phrases == nil { reading.isPartial = true }
        let meanings = phrases ?? []
        for case .guarded(let name) in meanings where guards[name].map({ $0 > index }) ?? true {
            guards[name] = index
        }
        for place in model.range(of: "guarded") where scores[place] >= Self.guardedSentence {
            let name = model.classes[place].label
            guards[name] = min(guards[name] ?? index, index)
        }
        var alternatives = strongest(5, above: 0.05)
        var (label, labelScore) = best(in: "intent").map { ($0.0, Double($0.1)) } ?? ("other", 0)
        let isAddendum = meanings.contains(.addendum)
        let isRequest = isAddendum || meanings.contains(.request)
        let saysNothing =
            !isRequest && (label == "background" || label == "other" || labelScore < Reading.wanted)
        let isLast = index == sentences.count - 1
        let isName =
            saysNothing
            && (isAfterClosing && sentence.words <= 4 || isLast && Self.isSignature(sentence.text))
        if meanings.contains(.closing) { isAfterClosing = true }
        if sentence.words == 0 || isName {
            // A bare number, or the name under a greeting.
            (label, labelScore) = ("background", 1)
            alternatives = [label: 1]
        } else if sentence.parts.count > 1 {
            for part in sentence.parts {
                score(part)
                for (name, score) in strongest(2, above: Float(Reading.wanted)) where name != "background" {
                    alternatives[name] = max(alternatives[name] ?? 0, score)
                }
            }
        }
        if isAddendum {
            // Nobody adds what is no matter: such a sentence must be understood.
            for name in Reading.harmless { alternatives[name] = nil }
        }
        // Thanks and praise weigh on the whole as greetings do.
        sentences[index].isBackground =
            Reading.harmless.contains(label) && labelScore >= Reading.wanted && !isRequest
        reading.sentences.append(
            Reading.SentenceReading(
                text: sentence.text,
                label: label,
                score: labelScore,
                isRequest: isRequest,
                act: act(meanings, isQuestion: sentence.text.utf8.last == 0x3F),
                alternatives: alternatives
            )
        )
    }

    /// Whether the last line is a name, or a wish with a name behind it: `Jörg Müller`, `Petri Heil, Ronny`.
    private static func isSignature(_ text: String) -> Bool {
        let parts = text.split(separator: ",", maxSplits: 1, omittingEmptySubsequences: false)
        guard let name = parts.last, parts.count == 1 || parts[0].split(separator: " ").count <= 3 else {
            return false
        }
        let words = name.split { $0 == " " || $0 == "\n" }
        return (1...3).contains(words.count) && words.allSatisfy { $0.first?.isUppercase == true }
    }

    private func act(_ meanings: [Phrases.Meaning], isQuestion: Bool) -> Reading.Act {
        if meanings.contains(.act(.withdraws)) { return .withdraws }
        if meanings.contains(.act(.asks)), isQuestion || !meanings.contains(.act(.threatens)) { return .asks }
        if meanings.contains(.act(.threatens)) { return .threatens }
        guard let (label, score) = best(in: "act"), score >= 0.6 else { return .does }
        return Reading.Act(rawValue: label) ?? .does
    }

    // MARK: Intents

    private mutating func listIntents() {
        var strength = whole.filter { $0.value >= Reading.wanted }
        for sentence in reading.sentences {
            let isThreat = sentence.act == .threatens || sentence.act == .withdraws
            for (name, score) in sentence.alternatives {
                // A threat names its matter in passing; it must not be overlooked.
                // Whether a mail is no matter of the shop at all is for the whole text to say.
                if name == "other" { continue }
                // A statement says what it says most; a request may hold a second one.
                let counts =
                    name == sentence.label
                    ? score >= (isThreat ? 0.15 : Reading.wanted)
                    : score >= 0.6 && (sentence.isRequest || score > sentence.score)
                if counts { strength[name] = max(strength[name] ?? 0, score) }
            }
        }
        strength["background"] = nil
        // Thanks beside a concern are courtesy, not a message of thanks.
        if strength.contains(where: { $0.key != "thanks" && $0.value >= Reading.wanted }) {
            strength["thanks"] = nil
        }
        // The best guess is shown even where it is weak; it is not counted as wanted.
        let guesses = whole.filter { $0.key != "background" }
        let best = guesses.max { ($0.value, $1.key) < ($1.value, $0.key) }
        let isEmpty =
            reading.sentences.allSatisfy { $0.label == "background" }
            && (best?.value ?? 0) < Reading.understood
        if !isEmpty, strength.allSatisfy({ rank(of: $0.key) < rank(of: best?.key ?? "other") }) {
            strength[best?.key ?? "other"] = max(best?.value ?? 0, strength[best?.key ?? "other"] ?? 0)
        }
        reading.intents = strength.map { name, score in
            let place = witness(name)
            return Reading.IntentFinding(
                name: name,
                score: score,
                act: reading.sentences[place].act,
                evidence: evidence(place)
            )
        }
        let ranked = reading.intents.map { ($0, rank(of: $0.name)) }
        reading.intents = ranked.sorted { ($1.1, $0.0.name) < ($0.1, $1.0.name) }.map(\.0)
    }

    /// Where an intent stands among the others: the text counts more than a sentence, since one that is
    /// misread must not lead.
    private func rank(of name: String) -> Double {
        let sentences = name == "other" ? [] : reading.sentences.map { $0.alternatives[name] ?? 0 }
        return (whole[name] ?? 0) + (sentences.max() ?? 0) / 2
    }

    /// The sentence that speaks most for an intent; one that simply wants it before one that threatens or
    /// asks.
    private func witness(_ name: String) -> Int {
        var best = (place: 0, rank: -1.0)
        for (place, sentence) in reading.sentences.enumerated() {
            guard let score = sentence.alternatives[name] else { continue }
            let rank = score + (sentence.act == .does && score >= 0.5 ? 1 : 0)
            if rank > best.rank { best = (place, rank) }
        }
        return best.place
    }

    // MARK: Scores

    private mutating func score(_ range: Range<Int>) { score([range]) }

    private mutating func score(_ ranges: [Range<Int>]) {
        features.merge(ranges, rarity: model.rarity)
        model.score(numbers: features.numbers, values: features.values, into: &scores)
    }

    private func best(in aspect: String) -> (String, Float)? {
        model.range(of: aspect).max { scores[$0] < scores[$1] }.map { (model.classes[$0].label, scores[$0]) }
    }

    private func strongest(_ count: Int, above least: Float) -> [String: Double] {
        let found = model.range(of: "intent").filter { scores[$0] > least }.sorted { scores[$0] > scores[$1] }
        var result: [String: Double] = [:]
        for index in found.prefix(count) { result[model.classes[index].label] = Double(scores[index]) }
        return result
    }

    /// The words of a sentence, cut to what a person reads at a glance.
    private func evidence(_ place: Int) -> String {
        let text = sentences[place].text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return text.count > 160 ? text.prefix(159) + "…" : text
    }
}
