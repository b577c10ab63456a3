// SPDX-License-Identifier: MIT
package import Actions
package import Diagnostics
import Foundation
import Mail
package import Rules
package import Understanding

/// What the files under `rules/` say, read and checked: the shop's way of understanding and deciding.
package struct Playbook: Sendable {
    package var reader: Reader
    package var rulebook: Rulebook
    package var answers: [String: Answer]
    /// For `status`: how many rules and examples, and the model's digest.
    package var modelDigest: String
    package var exampleCount: Int
}

/// The folders of rule files: the shop's own before the shipped ones, by file name.
///
/// A file of the shop's folder takes the place of the shipped file of the same relative name, as systemd's
/// drop-ins do. An empty file takes it away.
package struct RuleFolder: Sendable {
    /// Searched in this order.
    package var folders: [String]
    /// Where the trained model is kept between starts; `nil` trains each time.
    package var modelCache: String?

    package init(folders: [String], modelCache: String?) {
        self.folders = folders
        self.modelCache = modelCache
    }

    /// What all files say together, or `nil` if one has an error.
    ///
    /// All complaints of all files are in `box`, warnings too.
    package func playbook(for settings: Settings, box: ComplaintBox) -> Playbook? {
        let files = files().filter { file in
            // An empty file takes the shipped one of its name away.
            FileManager.default.contents(atPath: file.path).map { !$0.isEmpty } ?? true
        }
        if files.isEmpty {
            box.error("no rule files were found", at: Place(file: folders.joined(separator: ", ")))
        }
        let examples = files.compactMap { name, path -> ExampleSource? in
            guard name.hasPrefix("understanding/"), let text = text(path, box) else { return nil }
            return ExampleSource(path: name, text: text.text)
        }
        let (model, complaints) = model(for: examples)
        for complaint in complaints {
            let place =
                complaint.line == 0
                ? Place(file: complaint.file)
                : Place(
                    file: complaint.file,
                    range: SourceRange(line: complaint.line, column: max(1, complaint.column))
                )
            box.error(complaint.message, at: place, help: complaint.help)
        }
        let labels = Set(examples.filter { $0.aspect == "intent" }.map(\.label)).subtracting(["background"])
            .sorted()
        let guarded = Set(examples.filter { $0.aspect == "guarded" }.map(\.label)).sorted()
        let answers = AnswerReader(intents: labels, box: box).read(
            files.filter { $0.name.hasPrefix("answers/") }.compactMap { text($0.path, box, as: $0.name) }
        )
        let vocabulary = RuleReader.Vocabulary(
            intents: labels,
            guarded: guarded,
            answers: answers.keys.sorted(),
            teams: settings.shop.teams.keys.sorted(),
            mailboxes: settings.shop.mailboxes.map(\.name)
        )
        let rulebook = RuleReader(vocabulary: vocabulary, box: box).read(
            files.filter { $0.name.hasSuffix(".yaml") && !$0.name.contains("/") }
                .compactMap { text($0.path, box, as: $0.name) }
        )
        guard !box.complaints.hasErrors else { return nil }
        do throws(PatternError) {
            return Playbook(
                reader: try Reader(model: model, orderNumberPatterns: settings.orderNumbers),
                rulebook: rulebook,
                answers: answers,
                modelDigest: model.digest,
                exampleCount: model.exampleCount
            )
        } catch {
            box.error(
                "this pattern of `orders.numbers` cannot be used: \(error.reason)",
                at: Place(file: settings.folder + "/settings.yaml")
            )
            return nil
        }
    }

    /// Every rule file by its name below the folder, in order of the names.
    private func files() -> [(name: String, path: String)] {
        var found: [String: String] = [:]
        for folder in folders.reversed() {
            guard let walk = FileManager.default.subpaths(atPath: folder + "/") else { continue }
            for name in walk where name.hasSuffix(".yaml") || name.hasSuffix(".txt") {
                found[name] = folder + "/" + name
            }
        }
        return found.sorted { $0.key < $1.key }.map { (name: $0.key, path: $0.value) }
    }

    private func text(_ path: String, _ box: ComplaintBox, as name: String? = nil) -> SourceText? {
        guard let data = FileManager.default.contents(atPath: path) else {
            box.error("the file cannot be read", at: Place(file: path), help: "check its permissions")
            return nil
        }
        return SourceText.decode(Array(data), name: "rules/" + (name ?? path), into: box)
    }

    /// The model of the last start if the examples are the same, else a newly trained one.
    private func model(for examples: [ExampleSource]) -> (Model, [ExampleComplaint]) {
        if let modelCache, let data = FileManager.default.contents(atPath: modelCache) {
            do {
                return (try Model(decoding: Array(data), sourceDigest: Model.digest(of: examples)), [])
            } catch {
                // Another version or other examples: trained anew below.
            }
        }
        let training = Model.train(on: examples)
        if let modelCache, training.complaints.isEmpty {
            let saved = FileManager.default.createFile(
                atPath: modelCache + ".new",
                contents: Data(training.model.encoded())
            )
            if saved { rename(modelCache + ".new", modelCache) }
        }
        return (training.model, training.complaints)
    }
}
