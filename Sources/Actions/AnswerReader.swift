// SPDX-License-Identifier: MIT
package import Diagnostics
import FoundationEssentials
import Orders

/// Reads answer files, `NAME.LANG.txt`; every mistake becomes a complaint with its place.
package struct AnswerReader {
    private let intents: [String]
    private let box: ComplaintBox

    /// - Parameter intents: The names that `covers` may use.
    package init(intents: [String], box: ComplaintBox) {
        self.intents = intents
        self.box = box
    }

    /// The answers by name, each with all its languages.
    ///
    /// The heads of two languages of one answer must agree in what they cover and when; otherwise the
    /// customer's language would decide what is sent automatically.
    package func read(_ sources: [SourceText]) -> [String: Answer] {
        var answers: [String: Answer] = [:]
        for source in sources {
            guard let (name, language) = Self.nameParts(source.name) else {
                box.error(
                    "the file's name has no language", at: source.wholeFile,
                    help: "name it like `wismo-moving.de.txt`")
                continue
            }
            guard let (answer, template) = read(source, name: name) else { continue }
            var merged = answers[name] ?? answer
            if merged.covers != answer.covers || merged.situations != answer.situations
                || merged.maxAge != answer.maxAge
            {
                box.error(
                    "the head differs from the other language's in `covers`, `situations` or `max_age`",
                    at: source.wholeFile, help: "write the same values in all languages of `\(name)`")
            }
            merged.veto += answer.veto.filter { !merged.veto.contains($0) }
            merged.threshold = max(merged.threshold, answer.threshold)
            merged.texts[language] = template
            answers[name] = merged
        }
        return answers
    }

    private func read(_ source: SourceText, name: String) -> (Answer, Template)? {
        guard let text = HeadedText.read(source, into: box), let head = text.head.mapping() else { return nil }
        let subject = head.string("subject", required: true)
        let covers = head.field("covers", required: true).map { self.covers($0) }
        let situations = head.choices("situations", of: Situation.self, required: true)
        let maxAge = head.duration("max_age").map { TimeInterval($0.components.seconds) }
        let threshold = head.number("threshold", in: 0...1) ?? Answer.defaultThreshold
        let veto = head.strings("veto") ?? []
        head.finish()
        guard let subject, let covers, let situations else { return nil }
        do throws(Template.Fault) {
            let template = try Template(subject: subject, body: text.body)
            let isClean = checkNames(template, text, subjectPlace: head.place(of: "subject"))
            guard isClean else { return nil }
            let answer = Answer(
                name: name, covers: Set(covers), situations: Set(situations), maxAge: maxAge,
                threshold: threshold, veto: veto)
            return (answer, template)
        } catch {
            let place =
                error.line == 0
                ? head.place(of: "subject") : text.place(inBodyLine: error.line, column: error.column)
            box.error(error.message, at: place)
            return nil
        }
    }

    private func covers(_ field: YAMLField) -> [String] {
        field.oneOrMany().compactMap { item in
            guard let name = item.string() else { return nil }
            guard intents.contains(name) else {
                box.unknown("intent", name, at: item.place, among: intents)
                return nil
            }
            return name
        }
    }

    private func checkNames(_ template: Template, _ text: HeadedText, subjectPlace: Place) -> Bool {
        let unknown = template.tags.filter { !LetterFields.names.contains($0.name) && $0.name != "." }
        for tag in unknown where tag.kind != .end {
            let place =
                tag.line == 0
                ? subjectPlace : text.place(inBodyLine: tag.line, column: tag.column, length: tag.name.count)
            box.unknown("field", tag.name, at: place, among: LetterFields.names)
        }
        return unknown.isEmpty
    }

    private static func nameParts(_ file: String) -> (name: String, language: String)? {
        let parts = (file.split(separator: "/").last ?? "").split(separator: ".")
        guard parts.count == 3, parts[2] == "txt", parts[1].count == 2 else { return nil }
        return (String(parts[0]), String(parts[1]))
    }
}
