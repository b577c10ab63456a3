// SPDX-License-Identifier: MIT

/// Chance that falls the same way in each run: splitmix64 from a seed.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    /// - Parameter seed: Different seeds give unrelated throws, also when they are neighbours.
    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// One of several, each as likely as the other.
    mutating func pick(_ choices: [String]) -> String {
        choices[Int.random(in: choices.indices, using: &self)]
    }

    /// Whether something happens that happens `percent` times in a hundred.
    mutating func falls(_ percent: Int) -> Bool {
        Int.random(in: 0..<100, using: &self) < percent
    }
}
