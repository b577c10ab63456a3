// SPDX-License-Identifier: MIT

import Glibc

extension Model {
    /// A model and what was wrong with the files it was learned from.
    package struct Training: Sendable {
        package var model: Model
        package var complaints: [ExampleComplaint]
    }

    /// Learns from example files; what is wrong in them is left out and told.
    ///
    /// The same sources give the same model, in whatever order they come. Takes about a second for 5,000
    /// texts.
    package static func train(on sources: [ExampleSource]) -> Training {
        let file = ExampleFile(reading: sources)
        var learner = Learner(examples: file.examples)
        let model = learner.learn(sourceDigest: digest(of: sources))
        return Training(model: model, complaints: file.complaints)
    }

    /// The digest that a model learned from these sources carries as ``sourceDigest``.
    package static func digest(of sources: [ExampleSource]) -> String {
        var digest = Digest()
        digest.add(Learner.version)
        for source in sources.sorted(by: {
            ($0.aspect, $0.label, $0.language, $0.name, $0.text) < (
                $1.aspect, $1.label, $1.language, $1.name, $1.text
            )
        }) {
            digest.add(source.aspect)
            digest.add(source.label)
            digest.add(source.language)
            digest.add(source.text)
        }
        return digest.text
    }
}

/// Learns one linear model over all classes: logistic loss, a step size for each weight, a fixed order.
///
/// Each class is learned against all others of its aspect, so that several may score high at once. A text
/// that stands in several files of an aspect is an example of all of them.
struct Learner: ~Copyable {
    /// Changes with everything that makes other weights of the same files.
    static let version: UInt64 = 1
    private static let epochs = 6
    private static let rate: Float = 0.6
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
        for number in numbers { texts[Int(number)] += 1 }
        for number in rarity.indices {
            rarity[number] = 1 + Self.rarityWeight * logf(Float(lessons.count + 1) / (texts[number] + 2))
        }
        for lesson in lessons {
            var square: Float = 0
            for index in lesson.features {
                values[index] *= rarity[Int(numbers[index])]
                square += values[index] * values[index]
            }
            guard square > 0 else { continue }
            let scale = 1 / square.squareRoot()
            for index in lesson.features { values[index] *= scale }
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
            var text = example.text
            text.withUTF8 { bytes in
                for sentence in SentenceSplitter.sentences(of: bytes) {
                    folded.removeAll(keepingCapacity: true)
                    Folding.fold(UnsafeBufferPointer(rebasing: bytes[sentence]), into: &folded)
                    folded.withUnsafeBufferPointer { reader.add($0, knowing: vocabulary) }
                }
            }
            for entry in reader.unseen { vocabulary.insert(entry) }
            reader.merge([0..<reader.occurrences.count], rarity: [])
            let start = numbers.count
            numbers += reader.numbers
            values += reader.values
            lessons.append(
                Lesson(
                    features: start..<numbers.count,
                    isTrue: [index, language],
                    known: knowledge(of: example)
                )
            )
        }
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
        var weights = [Float](repeating: 0, count: count)
        var squares = [Float](repeating: Self.firstSquare, count: count)
        for index in 0..<classes.count { weights[FeatureReader.buckets * stride + index] = -2 }
        weights.withUnsafeMutableBufferPointer { weights in
            squares.withUnsafeMutableBufferPointer { squares in
                study(stride, weights, squares)
            }
        }
        return Model(
            sourceDigest: sourceDigest,
            exampleCount: lessons.count,
            classes: classes,
            stemming: stemming,
            vocabulary: vocabulary,
            rarity: rarity,
            weights: weights
        )
    }

    private func study(
        _ stride: Int,
        _ weights: UnsafeMutableBufferPointer<Float>,
        _ squares: UnsafeMutableBufferPointer<Float>
    ) {
        var order = Array(lessons.indices)
        var random = SplitMix(state: 2026)
        var scores = [Float](repeating: 0, count: stride)
        var active: [(index: Int, error: Float)] = []
        for epoch in 0..<Self.epochs {
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
            for index in range {
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
