// SPDX-License-Identifier: MIT

extension Reading {
    /// What in a text an answer would leave without an answer; the words are the writer's.
    package enum Obstacle: Sendable, Hashable, Codable, CustomStringConvertible {
        /// The text is too long to be read to its end.
        case tooLong
        /// A matter for a person.
        case matter(name: String, words: String)
        /// The whole text is not clearly enough about the answer's concern.
        case unsure(score: Double, wanted: Double)
        /// A word of the answer's veto list.
        case veto(word: String)
        /// Something else is wanted as well.
        case concern(name: String, words: String)
        /// Something is threatened.
        case threat(words: String)
        /// Something said earlier is taken back.
        case withdrawal(words: String)
        /// A sentence asks or says something else.
        case sentence(label: String, words: String, isRequest: Bool)
        /// A request that was not understood.
        case request(words: String)
        /// Two sentences that were not understood.
        case unclear(first: String, second: String)

        package var description: String {
            switch self {
            case .tooLong: "the text is too long to be read to its end"
            case .matter(let name, let words): "\(name) is for a person: \"\(words)\""
            case .unsure(let score, let wanted):
                "the whole text scores \(Self.rounded(score)), the answer wants \(Self.rounded(wanted))"
            case .veto(let word): "the word \"\(word)\" shows another concern"
            case .concern(let name, let words): "another concern, \(name): \"\(words)\""
            case .threat(let words): "the writer threatens: \"\(words)\""
            case .withdrawal(let words): "the writer takes something back: \"\(words)\""
            case .sentence(let label, let words, let isRequest):
                "sentence \(isRequest ? "asks" : "says") something else (\(label)): \"\(words)\""
            case .request(let words): "sentence asks something that was not understood: \"\(words)\""
            case .unclear(let first, let second):
                "two sentences were not understood: \"\(first)\" and \"\(second)\""
            }
        }

        /// Two decimals.
        private static func rounded(_ score: Double) -> String {
            let hundredths = Int((score * 100).rounded())
            let fraction = hundredths % 100
            return "\(hundredths / 100).\(fraction < 10 ? "0" : "")\(fraction)"
        }
    }
}
