// SPDX-License-Identifier: MIT

/// The two loops in which all time goes: adding rows of weights, and correcting them.
///
/// Rows are added eight weights at a time. Bounds are checked once, not in the loop.
enum LinearLoops {
    /// Writes the bias row plus each numbered row times its value.
    static func sum(
        weights: UnsafeBufferPointer<Float>,
        stride: Int,
        numbers: UnsafeBufferPointer<UInt16>,
        values: UnsafeBufferPointer<Float>,
        into scores: UnsafeMutableBufferPointer<Float>
    ) {
        precondition(stride % 8 == 0 && scores.count == stride && numbers.count == values.count)
        precondition(weights.count == (FeatureReader.buckets + 1) * stride)
        guard let weights = weights.baseAddress, let scores = scores.baseAddress else { return }
        scores.update(from: weights + FeatureReader.buckets * stride, count: stride)
        let width = stride / 8
        weights.withMemoryRebound(to: SIMD8<Float>.self, capacity: (FeatureReader.buckets + 1) * width) {
            rows in
            scores.withMemoryRebound(to: SIMD8<Float>.self, capacity: width) { scores in
                for index in 0..<numbers.count {
                    let row = rows + Int(numbers[index] & 0x7FFF) &* width
                    let value = SIMD8<Float>(repeating: values[index])
                    for column in 0..<width { scores[column] += row[column] * value }
                }
            }
        }
    }

    /// Corrects the weights of `active` classes for one example, each by a step of its own (AdaGrad).
    ///
    /// `squares` are the sums of squared gradients, laid out as the weights; `active` are classes and the
    /// error of each: score less truth, times the example's weight.
    static func correct(
        weights: UnsafeMutableBufferPointer<Float>,
        squares: UnsafeMutableBufferPointer<Float>,
        stride: Int,
        numbers: UnsafeBufferPointer<UInt16>,
        values: UnsafeBufferPointer<Float>,
        active: [(index: Int, error: Float)],
        rate: Float
    ) {
        precondition(weights.count == (FeatureReader.buckets + 1) * stride && squares.count == weights.count)
        precondition(numbers.count == values.count && active.allSatisfy { $0.index < stride })
        guard let weights = weights.baseAddress, let squares = squares.baseAddress else { return }
        active.withUnsafeBufferPointer { active in
            for index in 0...numbers.count {
                let isBias = index == numbers.count
                let row = (isBias ? FeatureReader.buckets : Int(numbers[index] & 0x7FFF)) &* stride
                let value = isBias ? 1 : values[index]
                for each in active {
                    let gradient = each.error * value
                    let place = row &+ each.index
                    squares[place] += gradient * gradient
                    weights[place] -= rate * gradient / squares[place].squareRoot()
                }
            }
        }
    }
}
