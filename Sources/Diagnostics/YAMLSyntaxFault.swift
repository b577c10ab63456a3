// SPDX-License-Identifier: MIT

import Yams

/// Turns libyaml's words about a fault in the syntax into a sentence that helps.
///
/// Only what people do wrong is translated; anything else keeps libyaml's words behind "not valid YAML".
struct YAMLSyntaxFault {
    let source: SourceText
    /// The text that was read: the source, or its head.
    let text: String

    /// The complaint about what Yams threw.
    func complaint(about fault: YamlError) -> Complaint {
        switch fault {
        case .scanner(let context, let problem, let mark, _),
            .parser(let context, let problem, let mark, _),
            .composer(let context, let problem, let mark, _):
            return complaint(problem, at: mark, context: context)
        case .reader(let problem, _, _, _):
            return Complaint(.error, "not valid YAML: \(problem)", at: source.wholeFile)
        default:
            return Complaint(.error, "not valid YAML: \(fault)", at: source.wholeFile)
        }
    }

    private func complaint(_ problem: String, at mark: Mark, context: YamlError.Context?) -> Complaint {
        let begin = context?.mark ?? mark
        let blamed = problem == "could not find expected ':'" ? [begin, mark] : [mark]
        if let complaint = blamed.lazy.compactMap(indentationFault).first { return complaint }
        switch problem {
        case "found unexpected end of stream", "found unexpected document indicator":
            let quote = scalar(at: begin).map { String(Character($0)) } ?? "\""
            return error("this quote is never closed", at: begin, help: "close the text with `\(quote)`")
        case "mapping values are not allowed in this context":
            return unexpectedColon(at: mark)
        case "could not find expected ':'":
            return error(
                "a `:` is missing after this key",
                at: begin,
                length: trimmedLength(from: begin),
                help: "write `key: value`, or `- value` for an item of a list"
            )
        case "did not find expected key":
            guard isFirstOnLine(mark) else { return textAfterValue(at: mark) }
            if scalar(at: mark) == ":" { return error("a key is missing before the `:`", at: mark) }
            return error(
                "this line does not fit the lines above it",
                at: mark,
                length: trimmedLength(from: mark),
                help: "begin it in the same column as the other keys of its group",
                notes: note("its group begins here", at: begin)
            )
        case "did not find expected '-' indicator":
            guard isFirstOnLine(mark) else { return textAfterValue(at: mark) }
            return error(
                "this line does not fit the list above it",
                at: mark,
                length: trimmedLength(from: mark),
                help: "begin an item with `-` in the same column as the other items",
                notes: note("the list begins here", at: begin)
            )
        case "did not find expected ',' or ']'":
            return unclosed("[", closedBy: "]", opened: begin, noticed: mark)
        case "did not find expected ',' or '}'":
            return unclosed("{", closedBy: "}", opened: begin, noticed: mark)
        case "found character that cannot start any token", "found undefined alias",
            "found undefined tag handle", "did not find expected alphabetic or numeric character",
            "did not find expected tag URI", "did not find expected '!'":
            return unexpectedStart(at: problem == "found undefined alias" ? mark : valueStart(mark, begin))
        case "did not find expected comment or line break" where [">", "|"].contains(scalar(at: begin)):
            // `> 3 days` without quotes is a folded text to YAML.
            return unexpectedStart(at: begin)
        case "found unknown escape character", "did not find expected hexdecimal number",
            "found invalid Unicode character escape code":
            return error(
                "unknown escape after `\\` in a text in double quotes",
                at: mark,
                help: "use single quotes, in which a `\\` is only a `\\`"
            )
        case "block sequence entries are not allowed in this context":
            let help = "put `-` at the beginning of a line of its own"
            return error("a list cannot begin here", at: mark, help: help)
        case "did not find expected node content":
            let isInBrackets = context?.text.hasPrefix("while parsing a flow") == true
            let isAtEnd = isInBrackets && source.line(mark.line).isEmpty
            return error(isAtEnd ? "the closing `]` or `}` is missing" : "a value is missing here", at: mark)
        case "but found another document":
            let help = "put it into a file of its own"
            return error("a second document begins here", at: mark, length: 3, help: help)
        case "did not find expected <document start>":
            return error(
                "this does not belong to anything above it",
                at: mark,
                length: trimmedLength(from: mark),
                help: "check the indentation and the quotes of the lines above"
            )
        case _ where problem.hasPrefix("Maximum nesting level reached"):
            return error("lists and groups stand in each other more than \(YAML.depthLimit) deep", at: mark)
        default:
            return error("not valid YAML: \(problem)", at: mark)
        }
    }

    // MARK: - Faults that need a look at the text

    /// Tabs and no-break spaces before the first word are the cause whatever libyaml says about the line.
    private func indentationFault(at mark: Mark) -> Complaint? {
        let line = source.line(mark.line).unicodeScalars
        var column = 1
        for scalar in line {
            switch scalar {
            case " ": column += 1
            case "\t", "\u{A0}":
                let length = line.dropFirst(column - 1).prefix { $0 == scalar }.count
                let what = scalar == "\t" ? "a tab" : "a no-break space (U+00A0)"
                return Complaint(
                    .error,
                    "\(what) is used for indentation",
                    at: source.place(line: mark.line, column: column, length: length),
                    helps: ["use ordinary spaces"]
                )
            default: return nil
            }
        }
        return nil
    }

    private func unexpectedColon(at mark: Mark) -> Complaint {
        let before = String(source.line(mark.line).unicodeScalars.prefix(max(0, mark.column - 1)))
        guard before.contains(": ") else {
            return error(
                "a `:` is not possible here, the line above already has its value",
                at: mark,
                help: "begin the line in the same column as the other keys of its group"
            )
        }
        let help = "put the text in quotes if the `:` belongs to it"
        return error("a second `:` on the line", at: mark, help: help)
    }

    private func textAfterValue(at mark: Mark) -> Complaint {
        error(
            "text after the end of the value",
            at: mark,
            length: trimmedLength(from: mark),
            help: "put the whole value in quotes"
        )
    }

    private func unclosed(_ open: String, closedBy close: String, opened: Mark, noticed: Mark) -> Complaint {
        guard noticed.line == opened.line, noticed.column <= source.line(noticed.line).unicodeScalars.count
        else {
            return error("this `\(open)` is never closed", at: opened, help: "close it with `\(close)`")
        }
        return error(
            "a `,` or `\(close)` is missing before this",
            at: noticed,
            notes: note("the `\(open)` stands here", at: opened)
        )
    }

    private func unexpectedStart(at mark: Mark) -> Complaint {
        guard let scalar = scalar(at: mark) else { return error("a value is missing here", at: mark) }
        if scalar == "\t" {
            return error("a tab stands before the value", at: mark, help: "use a space")
        }
        return error(
            "a value cannot begin with \(scalar == "`" ? "a backtick" : "`\(scalar)`")",
            at: mark,
            help: "put the text in quotes"
        )
    }

    // MARK: - Small things

    private func error(
        _ message: String,
        at mark: Mark,
        length: Int = 1,
        help: String? = nil,
        notes: [Complaint.Note] = []
    ) -> Complaint {
        Complaint(
            .error,
            message,
            at: Place(file: source.name, range: range(mark, length: length)),
            helps: help.map { [$0] } ?? [],
            notes: notes
        )
    }

    private func note(_ message: String, at mark: Mark) -> [Complaint.Note] {
        [Complaint.Note(message, at: Place(file: source.name, range: range(mark, length: 1)))]
    }

    /// The marked spot; behind the last line it is the end of the text, where there is something to show.
    private func range(_ mark: Mark, length: Int) -> SourceRange {
        let count = SourceText(name: source.name, text: text).lines.count
        guard mark.line > count, count > 0 else {
            return SourceRange(line: max(mark.line, 1), column: max(mark.column, 1), length: length)
        }
        return SourceRange(line: count, column: source.line(count).unicodeScalars.count + 1)
    }

    private func scalar(at mark: Mark) -> Unicode.Scalar? {
        source.line(mark.line).unicodeScalars.dropFirst(max(0, mark.column - 1)).first
    }

    /// libyaml marks the character it stumbled over; with `*@` or `&-` that is one behind the one to blame.
    private func valueStart(_ mark: Mark, _ begin: Mark) -> Mark {
        guard let first = scalar(at: begin), "*&!%".unicodeScalars.contains(first) else { return mark }
        return begin
    }

    private func isFirstOnLine(_ mark: Mark) -> Bool {
        source.line(mark.line).unicodeScalars.prefix(max(0, mark.column - 1)).allSatisfy { $0 == " " }
    }

    private func trimmedLength(from mark: Mark) -> Int {
        let rest = source.line(mark.line).unicodeScalars.dropFirst(max(0, mark.column - 1))
        let trailing = rest.reversed().prefix { $0 == " " || $0 == "\t" }.count
        return max(1, rest.count - trailing)
    }
}
