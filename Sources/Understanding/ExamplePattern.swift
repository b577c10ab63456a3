// SPDX-License-Identifier: MIT

/// A line of an example file: `(wo ist|wo bleibt) [denn] {parcel}`.
struct ExamplePattern {
    /// How many of a line's texts are learned; together they weigh as one example.
    static let variantLimit = 8
    /// Brackets inside brackets, at most.
    private static let deepest = 8

    private indirect enum Part {
        case text(String)
        case choice([[Part]])
    }

    /// Where the notation is broken.
    struct Fault: Error {
        /// The Unicode scalar, counted from 1.
        var column: Int
        var message: String
        var help: String
    }

    private let parts: [Part]

    /// Reads a line, with the word lists of its language by name.
    init(_ line: String, words: [String: [String]]) throws(Fault) {
        var parser = Parser(letters: Array(line.unicodeScalars), words: words)
        parts = try parser.sequence(until: [], depth: 0)
    }

    /// The texts the line stands for, or an even choice of them: always the same, in the same order.
    func variants() -> [String] {
        let ways = Self.ways(parts)
        let isSmall = ways <= Self.variantLimit * 8
        var found: [String] = []
        for round in 0..<(isSmall ? ways : Self.variantLimit * 8) {
            var rest = round
            let text = Self.text(parts) { place, count in
                // A small number of ways is counted through; of a large one each place takes a stride of its
                // own, so that the alternatives meet in changing company.
                guard isSmall else { return (round * (2 * place + 1) + round / count) % count }
                defer { rest /= count }
                return rest % count
            }
            let tidy = text.split(separator: " ").joined(separator: " ")
            if !found.contains(tidy) { found.append(tidy) }
        }
        guard found.count > Self.variantLimit else { return found }
        return (0..<Self.variantLimit).map { found[$0 * found.count / Self.variantLimit] }
    }

    /// In how many ways the places can be filled; stops counting beyond what matters.
    private static func ways(_ parts: [Part]) -> Int {
        var total = 1
        for case .choice(let options) in parts {
            total *= options.count
            for option in options { total = min(total * ways(option), 1_000_000) }
        }
        return total
    }

    private static func text(_ parts: [Part], picking pick: (Int, Int) -> Int) -> String {
        var place = 0
        return text(parts, &place, pick)
    }

    private static func text(_ parts: [Part], _ place: inout Int, _ pick: (Int, Int) -> Int) -> String {
        var text = ""
        for part in parts {
            switch part {
            case .text(let words): text += words
            case .choice(let options):
                let index = pick(place, options.count)
                place += 1
                text += Self.text(options[index], &place, pick)
            }
        }
        return text
    }

    private struct Parser {
        let letters: [Unicode.Scalar]
        let words: [String: [String]]
        var at = 0

        mutating func sequence(until ends: Set<Unicode.Scalar>, depth: Int) throws(Fault) -> [Part] {
            var parts: [Part] = []
            var text = String.UnicodeScalarView()
            while at < letters.count, !ends.contains(letters[at]) {
                let letter = letters[at]
                let opened = at
                at += 1
                switch letter {
                case "\\" where at < letters.count:
                    text.append(letters[at])
                    at += 1
                case "(", "[":
                    guard depth < deepest else {
                        throw Fault(
                            column: opened + 1,
                            message: "too many brackets inside brackets",
                            help: "write two lines"
                        )
                    }
                    parts.append(.text(String(text)))
                    text = String.UnicodeScalarView()
                    parts.append(
                        try choice(from: opened, closing: letter == "(" ? ")" : "]", depth: depth + 1)
                    )
                case "{":
                    parts.append(.text(String(text)))
                    text = String.UnicodeScalarView()
                    parts.append(try wordList(from: opened))
                default:
                    text.append(letter)
                }
            }
            parts.append(.text(String(text)))
            return parts
        }

        private mutating func choice(from opened: Int, closing: Unicode.Scalar, depth: Int) throws(Fault)
            -> Part
        {
            var options: [[Part]] = closing == "]" ? [[]] : []
            while true {
                options.append(try sequence(until: ["|", closing], depth: depth))
                guard at < letters.count else {
                    throw Fault(
                        column: opened + 1,
                        message: "`\(letters[opened])` is not closed",
                        help:
                            "close it with `\(closing)`, or write `\\\(letters[opened])` for the sign itself"
                    )
                }
                at += 1
                if letters[at - 1] == closing { return .choice(options) }
            }
        }

        private mutating func wordList(from opened: Int) throws(Fault) -> Part {
            guard let closed = letters[at...].firstIndex(of: "}") else {
                throw Fault(
                    column: opened + 1,
                    message: "`{` is not closed",
                    help: "close it with `}`, or write `\\{` where the sign itself is meant"
                )
            }
            let name = String(String.UnicodeScalarView(letters[at..<closed]))
            guard let list = words[name], !list.isEmpty else {
                let known = words.filter { !$0.value.isEmpty }.keys.sorted()
                throw Fault(
                    column: opened + 1,
                    message: "unknown word list `\(name)`",
                    help: known.isEmpty
                        ? "write the words into `words/\(name).LANG.txt`"
                        : "the word lists of this language are: " + known.joined(separator: ", ")
                )
            }
            at = closed + 1
            return .choice(list.map { [.text($0)] })
        }
    }
}
