// SPDX-License-Identifier: MIT
package import FoundationEssentials
package import Orders
package import Understanding

/// An approved letter with fields, in one or more languages; what it answers, and when it may be sent.
package struct Answer: Sendable {
    /// The file's name without language and ending: `wismo-moving`.
    package var name: String
    /// The intents it answers completely.
    package var covers: Set<String>
    /// The situations for which its sentences are true.
    package var situations: Set<Situation>
    /// Facts older than this are not stated; `nil` where age does not matter.
    package var maxAge: TimeInterval?
    /// What the score of the whole message must reach.
    package var threshold: Double
    /// Beginnings of words that show another concern.
    package var veto: [String]
    /// Language to text.
    package var texts: [String: Template]

    package init(
        name: String,
        covers: Set<String>,
        situations: Set<Situation>,
        maxAge: TimeInterval? = nil,
        threshold: Double = Answer.defaultThreshold,
        veto: [String] = [],
        texts: [String: Template] = [:]
    ) {
        self.name = name
        self.covers = covers
        self.situations = situations
        self.maxAge = maxAge
        self.threshold = threshold
        self.veto = veto
        self.texts = texts
    }

    /// The threshold of an answer that names none.
    package static let defaultThreshold = 0.7

    /// The question to the reading whether nothing in the message goes beyond this answer.
    package var concern: Reading.Concern {
        Reading.Concern(covers: covers, threshold: threshold, veto: veto)
    }
}
