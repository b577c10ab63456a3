// SPDX-License-Identifier: MIT

import Testing

@testable import Understanding

@Suite("Certainty")
struct CertaintyTests {
    @Test("It grows with the score and the length, and falls with the strongest rival")
    func direction() {
        let middle = Certainty.of(0.6, against: 0.1, sentences: 4)
        #expect(Certainty.of(0.7, against: 0.1, sentences: 4) > middle)
        #expect(Certainty.of(0.6, against: 0.2, sentences: 4) < middle)
        #expect(Certainty.of(0.6, against: 0.1, sentences: 5) > middle)
        #expect(
            Certainty.of(0.6, against: 0.1, sentences: 10) == Certainty.of(0.6, against: 0.1, sentences: 90)
        )
    }

    @Test("It stays between 0 and 1, for the emptiest and the fullest text")
    func bounds() {
        for score in [0.0, 1.0] {
            for rival in [0.0, 1.0] {
                for sentences in [0, 1, 200] {
                    #expect((0.0...1.0).contains(Certainty.of(score, against: rival, sentences: sentences)))
                }
            }
        }
    }

    @Test("A short question that leaves no doubt is certain, a long mail of two minds is not")
    func examples() {
        #expect(Certainty.of(0.99, against: 0.02, sentences: 1) > 0.9)
        #expect(Certainty.of(0.8, against: 0.5, sentences: 8) < 0.7)
        #expect(Certainty.of(0, against: 0, sentences: 8) < 0.5)
    }
}
