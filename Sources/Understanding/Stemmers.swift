// SPDX-License-Identifier: MIT

import CStemmer

/// The stemmers of a few languages; not to be shared between threads, and cheap to make.
struct Stemmers: ~Copyable {
    /// Languages libstemmer knows, by ISO 639-1; others have no stems, only words and n-grams.
    static let known: Set<String> = [
        "da", "de", "en", "es", "fi", "fr", "hu", "it", "nl", "no", "pt", "ro", "ru", "sv", "tr",
    ]

    let languages: [String]
    private var handles: [OpaquePointer?]
    private var german: [UInt8] = []

    /// - Parameter languages: ISO 639-1, a subset of ``known``.
    init(_ languages: [String]) {
        self.languages = languages
        handles = languages.map { sb_stemmer_new($0, "UTF_8") }
    }

    deinit {
        for handle in handles { sb_stemmer_delete(handle) }
    }

    /// The hash of the stem of a folded word in the language at `index`.
    mutating func stem(_ word: UnsafeBufferPointer<UInt8>, language index: Int) -> UInt32 {
        guard let handle = handles[index], let base = word.baseAddress else { return FeatureHash.of(word) }
        guard languages[index] == "de" else { return Self.stem(handle, base, word.count) }
        // The German stemmer expects umlauts, and takes them away at the end; folding has written two
        // letters.
        german.removeAll(keepingCapacity: true)
        var at = 0
        while at < word.count {
            german.append(word[at])
            let isVowel = word[at] == 0x61 || word[at] == 0x6F || word[at] == 0x75
            let isDouble = isVowel && at + 1 < word.count && word[at + 1] == 0x65
            at += isDouble && (at == 0 || word[at - 1] != 0x71) ? 2 : 1
        }
        return german.withUnsafeBufferPointer { letters in
            guard let base = letters.baseAddress else { return FeatureHash.of(letters) }
            return Self.stem(handle, base, letters.count)
        }
    }

    private static func stem(_ handle: OpaquePointer, _ word: UnsafePointer<UInt8>, _ count: Int) -> UInt32 {
        guard let stem = sb_stemmer_stem(handle, word, CInt(count)) else { return 0 }
        return FeatureHash.of(UnsafeBufferPointer(start: stem, count: Int(sb_stemmer_length(handle))))
    }
}
