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

    /// The words that keep the answer to "where is my order" away.
    static let wismo = Reading.Concern(
        covers: ["where_is_my_order"],
        threshold: 0.7,
        veto: [
            "Rechnung", "Erstattung", "erstatte", "Umtausch", "umtauschen", "Widerruf", "stornier", "Anwalt",
            "Geld zurück", "nach Frankreich", "invoice", "refund", "cancel", "return", "money back",
        ]
    )

    struct HeldOutMail: Decodable {
        var lang: String
        var subject: String?
        var text: String
        var intents: [String]
        var guarded: [String]
    }

    static let heldOut: [HeldOutMail] = {
        let file = root.appending(path: "Tests/UnderstandingTests/HeldOut/mails.jsonl")
        let text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            try? JSONDecoder().decode(HeldOutMail.self, from: Data($0.utf8))
        }
    }()
}
