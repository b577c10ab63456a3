// SPDX-License-Identifier: MIT

import Yams

/// One reading of one text: from libyaml's nodes to ours.
struct YAMLComposition {
    /// How often a text with double keys is read again; each reading finds one more of them.
    static let readings = 20
    /// How many aliases libyaml may be given; even in the worst arrangement they stay below 10^5 copies.
    static let aliasLimit = 30

    let source: SourceText
    let box: ComplaintBox
    /// The first letters of double keys that were replaced in the text to get past them, by line and column.
    private var replaced: [Spot: Unicode.Scalar] = [:]
    private var refused: Set<Spot> = []
    private var isTooDeep = false
    private var cursor: (spot: Spot, index: String.Index)?

    init(source: SourceText, box: ComplaintBox) {
        self.source = source
        self.box = box
    }

    struct Spot: Hashable {
        var line: Int
        var column: Int

        init(_ mark: Mark?) {
            line = mark?.line ?? 1
            column = mark?.column ?? 1
        }
    }

    /// The content of `text`, or nil where its syntax or something forbidden in it prevents reading.
    mutating func node(of text: String) -> YAMLNode? {
        guard isFreeOfInvisibles(text), isFreeOfAliasBombs(text) else { return nil }
        var text = text
        while true {
            do {
                let parser = try Parser(yaml: text, resolver: .basic, constructor: .default, encoding: .utf8)
                // Nodes know their anchors weakly: they live as long as the parser.
                return try withExtendedLifetime(parser) {
                    guard let root = try parser.singleRoot() else { return YAMLNode(.empty, range: nil) }
                    let node = convert(root, depth: 1)
                    return refused.isEmpty && !isTooDeep ? node : nil
                }
            } catch YamlError.duplicatedKeysInMapping(_, let context) {
                // libyaml's Swift face gives up at a double key and names one place only. So the first letter
                // of that key is replaced and the text is read again; both places come to light in `convert`.
                guard replaced.count < Self.readings, replaceLetter(in: &text, at: Spot(context.mark)) else {
                    let spots = replaced.keys.sorted { ($0.line, $0.column) < ($1.line, $1.column) }
                    for spot in spots + [Spot(context.mark)] { complainOfDoubleKey(at: spot) }
                    return nil
                }
            } catch let fault as YamlError {
                box.add(YAMLSyntaxFault(source: source, text: text).complaint(about: fault))
                return nil
            } catch {
                preconditionFailure("Yams promises to throw YamlError only, it threw \(error)")
            }
        }
    }

    // MARK: - What is refused before reading

    /// Characters that nobody sees and that YAML 1.1 forbids or takes for line ends.
    private func isFreeOfInvisibles(_ text: String) -> Bool {
        var line = 1
        var column = 1
        var found = 0
        var previous: Unicode.Scalar = " "
        for scalar in text.unicodeScalars {
            let pair = previous == "\r" && scalar == "\n"
            previous = scalar
            if pair { continue }
            if scalar == "\n" || scalar == "\r" {
                line += 1
                column = 1
                continue
            }
            if Self.isForbidden(scalar) {
                found += 1
                guard found <= 10 else { break }
                box.error(
                    "invisible character U+\(hexadecimal(scalar.value, digits: 4))",
                    at: source.place(line: line, column: column),
                    help: "delete it"
                )
            }
            column += 1
        }
        return found == 0
    }

    private static func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x20...0x7E, 0x09: false
        case 0...0x1F, 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: true
        default: false
        }
    }

    /// Anchors and aliases are refused anyway once the nodes are there; this is about getting there at all.
    private func isFreeOfAliasBombs(_ text: String) -> Bool {
        var counts: [UInt8: Int] = [:]
        var bytes = text.utf8.makeIterator()
        var mayBegin = true
        var pending: UInt8?
        while let byte = bytes.next() {
            if let mark = pending {
                pending = nil
                let isName =
                    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte) || byte == 0x5F || byte == 0x2D
                if isName { counts[mark, default: 0] += 1 }
            }
            if mayBegin, byte == UInt8(ascii: "*") || byte == UInt8(ascii: "&") { pending = byte }
            mayBegin = " \t\r\n[{,:-?".utf8.contains(byte)
        }
        let aliases = counts[UInt8(ascii: "*"), default: 0]
        guard aliases > Self.aliasLimit, counts[UInt8(ascii: "&"), default: 0] > 1 else { return true }
        box.error(
            "the file uses anchors (`&name`) and \(aliases) aliases (`*name`); they are not supported",
            at: source.wholeFile,
            help: "write each value where it is needed, in quotes if it begins with `*` or `&`"
        )
        return false
    }

    // MARK: - Double keys

    /// Replaces the first letter of the key at `spot` by a private character, so that it equals no other key.
    private mutating func replaceLetter(in text: inout String, at spot: Spot) -> Bool {
        guard replaced[spot] == nil, var start = source.index(of: spot, in: text) else { return false }
        var spot = spot
        let scalars = text.unicodeScalars
        guard start < scalars.endIndex else { return false }
        if scalars[start] == "\"" || scalars[start] == "'" {
            start = scalars.index(after: start)
            spot.column += 1
        }
        guard start < scalars.endIndex, let stand = Unicode.Scalar(0xF0000 + UInt32(replaced.count)) else {
            return false
        }
        let letter = scalars[start]
        guard letter.properties.isAlphabetic || ("0"..."9").contains(letter) || letter == "_" else {
            return false
        }
        text.unicodeScalars.replaceSubrange(start...start, with: [stand])
        replaced[spot] = letter
        return true
    }

    private mutating func complainOfDoubleKey(at spot: Spot) {
        let range = SourceRange(line: spot.line, column: spot.column, length: wordLength(at: spot))
        box.error(
            "this key stands more than once in its group",
            at: Place(file: source.name, range: range),
            help: "keep one of them"
        )
    }

    // MARK: - Nodes

    private mutating func convert(_ node: Node, depth: Int) -> YAMLNode {
        let spot = Spot(node.mark)
        guard !refuses(node, at: spot) else { return YAMLNode(.empty, range: nil) }
        guard depth <= YAML.depthLimit || node.scalar != nil else {
            if !isTooDeep {
                box.error(
                    "lists and groups stand in each other more than \(YAML.depthLimit) deep",
                    at: Place(file: source.name, range: SourceRange(line: spot.line, column: spot.column))
                )
            }
            isTooDeep = true
            return YAMLNode(.empty, range: nil)
        }
        switch node {
        case .scalar(let scalar):
            return convert(scalar, at: spot)
        case .sequence(let sequence):
            let items = sequence.map { item in
                var converted = convert(item, depth: depth + 1)
                converted.range = converted.range ?? dash(before: Spot(item.mark))
                return converted
            }
            return YAMLNode(.list(items), range: SourceRange(line: spot.line, column: spot.column))
        case .mapping(let mapping):
            return convert(mapping, at: spot, depth: depth)
        case .alias:
            preconditionFailure("Yams puts the aliased node in the alias' place when it reads")
        }
    }

    private mutating func convert(_ scalar: Node.Scalar, at spot: Spot) -> YAMLNode {
        let style: YAMLNode.Style =
            switch scalar.style {
            case .any, .plain: .plain
            case .singleQuoted, .doubleQuoted: .quoted
            case .literal, .folded: .block
            }
        let text = restored(scalar.string, at: spot, quoted: style == .quoted)
        if style == .plain, text.isEmpty { return YAMLNode(.empty, range: nil) }
        let length = length(of: text, style: style, at: spot)
        let range = SourceRange(line: spot.line, column: spot.column, length: length)
        if style == .plain, text == "~" { return YAMLNode(.empty, range: range) }
        return YAMLNode(.scalar(text, style), range: range)
    }

    private mutating func convert(_ mapping: Node.Mapping, at spot: Spot, depth: Int) -> YAMLNode {
        var entries: [YAMLNode.Entry] = []
        var first: [String: SourceRange] = [:]
        for (keyNode, valueNode) in mapping {
            let key = convert(keyNode, depth: depth + 1)
            let keySpot = Spot(keyNode.mark)
            let range = key.range ?? SourceRange(line: keySpot.line, column: keySpot.column)
            let value = convert(valueNode, depth: depth + 1)
            let name: String
            switch key.content {
            case .scalar(let text, _): name = text
            case .empty where keyNode.scalar?.string == "~": name = "~"
            default:
                if !refused.contains(keySpot) {
                    box.error("a key must be a word", at: Place(file: source.name, range: range))
                }
                continue
            }
            if let earlier = first[name] {
                box.error(
                    "the key \(code(name)) stands twice in its group",
                    at: Place(file: source.name, range: range),
                    help: "keep one of them",
                    notes: [
                        Complaint.Note("it stands here first", at: Place(file: source.name, range: earlier))
                    ]
                )
                continue
            }
            first[name] = range
            entries.append(YAMLNode.Entry(key: name, range: range, value: value))
        }
        var range = SourceRange(line: spot.line, column: spot.column)
        if let entry = entries.first, entry.range.line == range.line, entry.range.column == range.column {
            range = entry.range
        }
        return YAMLNode(.mapping(entries), range: range)
    }

    /// Refuses anchors and tags.
    ///
    /// An alias arrives as a copy of the node with the anchor, with the same mark: it is not
    /// entered, so that the work stays proportional to the file.
    private mutating func refuses(_ node: Node, at spot: Spot) -> Bool {
        let isTagged =
            switch node {
            case .scalar(let scalar): !["", "!", "tag:yaml.org,2002:str"].contains(scalar.tag.description)
            case .sequence(let sequence): !["", "tag:yaml.org,2002:seq"].contains(sequence.tag.description)
            case .mapping(let mapping): !["", "tag:yaml.org,2002:map"].contains(mapping.tag.description)
            case .alias: false
            }
        guard node.anchor != nil || isTagged else { return false }
        guard refused.insert(spot).inserted else { return true }
        let range = SourceRange(line: spot.line, column: spot.column, length: wordLength(at: spot))
        let place = Place(file: source.name, range: range)
        if node.anchor != nil {
            box.error(
                "anchors (`&name`) and aliases (`*name`) are not supported",
                at: place,
                help: "write the value where it is needed, or in quotes if it is a text that begins with `&`"
            )
        } else {
            box.error(
                "tags (`!name`) are not supported",
                at: place,
                help: "leave it out, or put the text in quotes if it begins with `!`"
            )
        }
        return true
    }

    /// Puts the letter back that ``replaceLetter(in:at:)`` took.
    private func restored(_ text: String, at spot: Spot, quoted: Bool) -> String {
        guard !replaced.isEmpty else { return text }
        var spot = spot
        if quoted { spot.column += 1 }
        guard let letter = replaced[spot] else { return text }
        return String(Character(letter)) + String(text.unicodeScalars.dropFirst())
    }

    /// The `-` of an item with nothing behind it; libyaml marks the point after it.
    private func dash(before spot: Spot) -> SourceRange? {
        guard spot.column > 1 else { return nil }
        return SourceRange(line: spot.line, column: spot.column - 1)
    }

    // MARK: - Lengths

    /// How much of its first line a scalar covers; libyaml tells only where it begins.
    private mutating func length(of text: String, style: YAMLNode.Style, at spot: Spot) -> Int {
        let rest = rest(at: spot)
        switch style {
        case .plain:
            let written = text.unicodeScalars
            if rest.starts(with: written) { return written.count }
            var length = 0
            var end = 0
            var previous: Unicode.Scalar = "x"
            for scalar in rest {
                if scalar == "#", previous == " " || previous == "\t" { break }
                length += 1
                if scalar != " ", scalar != "\t" { end = length }
                previous = scalar
            }
            return max(end, 1)
        case .quoted:
            guard let quote = rest.first else { return 1 }
            var length = 1
            var isEscaped = false
            var closing: Int?
            for scalar in rest.dropFirst() {
                // Two single quotes inside single quotes stand for one: only what follows tells.
                if let closing, scalar != quote { return closing }
                length += 1
                if isEscaped {
                    isEscaped = false
                } else if quote == "\"" {
                    if scalar == quote { return length }
                    isEscaped = scalar == "\\"
                } else if scalar == quote {
                    closing = closing == nil ? length : nil
                }
            }
            return closing ?? length
        case .block:
            return max(rest.prefix { $0 != " " && $0 != "\t" }.count, 1)
        }
    }

    private mutating func wordLength(at spot: Spot) -> Int {
        max(rest(at: spot).prefix { !" \t,:]}".unicodeScalars.contains($0) }.count, 1)
    }

    /// The line from `spot` on.
    ///
    /// Nodes come in the order of the text, so the walk along a line goes on from where the last one ended:
    /// otherwise a file that is one long line would cost the square of its length.
    private mutating func rest(at spot: Spot) -> Substring.UnicodeScalarView {
        let line = source.line(spot.line)
        let scalars = line.unicodeScalars
        var index = scalars.startIndex
        var column = 1
        if let cursor, cursor.spot.line == spot.line, cursor.spot.column <= spot.column {
            index = cursor.index
            column = cursor.spot.column
        }
        while column < spot.column, index < scalars.endIndex {
            index = scalars.index(after: index)
            column += 1
        }
        if column == spot.column { cursor = (spot, index) }
        return scalars[index...]
    }
}

extension SourceText {
    /// Where `spot` is in `text`, which has the lines and columns of this source.
    fileprivate func index(of spot: YAMLComposition.Spot, in text: String) -> String.Index? {
        let lines = SourceText(name: name, text: text).lines
        guard lines.indices.contains(spot.line - 1) else { return nil }
        let scalars = lines[spot.line - 1].unicodeScalars
        return scalars.index(scalars.startIndex, offsetBy: spot.column - 1, limitedBy: scalars.endIndex)
    }
}
