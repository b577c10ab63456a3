// SPDX-License-Identifier: MIT
import Diagnostics
import Foundation
import Testing

@testable import Rules

@Suite("The rules that come with the program")
struct ShippedRulesTests {
    static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "rules")

    private func names(in path: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: Self.folder.appending(path: path).path).sorted()
    }

    private func labels(_ aspect: String) throws -> [String] {
        Set(try names(in: aspect).compactMap { $0.split(separator: ".").first.map(String.init) }).sorted()
    }

    private func read(into box: ComplaintBox) throws -> Rulebook {
        let vocabulary = RuleReader.Vocabulary(
            intents: try labels("understanding/intent").filter { $0 != "background" },
            guarded: try labels("understanding/guarded"),
            answers: try labels("answers"),
            teams: [],
            mailboxes: []
        )
        let sources = try names(in: "").filter { $0.hasSuffix(".yaml") }.map { name in
            let text = try String(contentsOf: Self.folder.appending(path: name), encoding: .utf8)
            return SourceText(name: "rules/" + name, text: text)
        }
        return RuleReader(vocabulary: vocabulary, box: box).read(sources)
    }

    @Test("They are read without a complaint, for any shop's teams")
    func clean() throws {
        let box = ComplaintBox()
        let rulebook = try read(into: box)
        #expect(box.complaints.render() == "")
        #expect(rulebook.rules.count > 20)
    }

    @Test("Every answer that comes with the program is asked for by a rule")
    func used() throws {
        let rules = try read(into: ComplaintBox()).rules
        let asked = rules.flatMap(\.actions).compactMap { action -> String? in
            if case .end(.answer(let name)) = action { name } else { nil }
        }
        #expect(Set(asked) == Set(try labels("answers")))
    }
}
