// SPDX-License-Identifier: MIT

import Glibc

/// Turns folded text into numbered features: words, word pairs, stems, and letters in groups of three to
/// five.
///
/// Numbers, addresses and links become classes ("a number of about eight digits"), so that no example teaches
/// one customer's order number. Features are numbered by hashing; two that share a number are told apart by
/// their neighbours. One reader serves one thread, text after text.
struct FeatureReader: ~Copyable {
    /// How many numbers there are; one more row of weights is the bias.
    static let buckets = 1 << 15
    /// Letters of one word that are looked at; what is longer is not a word that people write.
    static let longestWord = 40
    /// Features that are groups of letters count for less: there are many for one word.
    private static let lettersWeight: Float = 0.6
    private static let lettersFlag: UInt16 = 0x8000
    private static let connectors: Set<UInt32> = Set(
        [
            "und", "aber", "sowie", "ausserdem", "zudem", "oder", "sonst", "also", "dann", "and", "but", "or",
            "plus",
            "additionally", "otherwise", "besides", "then",
        ].map { (word: StaticString) in
            FeatureHash.of(UnsafeBufferPointer(start: word.utf8Start, count: word.utf8CodeUnitCount))
        }
    )

    /// All features in the order of the text, duplicates included; the highest bit marks groups of letters.
    private(set) var occurrences: [UInt16] = []
    /// Where in ``occurrences`` a new thought may begin: at "und", "aber", "and", "but" and their like.
    private(set) var turns: [Int] = []
    private(set) var wordCount = 0
    private(set) var unknownCount = 0
    /// Words of the text that are not in the vocabulary, with their stems; collected in training.
    private(set) var unseen: [Vocabulary.Entry] = []

    /// The features of the last ``merge(_:)``, each once.
    private(set) var numbers: [UInt16] = []
    private(set) var values: [Float] = []

    private var stemmers: Stemmers
    private var counts = [UInt8](repeating: 0, count: FeatureReader.buckets)
    private var weights = [Float](repeating: 0, count: 256)

    init(stemming languages: [String]) {
        stemmers = Stemmers(languages)
        for count in 1..<256 { weights[count] = 1 + logf(Float(count)) }
    }

    /// Forgets the text, keeps the memory.
    mutating func clear() {
        occurrences.removeAll(keepingCapacity: true)
        unseen.removeAll(keepingCapacity: true)
        turns.removeAll(keepingCapacity: true)
        wordCount = 0
        unknownCount = 0
    }

    /// Adds a sentence; pairs of words do not reach over its ends.
    mutating func add(_ text: UnsafeBufferPointer<UInt8>, knowing vocabulary: borrowing Vocabulary) {
        var last: UInt32 = 0
        var at = 0
        while let token = Token.next(in: text, from: at) {
            at = token.end
            let bytes = UnsafeBufferPointer(rebasing: text[token.start..<token.end])
            let hash = token.kind == .word ? FeatureHash.of(bytes) : token.kind.rawValue
            if token.kind == .word, Self.connectors.contains(hash) { turns.append(occurrences.count) }
            occurrences.append(FeatureHash.bucket(hash, .word))
            occurrences.append(FeatureHash.bucket((last &* 31) ^ hash, .pair))
            last = hash
            guard token.kind == .word else { continue }
            wordCount += 1
            addStems(bytes, hash, vocabulary)
            if bytes.count > 2 { addLetters(bytes) }
        }
    }

    private mutating func addStems(
        _ word: UnsafeBufferPointer<UInt8>,
        _ hash: UInt32,
        _ vocabulary: borrowing Vocabulary
    ) {
        let languages = stemmers.languages.count
        if let known = vocabulary.place(of: hash) {
            for index in 0..<languages {
                occurrences.append(vocabulary.stems[known &* vocabulary.languages &+ index])
            }
            return
        }
        unknownCount += 1
        var entry = Vocabulary.Entry(word: hash, stems: [])
        for index in 0..<languages {
            let bucket = FeatureHash.bucket(stemmers.stem(word, language: index), .stem)
            occurrences.append(bucket)
            entry.stems.append(bucket)
        }
        unseen.append(entry)
    }

    private mutating func addLetters(_ word: UnsafeBufferPointer<UInt8>) {
        // One boundary before, one after, without copying the word.
        let count = word.count + 2
        var from = 0
        while from <= count - 3 {
            var hash = FeatureHash.start
            let end = min(from + 5, count)
            var at = from
            while at < end {
                hash = FeatureHash.extended(hash, by: at == 0 || at == count - 1 ? 0x20 : word[at - 1])
                at += 1
                if at - from >= 3 {
                    occurrences.append(FeatureHash.bucket(hash, .letters) | Self.lettersFlag)
                }
            }
            from += 1
        }
    }

    /// Merges the occurrences in `ranges` into ``numbers`` and ``values``: logarithms of the counts, of
    /// length 1.
    ///
    /// `rarity` says what each feature counts, by number; empty where all count alike.
    mutating func merge(_ ranges: [Range<Int>], rarity: [Float]) {
        numbers.removeAll(keepingCapacity: true)
        values.removeAll(keepingCapacity: true)
        for range in ranges {
            for index in range {
                let occurrence = occurrences[index]
                let number = Int(occurrence & ~Self.lettersFlag)
                if counts[number] == 0 { numbers.append(occurrence) }
                if counts[number] < 255 { counts[number] += 1 }
            }
        }
        var square: Float = 0
        for index in numbers.indices {
            let number = Int(numbers[index] & ~Self.lettersFlag)
            var value = weights[Int(counts[number])]
            if numbers[index] & Self.lettersFlag != 0 { value *= Self.lettersWeight }
            if !rarity.isEmpty { value *= rarity[number] }
            counts[number] = 0
            numbers[index] = UInt16(number)
            values.append(value)
            square += value * value
        }
        let scale = square > 0 ? 1 / square.squareRoot() : 0
        for index in values.indices { values[index] *= scale }
    }
}

/// A word of folded text, or the class that stands for a number, an address or a mark.
struct Token {
    enum Kind: UInt32 {
        case word = 1
        case shortNumber, number, longNumber, code, amount, mail, link, question, exclamation, tooLong
    }

    var kind: Kind
    var start: Int
    var end: Int

    /// The next token at or after `from`.
    static func next(in text: UnsafeBufferPointer<UInt8>, from: Int) -> Token? {
        var at = from
        while at < text.count {
            let byte = text[at]
            switch byte {
            case 0x3F: return Token(kind: .question, start: at, end: at + 1)
            case 0x21: return Token(kind: .exclamation, start: at, end: at + 1)
            case 0x24: return Token(kind: .amount, start: at, end: at + 1)
            case 0xE2 where isEuro(text, at): return Token(kind: .amount, start: at, end: at + 3)
            default: if isLetter(byte) || isDigit(byte) { return word(in: text, at) }
            }
            at += 1
        }
        return nil
    }

    private static func word(in text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Token {
        if let end = addressEnd(in: text, start) { return end }
        var end = start
        var digits = 0
        var letters = 0
        while end < text.count {
            let byte = text[end]
            if isDigit(byte) {
                digits += 1
            } else if isLetter(byte), !isEuro(text, end) {
                letters += 1
            } else {
                // Inside a number or code these join: 2026-1183, 59,80, 302-1234567.
                let joins = digits > 0 && [0x2D, 0x2E, 0x2C, 0x2F, 0x5F].contains(byte)
                guard joins, end + 1 < text.count, isDigit(text[end + 1]) else {
                    // "geht's", "isn't"
                    if byte == 0x27, digits == 0, end + 1 < text.count, isLetter(text[end + 1]) {
                        end += 1
                        continue
                    }
                    break
                }
            }
            end += 1
        }
        let kind: Kind =
            digits == 0
            ? (end - start > FeatureReader.longestWord ? .tooLong : .word)
            : letters > 0 ? .code : digits <= 2 ? .shortNumber : digits <= 8 ? .number : .longNumber
        return Token(kind: kind, start: start, end: end)
    }

    /// A mail address or link that begins at `start`.
    private static func addressEnd(in text: UnsafeBufferPointer<UInt8>, _ start: Int) -> Token? {
        guard start == 0 || !isLetter(text[start - 1]) else { return nil }
        var end = start
        var kind: Kind?
        while end < text.count, end - start < 300, text[end] != 0x20, text[end] != 0x3E, text[end] != 0x22 {
            if text[end] == 0x40, end > start { kind = .mail }
            if kind == nil, text[end] == 0x3A, end + 2 < text.count, text[end + 1] == 0x2F,
                text[end + 2] == 0x2F
            {
                kind = .link
            }
            end += 1
        }
        if kind == nil, end - start > 6, text[start..<start + 4].elementsEqual([0x77, 0x77, 0x77, 0x2E]) {
            kind = .link
        }
        guard let kind else { return nil }
        return Token(kind: kind, start: start, end: end)
    }

    @inline(__always)
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || byte >= 0x80 }
    @inline(__always)
    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isEuro(_ text: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
        text[at] == 0xE2 && at + 2 < text.count && text[at + 1] == 0x82 && text[at + 2] == 0xAC
    }
}
