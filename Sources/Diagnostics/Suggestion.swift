// SPDX-License-Identifier: MIT

/// Finds the word that was probably meant.
package enum Suggestion {
    /// The longest word that is looked at, in characters; nobody mistypes a longer one by a letter.
    static let longestWord = 64

    /// The candidate that `word` is most probably a slip of, or nil where none is close.
    ///
    /// Close means: at most one slip (letter wrong, missing, added, or two swapped; Damerau-Levenshtein
    /// distance in its optimal string alignment form) per three letters, upper and lower case and `_`, `-`,
    /// space being the same; or the candidate's last part after a dot. Of two equally close the one that is
    /// written more alike wins, then the one with the longer common beginning, then the earlier one.
    package static func closest(to word: String, among candidates: [String]) -> String? {
        let folded = fold(word)
        guard !folded.isEmpty, folded.count <= longestWord else { return nil }
        let threshold = max(1, folded.count / 3)
        var best: (rank: (Int, Int, Int), candidate: String)?
        for candidate in candidates where candidate != word {
            let other = fold(candidate)
            guard other.count <= longestWord else { continue }
            var slips = distance(folded, other)
            let isLastPart = other.count > folded.count && other.suffix(folded.count + 1) == ["."] + folded
            if isLastPart { slips = min(slips, 1) }
            guard slips <= threshold, slips < folded.count else { continue }
            let exact = distance(Array(word), Array(candidate))
            let common = zip(folded, other).prefix { $0 == $1 }.count
            let rank = (slips, exact, -common)
            if let current = best, current.rank <= rank { continue }
            best = (rank, candidate)
        }
        return best?.candidate
    }

    /// The least number of slips that turn `one` into `other`.
    static func distance(_ one: [Character], _ other: [Character]) -> Int {
        guard !one.isEmpty, !other.isEmpty else { return max(one.count, other.count) }
        var beforeLast: [Int] = []
        var last = Array(0...other.count)
        for i in 1...one.count {
            var row = [i]
            for j in 1...other.count {
                var cost = last[j - 1] + (one[i - 1] == other[j - 1] ? 0 : 1)
                cost = min(cost, last[j] + 1, row[j - 1] + 1)
                if i > 1, j > 1, one[i - 1] == other[j - 2], one[i - 2] == other[j - 1] {
                    cost = min(cost, beforeLast[j - 2] + 1)
                }
                row.append(cost)
            }
            beforeLast = last
            last = row
        }
        return last[other.count]
    }

    private static func fold(_ word: String) -> [Character] {
        word.lowercased().map { $0 == "-" || $0 == " " ? "_" : $0 }
    }
}
