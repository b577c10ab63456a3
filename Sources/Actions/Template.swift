// SPDX-License-Identifier: MIT
import Mustache

/// The text of an answer in one language: Mustache with known names only.
///
/// Every name that is reached must have a value, or the letter is refused: no sentence without a source. A
/// section `{{#name}}…{{/name}}` is written only when its name has a value, and once for each entry of a list;
/// `{{^name}}…{{/name}}` only when it has none.
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
        /// 1-based, in Unicode scalars; where the name begins.
        package var column: Int
    }

    /// Why a text is no template.
    package struct Fault: Error, Hashable {
        package var message: String
        /// 1-based line of the body; 0 is the subject.
        package var line: Int
        /// 1-based, in Unicode scalars.
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
        try Self.check(tags[...], with: fields)
        let values = fields.tree
        return (
            compiledSubject.render(values).replacing("\n", with: " ").replacing("\u{A0}", with: " "),
            TextLayout.wrapped(compiledBody.render(values), columns: 72)
        )
    }

    /// A field that the answer needs and the order does not have.
    package struct FieldMissing: Error, Hashable {
        package var name: String
    }

    /// Walks through the tags as rendering will; the first one without a value is thrown.
    private static func check(_ tags: ArraySlice<Tag>, with fields: LetterFields) throws(FieldMissing) {
        var rest = tags
        while let tag = rest.popFirst() {
            switch tag.kind {
            case .end: continue
            case .value:
                guard fields.has(tag.name) else { throw FieldMissing(name: tag.name) }
            case .section, .inverted:
                let inner = section(in: rest)
                rest = rest[inner.endIndex...]
                if tag.kind == .inverted {
                    if !fields.has(tag.name) { try check(inner, with: fields) }
                } else if let entries = fields.entries(of: tag.name) {
                    for entry in entries { try check(inner, with: entry) }
                } else if fields.has(tag.name) {
                    try check(inner, with: fields)
                }
            }
        }
    }

    /// The tags up to the end of the section that was just opened.
    private static func section(in tags: ArraySlice<Tag>) -> ArraySlice<Tag> {
        var depth = 1
        let end = tags.firstIndex { tag in
            switch tag.kind {
            case .section, .inverted: depth += 1
            case .end: depth -= 1
            case .value: break
            }
            return depth == 0
        }
        return tags[..<(end ?? tags.endIndex)]
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
                func column(of index: Substring.Index) -> Int { line[..<index].unicodeScalars.count + 1 }
                guard let end = rest[start.upperBound...].firstRange(of: "}}") else {
                    throw Fault(
                        message: "`{{` is never closed on this line",
                        line: offset + firstLine,
                        column: column(of: start.lowerBound)
                    )
                }
                var name = rest[start.upperBound..<end.lowerBound]
                let written = rest[start.lowerBound..<end.upperBound]
                rest = rest[end.upperBound...]
                var kind = Tag.Kind.value
                switch name.first {
                case "#": kind = .section
                case "^": kind = .inverted
                case "/": kind = .end
                case "!": continue
                case "{", "&", ">", "=", "%", "$", "<":
                    throw Fault(
                        message:
                            "`\(written)` is not used here: only `{{name}}`, `{{#name}}`, `{{^name}}`, `{{/name}}`",
                        line: offset + firstLine,
                        column: column(of: start.lowerBound)
                    )
                default: break
                }
                if kind != .value { name.removeFirst() }
                name = name.drop { $0 == " " }
                while name.last == " " { name.removeLast() }
                guard !name.isEmpty else {
                    throw Fault(
                        message: "`\(written)` names nothing",
                        line: offset + firstLine,
                        column: column(of: start.lowerBound)
                    )
                }
                let tag = Tag(
                    kind: kind,
                    name: String(name),
                    line: offset + firstLine,
                    column: column(of: name.startIndex)
                )
                switch kind {
                case .section, .inverted: open.append(tag)
                case .end:
                    guard let last = open.popLast() else {
                        throw Fault(
                            message: "`\(written)` closes nothing",
                            line: tag.line,
                            column: tag.column
                        )
                    }
                    guard last.name == tag.name else {
                        throw Fault(
                            message: "`\(written)` stands where `{{/\(last.name)}}` was expected",
                            line: tag.line,
                            column: tag.column
                        )
                    }
                case .value: break
                }
                found.append(tag)
            }
        }
        if let last = open.last {
            let sign = last.kind == .section ? "#" : "^"
            throw Fault(
                message: "`{{\(sign)\(last.name)}}` is never closed",
                line: last.line,
                column: last.column
            )
        }
        return found
    }
}
