// SPDX-License-Identifier: MIT
package import Diagnostics
import FoundationEssentials
import Orders

/// Reads answer files, `NAME.LANG.txt`; every mistake becomes a complaint with its place.
package struct AnswerReader {
    private let intents: [String]
    private let box: ComplaintBox

    /// - Parameters:
    ///   - intents: The names that `covers` may use.
    ///   - box: Where complaints go.
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
        var first: [String: SourceText] = [:]
        for source in sources {
            box.know(source)
            guard let (name, language) = Self.nameParts(source.name) else {
                box.error(
                    "the file's name has no language",
                    at: source.wholeFile,
                    help: "name it like `wismo-moving.de.txt`"
                )
                continue
            }
            guard let (answer, template) = read(source, name: name) else { continue }
            var merged = answers[name] ?? answer
            let other = first[name] ?? source
            first[name] = other
            if merged.covers != answer.covers || merged.situations != answer.situations
                || merged.maxAge != answer.maxAge
            {
                box.error(
                    "the head differs from the other language's in `covers`, `situations` or `max_age`",
                    at: source.wholeFile,
                    help: "write the same values in all languages of `\(name)`",
                    notes: [Complaint.Note("compared with this one", at: other.wholeFile)]
                )
            }
            merged.veto += answer.veto.filter { !merged.veto.contains($0) }
            merged.threshold = max(merged.threshold, answer.threshold)
            merged.texts[language] = template
            answers[name] = merged
        }
        return answers
    }

    private func read(_ source: SourceText, name: String) -> (Answer, Template)? {
        guard let text = HeadedText.read(source, into: box), let head = text.head.mapping() else {
            return nil
        }
        let subject = head.field("subject", required: true)
        let coversField = head.field("covers", required: true)
        let covers = coversField.map { self.covers($0) }
        let situations = head.choices("situations", of: Situation.self, required: true)
        let maxAge = head.duration("max_age").map { TimeInterval($0.components.seconds) }
        let threshold = head.number("threshold", in: 0...1) ?? Answer.defaultThreshold
        let veto = head.strings("veto") ?? []
        head.finish()
        if let coversField, coversField.oneOrMany().isEmpty {
            box.error(
                "`covers` names nothing",
                at: head.place(of: "covers"),
                help: "name the intents it answers"
            )
        }
        if situations?.isEmpty ?? false {
            box.error(
                "`situations` names nothing",
                at: head.place(of: "situations"),
                help: "name when it is true"
            )
        }
        let template = subject.flatMap { self.template(text, subject: $0) }
        guard let template, let covers, let situations else { return nil }
        let answer = Answer(
            name: name,
            covers: Set(covers),
            situations: Set(situations),
            maxAge: maxAge,
            threshold: threshold,
            veto: veto
        )
        return (answer, template)
    }

    private func template(_ text: HeadedText, subject: YAMLField) -> Template? {
        if !text.body.contains(where: { !$0.isWhitespace }) {
            box.error(
                "the letter has no text",
                at: text.source.wholeFile,
                help: "write it below the line `---`"
            )
        }
        guard let words = subject.string() else { return nil }
        do throws(Template.Fault) {
            let template = try Template(subject: words, body: text.body)
            return hasKnownNames(template, text, subject) ? template : nil
        } catch {
            let place =
                error.line == 0
                ? subject.place(ofPartAt: error.column - 1, length: 1)
                : text.place(inBodyLine: error.line, column: error.column)
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

    /// Complains about every field that does not exist where it stands.
    private func hasKnownNames(_ template: Template, _ text: HeadedText, _ subject: YAMLField) -> Bool {
        var open: [String] = []
        var areKnown = true
        for tag in template.tags {
            let further = open.flatMap { LetterFields.entryNames[$0] ?? [] }
            let known = LetterFields.names + further
            switch tag.kind {
            case .section, .inverted: open.append(tag.name)
            case .end:
                open.removeLast()
                continue
            case .value: break
            }
            guard !known.contains(tag.name) else { continue }
            areKnown = false
            let length = tag.name.unicodeScalars.count
            let place =
                tag.line == 0
                ? subject.place(ofPartAt: tag.column - 1, length: length)
                : text.place(inBodyLine: tag.line, column: tag.column, length: length)
            let lists = LetterFields.entryNames.filter { $0.value.contains(tag.name) }.keys.sorted()
            if lists.isEmpty {
                box.unknown("field", tag.name, at: place, among: known)
            } else {
                box.error(
                    "`\(tag.name)` has a value only inside a list",
                    at: place,
                    help: "write it between "
                        + lists.map { "`{{#\($0)}}` and `{{/\($0)}}`" }.joined(separator: " or ")
                )
            }
        }
        return areKnown
    }

    private static func nameParts(_ file: String) -> (name: String, language: String)? {
        let parts = (file.split(separator: "/").last ?? "").split(
            separator: ".",
            omittingEmptySubsequences: false
        )
        guard parts.count == 3, !parts[0].isEmpty, parts[2] == "txt", parts[1].utf8.count == 2,
            parts[1].utf8.allSatisfy({ (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        else { return nil }
        return (String(parts[0]), String(parts[1]))
    }
}
