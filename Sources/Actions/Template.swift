// SPDX-License-Identifier: MIT
import Mustache

/// The text of an answer in one language: Mustache with known names only.
///
/// Outside a section every name must have a value, or the letter is refused: no sentence without a source. A
/// section `{{#name}}…{{/name}}` is written only when its name has a value.
package struct Template: Sendable {
    /// The subject; `{{subject}}` is the customer's own.
    package var subject: String
    package var body: String
    private let compiledSubject: MustacheTemplate
    private let compiledBody: MustacheTemplate
    /// Every name the subject and the body use, with the line of the body it stands on; 0 is the subject.
    package let tags: [Tag]

    /// A name in double braces.
    package struct Tag: Sendable, Hashable {
        package enum Kind: Sendable, Hashable {
            case value, section, inverted, end
        }
        package var kind: Kind
        package var name: String
        package var line: Int
        /// 1-based, in characters; where the name begins.
        package var column: Int
    }

    /// Why a text is no template.
    package struct Fault: Error, Hashable {
        package var message: String
        /// 1-based line of the body; 0 is the subject.
        package var line: Int
        package var column: Int
    }

    package init(subject: String, body: String) throws(Fault) {
        self.subject = subject
        self.body = body
        tags = try Self.tags(in: subject, firstLine: 0) + Self.tags(in: body, firstLine: 1)
        compiledSubject = try Self.compile(subject, line: 0)
        compiledBody = try Self.compile(body, line: 1)
    }

    /// The subject and the text with all fields filled in.
    ///
    /// - Throws: ``FieldMissing`` naming the first field without a value.
    package func filled(with fields: LetterFields) throws(FieldMissing) -> (subject: String, text: String) {
        var open: [(name: String, isWritten: Bool)] = []
        for tag in tags {
            let isShown = open.allSatisfy(\.isWritten)
            switch tag.kind {
            case .section: open.append((tag.name, fields.has(tag.name)))
            case .inverted: open.append((tag.name, !fields.has(tag.name)))
            case .end: _ = open.popLast()
            case .value:
                // Names inside a list are fields of its entries, which check themselves.
                let isInList = open.contains { fields.isList($0.name) }
                guard !isShown || isInList || fields.has(tag.name) else { throw FieldMissing(name: tag.name) }
            }
        }
        let values = fields.tree
        return (
            compiledSubject.render(values).replacing("\n", with: " "),
            TextLayout.wrapped(compiledBody.render(values), columns: 72)
        )
    }

    /// A field that the answer needs and the order does not have.
    package struct FieldMissing: Error, Hashable {
        package var name: String
    }

    private static func compile(_ text: String, line: Int) throws(Fault) -> MustacheTemplate {
        do {
            // Letters are plain text: nothing is escaped as HTML.
            return try MustacheTemplate(string: "{{% CONTENT_TYPE:TEXT}}" + text)
        } catch {
            throw Fault(message: "\(error)", line: line, column: 1)
        }
    }

    private static func tags(in text: String, firstLine: Int) throws(Fault) -> [Tag] {
        var found: [Tag] = []
        var open: [Tag] = []
        for (offset, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            var rest = line[...]
            while let start = rest.firstRange(of: "{{") {
                let column = line.distance(from: line.startIndex, to: start.upperBound) + 1
                guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                    throw Fault(message: "`{{` is never closed on this line", line: offset + firstLine, column: column)
                }
                var name = rest[start.upperBound..<end.lowerBound]
                rest = rest[end.upperBound...]
                var kind = Tag.Kind.value
                switch name.first {
                case "#": kind = .section
                case "^": kind = .inverted
                case "/": kind = .end
                case "!": continue
                case "{", "&", ">", "=", "%", "$", "<":
                    throw Fault(
                        message: "`{{\(name)}}` is not used here: only `{{name}}`, `{{#name}}`, `{{^name}}`, `{{/name}}`",
                        line: offset + firstLine, column: column)
                default: break
                }
                if kind != .value { name.removeFirst() }
                let trimmed = String(name.filter { $0 != " " })
                let tag = Tag(kind: kind, name: trimmed, line: offset + firstLine, column: column)
                switch kind {
                case .section, .inverted: open.append(tag)
                case .end:
                    guard let last = open.popLast(), last.name == trimmed else {
                        throw Fault(
                            message: "`{{/\(trimmed)}}` closes nothing", line: offset + firstLine, column: column)
                    }
                case .value: break
                }
                found.append(tag)
            }
        }
        if let last = open.last {
            throw Fault(message: "`{{#\(last.name)}}` is never closed", line: last.line, column: last.column)
        }
        return found
    }
}
