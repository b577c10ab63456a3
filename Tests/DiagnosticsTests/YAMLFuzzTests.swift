// SPDX-License-Identifier: MIT

import Testing

@testable import Diagnostics

@Suite("Damaged files")
struct YAMLFuzzTests {
    /// A small generator with a seed, so that a failure can be run again.
    struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    static let sample = """
        # Größe
        rules:
          - name: "Paket \\u00e4 unterwegs"
            on: message
            when: {order.situation: [moving, 'out''s'], not: {mood: angry}}
            after: 3 days
            text: |
              Guten Tag,
               注文
            more: > # folded
              a
              b
            again: &x [*x, !tag y, ~, null]
            ? complex
            : value
        ---
        Ihr {{shop}} 📦
        """
    static let pieces = [
        "\n", "\r\n", "\r", "\t", " ", "  ", ":", ": ", "- ", "? ", "[", "]", "{", "}", ",", "\"", "'", "#",
        " #", "|", ">", "&a ",
        "*a", "!", "%", "@", "`", "\\", "---", "...", "\u{FEFF}", "\u{2028}", "\u{85}", "\u{0}", "\u{A0}",
        "<<", "=", "~", "ä", "\u{301}",
        "on: x\n", "name: y\n", "\u{F0000}", "\u{10FFFF}",
    ]

    @Test(
        "Whatever is in a file, reading it ends with a value or a complaint that can be shown",
        arguments: 0..<8
    )
    func damage(seed: UInt64) {
        var dice = Dice(state: seed)
        for _ in 0..<150 {
            var scalars = Array(Self.sample.unicodeScalars)
            for _ in 0..<Int.random(in: 1...6, using: &dice) {
                let from = Int.random(in: 0...scalars.count, using: &dice)
                let to = min(scalars.count, from + Int.random(in: 0...4, using: &dice))
                let piece = Self.pieces.randomElement(using: &dice) ?? ""
                scalars.replaceSubrange(from..<to, with: Array(piece.unicodeScalars))
            }
            var text = ""
            text.unicodeScalars.append(contentsOf: scalars)
            let source = SourceText(name: "f", text: text)
            for reader in [YAML.root(of:into:), { HeadedText.read($0, into: $1)?.head }] {
                let box = ComplaintBox()
                let root = reader(source, box)
                visit(root, depth: 0)
                #expect(root != nil || box.complaints.hasErrors)
                #expect(box.complaints.all.allSatisfy { !$0.message.hasPrefix("not valid YAML: control") })
                #expect(box.complaints.render().isEmpty == box.complaints.isEmpty)
            }
        }
    }

    private func visit(_ field: YAMLField?, depth: Int) {
        guard let field, depth <= YAML.depthLimit else { return }
        _ = (field.string(), field.int(), field.number(), field.bool(), field.duration(), field.timeOfDay())
        _ = field.oneOf(["moving"])
        if field.isList { field.list()?.forEach { visit($0, depth: depth + 1) } }
        guard field.isMapping, let map = field.mapping() else { return }
        _ = map.string("name", required: true)
        map.entries.forEach { visit($0.value, depth: depth + 1) }
        map.finish()
    }
}
