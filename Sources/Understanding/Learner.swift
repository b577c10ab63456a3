// SPDX-License-Identifier: MIT

import Glibc

/// Learns one linear model over all classes: logistic loss, a step size for each weight, a fixed order.
///
/// Each class is learned against all others of its aspect, so that several may score high at once. A text
/// that stands in several files of an aspect is an example of all of them. Of a mail nobody has said which
/// sentence carries its concern; the first rounds tell that, and the sentences are learned as well from then on.
struct Learner: ~Copyable {
    /// Changes with everything that makes other weights of the same files.
    static let version: UInt64 = 2
    /// Rounds over whole texts, by which the sentences of mails are then sorted.
    private static let rounds = 4
    /// Rounds over texts and sentences.
    private static let laterRounds = 3
    /// What a sentence weighs beside an example: what it says is only concluded.
    private static let sentenceWeight: Float = 0.35
    private static let rate: Float = 0.9
    /// Where the sums of squared gradients begin: the larger, the smaller the first steps.
    private static let firstSquare: Float = 0.05
    /// A class whose score is nearer to the truth than this is not corrected: most classes of most examples.
    private static let tolerance: Float = 0.01
    /// Messages of any intent are taken for examples of no guarded matter and no special act, with this
    /// weight.
    private static let counterWeight: Float = 0.3
    /// An example of a class weighs as many of the others' examples: there are many more of those.
    private static let truthWeight: Float = 3
    /// How much rarity matters: 0 not at all.
    private static let rarityWeight: Float = 0.5

    private var classes: [Model.Class] = []
    private var stemming: [String] = []
    private var vocabulary: Vocabulary
    private var lessons: [Lesson] = []
    private var mails: [Mail] = []
    private var numbers: [UInt16] = []
    private var values: [Float] = []
    private var rarity = [Float](repeating: 1, count: FeatureReader.buckets)
    private var ranges: [String: Range<Int>] = [:]

    /// One text: its features, and what is known about it.
    private struct Lesson {
        var features: Range<Int>
        var isTrue: Set<Int>
        /// The classes about which the text says something, each with the weight of what it says.
        var known: [(range: Range<Int>, weight: Float)]
        /// Classes of which nothing is known all the same.
        var open: Set<Int> = []
    }

    /// A text of several sentences.
    private struct Mail {
        /// Its place among the lessons, where it is learned as a whole.
        var lesson: Int
        /// The features of each sentence.
        var sentences: [Range<Int>]
    }

    init(examples: [Example]) {
        // Near misses are not learned: they are what an answer is tried on.
        let used = examples.filter { $0.aspect != "near" }
        let languages = Set(used.map(\.language)).sorted()
        stemming = languages.filter { Stemmers.known.contains($0) }
        vocabulary = Vocabulary(languages: stemming.count)
        for aspect in ["intent", "guarded", "act", "mood"] {
            for label in Set(used.lazy.filter { $0.aspect == aspect }.map(\.label)).sorted() {
                classes.append(Model.Class(aspect: aspect, label: label))
            }
        }
        for language in languages { classes.append(Model.Class(aspect: "language", label: language)) }
        for (index, each) in classes.enumerated() {
            ranges[each.aspect] = (ranges[each.aspect]?.lowerBound ?? index)..<index + 1
        }
        addLessons(used)
        weighByRarity()
    }

    /// Lets features count the more, the fewer texts have them, and brings each text back to length 1.
    private mutating func weighByRarity() {
        var texts = [Float](repeating: 0, count: FeatureReader.buckets)
        for lesson in lessons { for index in lesson.features { texts[Int(numbers[index])] += 1 } }
        for number in rarity.indices {
            rarity[number] = 1 + Self.rarityWeight * logf(Float(lessons.count + 1) / (texts[number] + 2))
        }
        for features in lessons.map(\.features) + mails.flatMap(\.sentences) {
            var square: Float = 0
            for index in features {
                values[index] *= rarity[Int(numbers[index])]
                square += values[index] * values[index]
            }
            guard square > 0 else { continue }
            let scale = 1 / square.squareRoot()
            for index in features { values[index] *= scale }
        }
    }

    private mutating func addLessons(_ examples: [Example]) {
        let place = Dictionary(uniqueKeysWithValues: classes.enumerated().map { ($1, $0) })
        var reader = FeatureReader(stemming: stemming)
        var known: [String: Int] = [:]
        var folded: [UInt8] = []
        for example in examples {
            guard let index = place[Model.Class(aspect: example.aspect, label: example.label)],
                let language = place[Model.Class(aspect: "language", label: example.language)]
            else { continue }
            let key = example.aspect + "\n" + String(decoding: Folding.fold(example.text), as: UTF8.self)
            if let lesson = known[key] {
                lessons[lesson].isTrue.formUnion([index, language])
                continue
            }
            known[key] = lessons.count
            reader.clear()
            var sentences: [Range<Int>] = []
            var text = example.text
            text.withUTF8 { bytes in
                for sentence in SentenceSplitter.sentences(of: bytes) {
                    folded.removeAll(keepingCapacity: true)
                    Folding.fold(UnsafeBufferPointer(rebasing: bytes[sentence]), into: &folded)
                    let start = reader.occurrences.count
                    folded.withUnsafeBufferPointer { reader.add($0, knowing: vocabulary) }
                    sentences.append(start..<reader.occurrences.count)
                }
            }
            for entry in reader.unseen { vocabulary.insert(entry) }
            lessons.append(
                Lesson(
                    features: merged(0..<reader.occurrences.count, &reader),
                    isTrue: [index, language],
                    known: knowledge(of: example)
                )
            )
            guard example.aspect == "intent", sentences.count > 1 else { continue }
            mails.append(Mail(lesson: lessons.count - 1, sentences: sentences.map { merged($0, &reader) }))
        }
    }

    /// The place of the features of a part of what `reader` has read.
    private mutating func merged(_ part: Range<Int>, _ reader: inout FeatureReader) -> Range<Int> {
        reader.merge([part], rarity: [])
        let start = numbers.count
        numbers += reader.numbers
        values += reader.values
        return start..<numbers.count
    }

    private func knowledge(of example: Example) -> [(range: Range<Int>, weight: Float)] {
        var known = [
            (ranges[example.aspect] ?? 0..<0, example.weight), (ranges["language"] ?? 0..<0, example.weight),
        ]
        if example.aspect == "intent" {
            for aspect in ["guarded", "act"] {
                known.append((ranges[aspect] ?? 0..<0, example.weight * Self.counterWeight))
            }
        }
        return known
    }

    mutating func learn(sourceDigest: String) -> Model {
        let stride = Model.stride(classes: classes.count)
        let count = (FeatureReader.buckets + 1) * stride
        let exampleCount = lessons.count
        var weights = [Float](repeating: 0, count: count)
        var squares = [Float](repeating: Self.firstSquare, count: count)
        for index in 0..<classes.count { weights[FeatureReader.buckets * stride + index] = -2 }
        weights.withUnsafeMutableBufferPointer { weights in
            squares.withUnsafeMutableBufferPointer { squares in
                study(stride, weights, squares, rounds: 0..<Self.rounds)
                addSentences(stride, UnsafeBufferPointer(weights))
                study(stride, weights, squares, rounds: Self.rounds..<Self.rounds + Self.laterRounds)
            }
        }
        return Model(
            sourceDigest: sourceDigest,
            exampleCount: exampleCount,
            classes: classes,
            stemming: stemming,
            vocabulary: vocabulary,
            rarity: rarity,
            weights: weights
        )
    }

    /// Makes lessons of the sentences of mails: each is taken for what it speaks of most, of all that its mail
    /// is an example of, or for background.
    ///
    /// Each concern of a mail has one sentence at least. Of a mail that is no matter of the shop nothing is
    /// known about its sentences.
    private mutating func addSentences(_ stride: Int, _ weights: UnsafeBufferPointer<Float>) {
        let intents = ranges["intent"] ?? 0..<0
        let background = intents.first { classes[$0].label == "background" }
        let other = intents.first { classes[$0].label == "other" }
        for mail in mails {
            let lesson = lessons[mail.lesson]
            let concerns = lesson.isTrue.filter { intents.contains($0) }.sorted()
            if let other, concerns.contains(other) { continue }
            let possible = concerns + [background].compactMap { $0 }
            let scores = mail.sentences.map { score($0, stride, weights) }
            var meaning = scores.map { scores in possible.max { scores[$0] < scores[$1] } }
            var claimed: Set<Int> = []
            for concern in concerns {
                let free = scores.indices.filter { !claimed.contains($0) }
                guard let best = free.max(by: { scores[$0][concern] < scores[$1][concern] }) else { break }
                claimed.insert(best)
                meaning[best] = concern
            }
            let weight = (lesson.known.first?.weight ?? 1) * Self.sentenceWeight
            for (features, label) in zip(mail.sentences, meaning) {
                guard let label, !features.isEmpty else { continue }
                lessons.append(
                    Lesson(
                        features: features,
                        isTrue: [label],
                        known: [(intents, weight)],
                        open: Set(possible).subtracting([label])
                    )
                )
            }
        }
    }

    /// How far features speak for each class, before it is brought between 0 and 1.
    private func score(
        _ features: Range<Int>,
        _ stride: Int,
        _ weights: UnsafeBufferPointer<Float>
    ) -> [Float] {
        var scores = [Float](repeating: 0, count: stride)
        numbers.withUnsafeBufferPointer { numbers in
            values.withUnsafeBufferPointer { values in
                scores.withUnsafeMutableBufferPointer { scores in
                    LinearLoops.sum(
                        weights: weights,
                        stride: stride,
                        numbers: UnsafeBufferPointer(rebasing: numbers[features]),
                        values: UnsafeBufferPointer(rebasing: values[features]),
                        into: scores
                    )
                }
            }
        }
        return scores
    }

    private func study(
        _ stride: Int,
        _ weights: UnsafeMutableBufferPointer<Float>,
        _ squares: UnsafeMutableBufferPointer<Float>,
        rounds: Range<Int>
    ) {
        var order = Array(lessons.indices)
        var random = SplitMix(state: 2026 + UInt64(rounds.lowerBound))
        var scores = [Float](repeating: 0, count: stride)
        var active: [(index: Int, error: Float)] = []
        for epoch in rounds {
            order.shuffle(using: &random)
            // Later rounds correct less, so that the last examples do not weigh most.
            let rate = Self.rate / (1 + 0.5 * Float(epoch))
            for place in order {
                let lesson = lessons[place]
                numbers.withUnsafeBufferPointer { numbers in
                    values.withUnsafeBufferPointer { values in
                        let numbers = UnsafeBufferPointer(rebasing: numbers[lesson.features])
                        let values = UnsafeBufferPointer(rebasing: values[lesson.features])
                        scores.withUnsafeMutableBufferPointer { scores in
                            LinearLoops.sum(
                                weights: UnsafeBufferPointer(weights),
                                stride: stride,
                                numbers: numbers,
                                values: values,
                                into: scores
                            )
                        }
                        compare(scores, with: lesson, into: &active)
                        LinearLoops.correct(
                            weights: weights,
                            squares: squares,
                            stride: stride,
                            numbers: numbers,
                            values: values,
                            active: active,
                            rate: rate
                        )
                    }
                }
            }
        }
    }

    /// Collects the classes whose score differs from what the lesson says.
    private func compare(
        _ scores: [Float],
        with lesson: Lesson,
        into active: inout [(index: Int, error: Float)]
    ) {
        active.removeAll(keepingCapacity: true)
        for (range, weight) in lesson.known {
            for index in range where !lesson.open.contains(index) {
                let score = 1 / (1 + expf(-scores[index]))
                let isTrue = lesson.isTrue.contains(index)
                let error = (score - (isTrue ? 1 : 0)) * weight * (isTrue ? Self.truthWeight : 1)
                if abs(error) > Self.tolerance * weight { active.append((index, error)) }
            }
        }
    }
}

/// A small generator of pseudo-random numbers with a fixed start: every training sees the same order.
private struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
