// SPDX-License-Identifier: MIT

/// Where a second question or wish begins inside a sentence.
///
/// "Wann kommt es, und kann ich noch etwas dazubestellen?": one sentence with two wishes would be read as the louder of them. What follows "und" or "and" is cut off
/// where it begins as a question or a wish does; a mere second half ("und seitdem nichts gehört") stays.
enum ClauseSplitter {
    /// Bytes that a part must have to be looked at by itself.
    private static let shortest = 12

    private static let pattern: Pattern = {
        let connector = #"(?:und|sowie|au(?:ss|ß)erdem|zudem|aber|and|but|also|plus)"#
        let filler =
            #"(?:(?:auch|noch|dann|zudem|au(?:ss|ß)erdem|ferner|übrigens|gleich|also|then|ab|bis|seit|an|auf|in|"#
            + #"für|zu|mit|until|by|since|for|from|at) ){0,2}"#
        let words =
            #"(?:wo|wann|wie|was|warum|wieso|weshalb|wohin|wer|wem|wen|welche[rnsm]?|ob|bitte|where|when|when's|"#
            + #"how|what|what's|why|who|which|whether|please|"#
            + #"(?:kann|können|könnten?|darf|dürfen|muss|müssen|soll|sollen|ist|sind|wird|werden|hat|haben|habt|"#
            + #"würden?|gilt|passt|möchten?|hätten?|brauchen?|benötigen?|wollen|will|schicken|senden|geben|"#
            + #"stellen|ändern|legen|nehmen|überweisen) (?:ich|man|wir|sie|ihr|du|es|das|der|die|mein|meine)|"#
            + #"(?:ich|wir) (?:möchten?|hätten?|brauchen?|benötigen?|wollen|will|würden?)|"#
            + #"(?:can|could|would|will|do|does|did|is|are|may|should|have|has|must) (?:i|you|we|it|they|there|"#
            + #"the|this|that|my|your)|(?:i|we)(?:'d| would| want| need| require)|"#
            + #"(?:send|give|tell|make|put|add|change|leave|let|call|ring) (?:me|us|it|my|the|them))"#
        do throws(PatternError) {
            return try Pattern(#"(?i)[\s,;]("# + connector + #"\s"# + filler + words + #")(?:[\s?,]|$)"#)
        } catch {
            preconditionFailure(error.description)
        }
    }()

    /// The parts of a sentence, in order, without a gap; most sentences are one.
    static func parts(of sentence: Range<Int>, in text: UnsafeBufferPointer<UInt8>) -> [Range<Int>] {
        guard sentence.count >= 2 * shortest else { return [sentence] }
        let bytes = UnsafeBufferPointer(rebasing: text[sentence])
        var parts: [Range<Int>] = []
        var start = sentence.lowerBound
        for match in pattern.matches(in: bytes, limit: 8) {
            let cut = sentence.lowerBound + match.group.lowerBound
            guard cut - start >= shortest, sentence.upperBound - cut >= shortest else { continue }
            parts.append(start..<cut)
            start = cut
        }
        parts.append(start..<sentence.upperBound)
        return parts
    }
}
