// SPDX-License-Identifier: MIT

/// What a message says: its language, the concerns in it, the mood, and the facts it names.
///
/// Scores are scores, not probabilities. Everything here is derived from the text alone; what the order adds
/// (whether an answer fits) is decided in `Rules`.
package struct Reading: Sendable, Hashable, Codable {
    /// ISO 639-1; `nil` where the text is too short or in no language that was trained.
    package var language: String?
    /// The concerns found in the whole text or in one of its sentences, best first.
    package var intents: [IntentFinding] = []
    package var mood: Mood = .calm
    /// Matters that always go to a person, in order of appearance.
    package var guarded: [GuardedFinding] = []
    package var findings: [Finding] = []
    /// Each sentence and what it is about; the evidence behind ``coverage(of:)``.
    package var sentences: [SentenceReading] = []
    /// Which share of the words the model has never seen, 0 to 1.
    package var unknownShare: Double = 0
    /// How sure it is that the whole text is about each of the best intents and no other; of `background`,
    /// how far it speaks for it.
    package var textScores: [String: Double] = [:]
    /// Whether a part of the text was left unread, because it is too long; such a reading is never covered.
    package var isPartial = false

    package init() {}

    /// One concern of the writer.
    package struct IntentFinding: Sendable, Hashable, Codable {
        /// A name of an example file, such as `where_is_my_order`.
        package var name: String
        /// 0 to 1.
        package var score: Double
        package var act: Act
        /// The words that speak for it, as written.
        package var evidence: String

        package init(name: String, score: Double, act: Act = .does, evidence: String) {
            self.name = name
            self.score = score
            self.act = act
            self.evidence = evidence
        }
    }

    /// What the writer does with a concern; only ``does`` is counted as wanted.
    package enum Act: String, Sendable, Hashable, Codable, CaseIterable {
        case does, asks, threatens, withdraws
    }

    package enum Mood: String, Sendable, Hashable, Codable, CaseIterable {
        case calm, worried, annoyed, angry
    }

    /// A matter for a person, with the words that show it.
    package struct GuardedFinding: Sendable, Hashable, Codable {
        /// `legal chargeback danger fraud press special_need deadline`, or the shop's own.
        package var name: String
        package var evidence: String

        package init(name: String, evidence: String) {
            self.name = name
            self.evidence = evidence
        }
    }

    /// A fact read from the text, with its exact place.
    package struct Finding: Sendable, Hashable, Codable {
        package enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
            case orderNumber = "order_number"
            case trackingNumber = "tracking_number"
            case articleNumber = "article_number"
            case amount, date, iban, card, postcode, stars, phone
        }
        package var kind: Kind
        /// As written.
        package var text: String
        /// In one fixed form: order numbers without `#` or `Nr.`, tracking numbers without blanks.
        package var value: String
        /// UTF-8 offsets in the text that was read.
        package var start: Int
        package var end: Int

        package init(kind: Kind, text: String, value: String, start: Int, end: Int) {
            self.kind = kind
            self.text = text
            self.value = value
            self.start = start
            self.end = end
        }
    }

    /// One sentence and the concern it carries.
    package struct SentenceReading: Sendable, Hashable, Codable {
        package var text: String
        /// The best label, an intent or `background`.
        package var label: String
        package var score: Double
        /// Whether it asks or requests something.
        package var isRequest: Bool
        /// What the writer does in it, by its phrases and the model.
        package var act: Act
        /// How far it speaks for each of the few best labels, for deciding what an answer covers.
        package var alternatives: [String: Double]

        package init(
            text: String,
            label: String,
            score: Double,
            isRequest: Bool,
            act: Act = .does,
            alternatives: [String: Double] = [:]
        ) {
            self.text = text
            self.label = label
            self.score = score
            self.isRequest = isRequest
            self.act = act
            self.alternatives = alternatives
        }
    }
}

extension Reading {
    /// Whether an answer that covers `concern` leaves nothing in the text without an answer.
    ///
    /// The whole text must be about it, at or above the threshold; no other concern may be wanted; every
    /// sentence must be its concern or background; one sentence that is not understood is tolerated unless it
    /// asks or requests something; no veto word may occur.
    package struct Concern: Sendable, Hashable, Codable {
        /// The intents that the answer answers.
        package var covers: Set<String>
        /// What the score of the whole text must reach.
        package var threshold: Double
        /// Words that show another concern whatever the model says; beginnings of words, any case.
        package var veto: [String]

        package init(covers: Set<String>, threshold: Double, veto: [String] = []) {
            self.covers = covers
            self.threshold = threshold
            self.veto = veto
        }
    }

    /// Whether an answer fits a reading, and if not, the sentence or word that speaks against it.
    package enum Coverage: Sendable, Hashable {
        case covered
        case uncovered(because: Obstacle)
    }
}
