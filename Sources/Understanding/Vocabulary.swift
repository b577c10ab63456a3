// SPDX-License-Identifier: MIT

/// The words of the examples and their stems, so that reading a known word needs no stemmer.
///
/// An open hash table of 32-bit word hashes. That two words share a hash is rare and harmless.
struct Vocabulary: Sendable, Hashable {
    struct Entry {
        var word: UInt32
        var stems: [UInt16]
    }

    /// How many stems each word has.
    let languages: Int
    private(set) var count = 0
    /// A power of two; 0 is a free place.
    private(set) var words: [UInt32]
    /// ``languages`` numbers for each place.
    private(set) var stems: [UInt16]

    init(languages: Int, places: Int = 256) {
        self.languages = languages
        words = [UInt32](repeating: 0, count: places)
        stems = [UInt16](repeating: 0, count: places * languages)
    }

    /// A table as it was; `nil` where the sizes do not fit together.
    init?(languages: Int, words: [UInt32], stems: [UInt16]) {
        guard words.count.nonzeroBitCount == 1, stems.count == words.count * languages else { return nil }
        self.languages = languages
        self.words = words
        self.stems = stems
        count = words.count { $0 != 0 }
        // A full table would be searched for ever.
        guard count < words.count else { return nil }
    }

    /// Where the word stands, or `nil` for a word that was never seen.
    @inline(__always)
    func place(of word: UInt32) -> Int? {
        let word = word == 0 ? 1 : word
        var place = Int(truncatingIfNeeded: word &* 0x9E37_79B1) & (words.count &- 1)
        while words[place] != 0 {
            if words[place] == word { return place }
            place = (place &+ 1) & (words.count &- 1)
        }
        return nil
    }

    mutating func insert(_ entry: Entry) {
        guard place(of: entry.word) == nil else { return }
        if (count + 1) * 2 > words.count { grow() }
        put(entry.word == 0 ? 1 : entry.word, entry.stems[...])
        count += 1
    }

    private mutating func put(_ word: UInt32, _ wordStems: ArraySlice<UInt16>) {
        var place = Int(truncatingIfNeeded: word &* 0x9E37_79B1) & (words.count - 1)
        while words[place] != 0 { place = (place + 1) & (words.count - 1) }
        words[place] = word
        for (index, stem) in wordStems.enumerated() { stems[place * languages + index] = stem }
    }

    private mutating func grow() {
        var larger = Vocabulary(languages: languages, places: words.count * 2)
        for (place, word) in words.enumerated() where word != 0 {
            larger.put(word, stems[place * languages..<(place + 1) * languages])
        }
        larger.count = count
        self = larger
    }
}
