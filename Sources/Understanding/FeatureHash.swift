// SPDX-License-Identifier: MIT

/// Hashes that are the same in every process, unlike Swift's own: models are kept on disk.
enum FeatureHash {
    /// Fowler–Noll–Vo 1a, 32 bits, the start value.
    static let start: UInt32 = 0x811C_9DC5

    @inline(__always)
    static func extended(_ hash: UInt32, by byte: UInt8) -> UInt32 { (hash ^ UInt32(byte)) &* 0x0100_0193 }

    static func of(_ bytes: UnsafeBufferPointer<UInt8>) -> UInt32 {
        var hash = start
        for byte in bytes { hash = extended(hash, by: byte) }
        return hash
    }

    /// The feature of one kind for a hash: its bits well mixed, cut to a bucket.
    @inline(__always)
    static func bucket(_ hash: UInt32, _ kind: FeatureKind) -> UInt16 {
        var mixed = hash ^ kind.rawValue
        mixed ^= mixed >> 16
        mixed &*= 0x85EB_CA6B
        mixed ^= mixed >> 13
        mixed &*= 0xC2B2_AE35
        mixed ^= mixed >> 16
        return UInt16(truncatingIfNeeded: mixed >> 17)
    }
}

/// What a feature is made of; the value keeps equal letters of different kinds apart.
enum FeatureKind: UInt32 {
    case word = 0x9E37_79B9
    case pair = 0x7F4A_7C15
    case stem = 0xF39C_C060
    case letters = 0x5CED_C834
}

/// A digest of bytes to tell versions apart, not to withstand an adversary: 64 bits, stable across processes.
struct Digest {
    private var state: UInt64 = 0xCBF2_9CE4_8422_2325

    mutating func add(_ value: UInt64) {
        state = (state ^ value) &* 0x9E37_79B9_7F4A_7C15
        state ^= state >> 29
    }

    /// The length goes in as well, so that neighbours cannot exchange letters.
    mutating func add(_ text: String) {
        add(UInt64(text.utf8.count))
        for byte in text.utf8 { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
    }

    /// Sixteen hexadecimal digits.
    var text: String {
        let digits = String(state ^ (state >> 32), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
