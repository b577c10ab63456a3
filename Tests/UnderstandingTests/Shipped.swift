// SPDX-License-Identifier: MIT

import Foundation
import Understanding

/// The example files and held-out mails of the project, read once for all tests.
enum Shipped {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    static let sources: [ExampleSource] = {
        let folder = root.appending(path: "rules/understanding")
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var sources: [ExampleSource] = []
        for case let file as URL in files ?? .init() where file.pathExtension == "txt" {
            guard let text = try? String(contentsOf: file, encoding: .utf8),
                let source = ExampleSource(path: file.path, text: text)
            else { continue }
            sources.append(source)
        }
        return sources
    }()

    static let training = Model.train(on: sources)

    static let reader: Reader? = try? Reader(
        model: training.model,
        orderNumberPatterns: [#"\d{4}-\d{4,6}"#, #"AB-\d{5}"#]
    )

    /// The shop's own answer to "where is my order", with the words that keep it away.
    static let wismo = Reading.Concern(
        covers: ["where_is_my_order"],
        threshold: 0.7,
        veto: ["de", "en"].flatMap { veto(ofAnswer: "wismo-moving.\($0)") }
    )

    private static func veto(ofAnswer name: String) -> [String] {
        let file = root.appending(path: "rules/answers/\(name).txt")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        guard let begin = text.range(of: "veto: ["), let end = text[begin.upperBound...].firstIndex(of: "]")
        else { return [] }
        return text[begin.upperBound..<end].split { $0 == "," || $0.isNewline }
            .map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    struct HeldOutMail: Decodable {
        var lang: String
        var subject: String?
        var text: String
        var intents: [String]
        var guarded: [String]

        /// Whether the answer to "where is my order" is all it wants.
        var isPure: Bool { intents == ["where_is_my_order"] && guarded.isEmpty }
    }

    /// Mails that nothing is learned from; `fresh` was written before what it tries.
    static let heldOut = mails("mails")
    static let fresh = mails("fresh")

    private static func mails(_ name: String) -> [HeldOutMail] {
        let file = root.appending(path: "Tests/UnderstandingTests/HeldOut/\(name).jsonl")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(HeldOutMail.self, from: Data($0.utf8))
        }
    }
}
