// SPDX-License-Identifier: MIT

/// Why a kept model cannot be used; the remedy is always to learn it again.
package enum ModelError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The bytes are of another version, cut, or damaged.
    case unreadable
    /// The model was learned from other files, or in another way.
    case outdated

    /// One line for the log.
    package var description: String {
        switch self {
        case .unreadable: "the kept model cannot be read"
        case .outdated: "the example files have changed since the model was kept"
        }
    }
}

extension Model {
    private static let magic: UInt64 = 0x31_6C_65_64_6F_4D_73_50

    /// The model as bytes for a cache on the same kind of machine (little-endian, checked on reading).
    package func encoded() -> [UInt8] {
        var writer = Writer()
        writer.add(Self.magic)
        writer.add(sourceDigest)
        writer.add(digest)
        writer.add(UInt64(exampleCount))
        writer.add(UInt64(classes.count))
        for each in classes {
            writer.add(each.aspect)
            writer.add(each.label)
        }
        writer.add(UInt64(stemming.count))
        for language in stemming { writer.add(language) }
        writer.add(vocabulary.words)
        writer.add(vocabulary.stems)
        writer.add(rarity)
        writer.add(weights)
        return writer.bytes
    }

    /// Reads what ``encoded()`` wrote, in a few milliseconds.
    ///
    /// - Parameters:
    ///   - bytes: The whole cache.
    ///   - sourceDigest: What ``digest(of:)`` says of the files as they are now.
    /// - Throws: ``ModelError``; learn again.
    package init(decoding bytes: [UInt8], sourceDigest: String) throws(ModelError) {
        var reader = Parser(bytes: bytes)
        guard try reader.number() == Self.magic else { throw .unreadable }
        guard try reader.text() == sourceDigest else { throw .outdated }
        let digest = try reader.text()
        let examples = try reader.number()
        var classes: [Class] = []
        for _ in 0..<(try reader.count()) {
            classes.append(Class(aspect: try reader.text(), label: try reader.text()))
        }
        var stemming: [String] = []
        for _ in 0..<(try reader.count()) { stemming.append(try reader.text()) }
        let words: [UInt32] = try reader.array()
        let stems: [UInt16] = try reader.array()
        let rarity: [Float] = try reader.array()
        let weights: [Float] = try reader.array()
        guard reader.at == bytes.count, stemming.allSatisfy({ Stemmers.known.contains($0) }),
            let vocabulary = Vocabulary(languages: stemming.count, words: words, stems: stems),
            rarity.count == FeatureReader.buckets,
            weights.count == (FeatureReader.buckets + 1) * Self.stride(classes: classes.count)
        else { throw .unreadable }
        self.init(
            sourceDigest: sourceDigest,
            exampleCount: Int(truncatingIfNeeded: examples),
            classes: classes,
            stemming: stemming,
            vocabulary: vocabulary,
            rarity: rarity,
            weights: weights
        )
        // The digest covers the weights: a changed bit shows.
        guard self.digest == digest else { throw .unreadable }
    }

    private struct Writer {
        var bytes: [UInt8] = []

        mutating func add(_ number: UInt64) {
            withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
        }

        mutating func add(_ text: String) {
            add(UInt64(text.utf8.count))
            bytes.append(contentsOf: text.utf8)
        }

        mutating func add<Number: BitwiseCopyable>(_ numbers: [Number]) {
            add(UInt64(numbers.count))
            numbers.withUnsafeBytes { bytes.append(contentsOf: $0) }
        }
    }

    private struct Parser {
        let bytes: [UInt8]
        var at = 0

        mutating func number() throws(ModelError) -> UInt64 {
            guard bytes.count - at >= 8 else { throw .unreadable }
            var value: UInt64 = 0
            for offset in 0..<8 { value |= UInt64(bytes[at + offset]) << (8 * UInt64(offset)) }
            at += 8
            return value
        }

        /// A number of things, each of at least one byte.
        mutating func count() throws(ModelError) -> Int {
            let value = try number()
            guard value <= UInt64(bytes.count - at) else { throw .unreadable }
            return Int(value)
        }

        mutating func text() throws(ModelError) -> String {
            let length = try count()
            defer { at += length }
            return String(decoding: bytes[at..<at + length], as: UTF8.self)
        }

        mutating func array<Number: BitwiseCopyable>() throws(ModelError) -> [Number] {
            let length = try count()
            let size = length * MemoryLayout<Number>.stride
            guard size <= bytes.count - at else { throw .unreadable }
            defer { at += size }
            return [Number](unsafeUninitializedCapacity: length) { buffer, count in
                UnsafeMutableRawBufferPointer(buffer).copyBytes(from: bytes[at..<at + size])
                count = length
            }
        }
    }
}
