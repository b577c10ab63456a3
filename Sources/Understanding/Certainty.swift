// SPDX-License-Identifier: MIT

import Glibc

/// How sure it is that a text is about one concern and nothing else, by what the model says of all of it.
///
/// The model scores a text for each concern by itself, and every text counts alike however long it is. So a
/// long mail about one thing scores lower than a line about it, and 0.5 means much where nothing else comes
/// near and little where something does. Odds put that right: those of the concern, those of its strongest
/// rival, and the number of sentences over which they were won. The factors were found by logistic regression
/// on the example mails, each read by a model that had not seen it; there, 0.7 leaves out nearly all mails
/// with a second concern.
enum Certainty {
    private static let own: Float = 0.7
    private static let rival: Float = 0.68
    private static let length: Float = 1.1
    private static let bias: Float = 3.55
    /// More sentences prove no more.
    private static let mostSentences = 10

    /// 0 to 1, from the text's scores for the concern and for the strongest other one.
    static func of(_ score: Double, against other: Double, sentences: Int) -> Double {
        let count = Float(max(1, min(sentences, mostSentences)))
        let sum = own * logOdds(score) - rival * logOdds(other) + length * logf(count) - bias
        return Double(1 / (1 + expf(-sum)))
    }

    /// Odds beyond 1 to 199 are none that a model can tell.
    private static func logOdds(_ score: Double) -> Float {
        let score = Float(min(max(score, 0.005), 0.995))
        return logf(score / (1 - score))
    }
}
