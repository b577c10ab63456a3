// SPDX-License-Identifier: MIT

import Testing

@testable import Diagnostics

@Suite("Did you mean")
struct SuggestionTests {
    static let known = [
        "intent", "mood", "order.situation", "order.total", "language", "channel", "not", "name",
    ]

    @Test(
        "A slip of the hand is recognised, another word is not",
        arguments: [
            ("intnet", "intent"), ("itent", "intent"), ("intents", "intent"), ("Intent", "intent"),
            ("MOOD", "mood"), ("modo", "mood"), ("nmae", "name"), ("langauge", "language"),
            ("situation", "order.situation"), ("order-situation", "order.situation"),
            ("order situation", "order.situation"), ("order.sitation", "order.situation"),
            ("weather", nil), ("xx", nil), ("", nil), ("a", nil), ("intent", nil),
            (String(repeating: "x", count: 10_000), nil),
        ]
    )
    func closest(word: String, expected: String?) {
        #expect(Suggestion.closest(to: word, among: Self.known) == expected)
    }

    @Test(
        "Of several the closest wins, of equally close ones that with the longer common beginning, then the first"
    )
    func ranking() {
        #expect(Suggestion.closest(to: "send", among: ["mend", "sent", "bend"]) == "sent")
        #expect(Suggestion.closest(to: "pend", among: ["mend", "bend"]) == "mend")
        #expect(Suggestion.closest(to: "Draft", among: ["drafts", "draft"]) == "draft")
    }

    @Test(
        "A swap counts as one slip, like a wrong, a missing and an added letter",
        arguments: [
            ("ab", "ba", 1), ("abc", "abc", 0), ("abc", "ab", 1), ("abc", "axc", 1), ("", "abc", 3),
            ("ca", "abc", 3),
        ]
    )
    func distance(one: String, other: String, slips: Int) {
        #expect(Suggestion.distance(Array(one), Array(other)) == slips)
        #expect(Suggestion.distance(Array(other), Array(one)) == slips)
    }
}
