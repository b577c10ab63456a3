// SPDX-License-Identifier: MIT

import Glibc

/// What was learned from the example files: one linear model over the classes of all aspects.
///
/// A value without identity: the same sources give the same ``digest`` on every run. About 8 MB.
package struct Model: Sendable {
    /// The digest of the sources and of the way of learning; a cached model is good where it is the same.
    package let sourceDigest: String
    /// The digest of everything learned.
    package let digest: String
    /// How many texts were learned.
    package let exampleCount: Int

    /// The classes, those of an aspect side by side.
    let classes: [Class]
    /// ISO 639-1 of the languages whose stems are features.
    let stemming: [String]
    let vocabulary: Vocabulary
    /// What each feature counts: the fewer texts have it, the more.
    let rarity: [Float]
    /// Floats in a row, a multiple of 8.
    let stride: Int
    /// One row of ``stride`` weights for each feature number, the last row is the bias.
    let weights: [Float]
    private let ranges: [String: Range<Int>]

    /// An answer to an aspect; languages are classes of the aspect `language`.
    struct Class: Sendable, Hashable {
        var aspect: String
        var label: String
    }

    init(
        sourceDigest: String,
        exampleCount: Int,
        classes: [Class],
        stemming: [String],
        vocabulary: Vocabulary,
        rarity: [Float],
        weights: [Float]
    ) {
        self.sourceDigest = sourceDigest
        self.exampleCount = exampleCount
        self.classes = classes
        self.stemming = stemming
        self.vocabulary = vocabulary
        stride = Self.stride(classes: classes.count)
        precondition(weights.count == (FeatureReader.buckets + 1) * stride, "one row of weights per feature")
        precondition(rarity.count == FeatureReader.buckets, "one rarity per feature")
        self.weights = weights
        self.rarity = rarity
        var ranges: [String: Range<Int>] = [:]
        for (index, each) in classes.enumerated() {
            ranges[each.aspect] = (ranges[each.aspect]?.lowerBound ?? index)..<index + 1
        }
        self.ranges = ranges
        var digest = Digest()
        digest.add(sourceDigest)
        digest.add(UInt64(exampleCount))
        for language in stemming { digest.add(language) }
        for (word, stems) in zip(vocabulary.words, 0...) where word != 0 {
            digest.add(
                UInt64(word) << 16
                    | UInt64(
                        vocabulary.stems[stems * stemming.count..<(stems + 1) * stemming.count].reduce(0) {
                            $0 &* 31 &+ $1
                        }
                    )
            )
        }
        for each in classes {
            digest.add(each.aspect)
            digest.add(each.label)
        }
        for numbers in [weights, rarity] {
            numbers.withUnsafeBytes { bytes in
                for word in bytes.bindMemory(to: UInt64.self) { digest.add(word) }
            }
        }
        self.digest = digest.text
    }

    static func stride(classes: Int) -> Int { max(8, (classes + 7) / 8 * 8) }

    /// The classes that answer an aspect.
    func range(of aspect: String) -> Range<Int> { ranges[aspect] ?? 0..<0 }

    /// How far the features speak for each class, 0 to 1, each class by itself.
    func score(numbers: [UInt16], values: [Float], into scores: inout [Float]) {
        if scores.count != stride { scores = [Float](repeating: 0, count: stride) }
        weights.withUnsafeBufferPointer { weights in
            scores.withUnsafeMutableBufferPointer { scores in
                numbers.withUnsafeBufferPointer { numbers in
                    values.withUnsafeBufferPointer { values in
                        LinearLoops.sum(
                            weights: weights,
                            stride: stride,
                            numbers: numbers,
                            values: values,
                            into: scores
                        )
                    }
                }
                for index in classes.indices { scores[index] = 1 / (1 + expf(-scores[index])) }
            }
        }
    }
}
