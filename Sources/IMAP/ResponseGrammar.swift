// SPDX-License-Identifier: MIT

/// Understands one whole answer (RFC 9051, section 7 and 9; RFC 4466; RFC 7162).
enum ResponseGrammar {
    /// The answer; nothing for an empty line.
    static func answer(in frame: Frame, depth: Int) -> IMAPResponse? {
        guard !frame.line.isEmpty else { return nil }
        var scanner = ResponseScanner(frame, depth: depth)
        do {
            return try answer(&scanner)
        } catch {
            return .unparsable(frame.line)
        }
    }

    private static func answer(_ scanner: inout ResponseScanner) throws(Damage) -> IMAPResponse {
        if scanner.take(Ascii.plus) {
            _ = scanner.take(Ascii.space)
            return .continuation(String(decoding: scanner.rest(), as: UTF8.self))
        }
        guard scanner.take(Ascii.star) else { return try tagged(&scanner) }
        try scanner.expect(Ascii.space)
        scanner.skipSpaces()
        let word = try scanner.word()
        if Ascii.isDigit(word[word.startIndex]) { return try numbered(word, &scanner) }
        let name = Ascii.uppercased(word)
        if let kind = StatusReply.Kind(rawValue: name) { return .untagged(reply(kind, &scanner)) }
        return try data(name, &scanner)
    }

    private static func tagged(_ scanner: inout ResponseScanner) throws(Damage) -> IMAPResponse {
        let tag = try scanner.word()
        try scanner.expect(Ascii.space)
        let name = Ascii.uppercased(try scanner.word())
        guard let kind = StatusReply.Kind(rawValue: name), kind == .ok || kind == .no || kind == .bad else {
            throw Damage()
        }
        return .tagged(String(decoding: tag, as: UTF8.self), reply(kind, &scanner))
    }

    private static func reply(_ kind: StatusReply.Kind, _ scanner: inout ResponseScanner) -> StatusReply {
        _ = scanner.take(Ascii.space)
        var rest = scanner.rest()
        let code = CodeGrammar.code(&rest)
        return StatusReply(kind, code: code, text: String(decoding: rest, as: UTF8.self))
    }

    private static func numbered(
        _ digits: ArraySlice<UInt8>,
        _ scanner: inout ResponseScanner
    ) throws(Damage) -> IMAPResponse {
        guard let number = Ascii.number(digits, as: UInt32.self) else { throw Damage() }
        try scanner.expect(Ascii.space)
        let name = Ascii.uppercased(try scanner.word())
        switch name {
        case "EXISTS": return .exists(number)
        case "RECENT": return .recent(number)
        case "EXPUNGE" where number > 0: return .expunged(number)
        case "FETCH" where number > 0: return .fetched(try FetchGrammar.message(number, &scanner))
        default: throw Damage()
        }
    }

    private static func data(
        _ name: String,
        _ scanner: inout ResponseScanner
    ) throws(Damage) -> IMAPResponse {
        guard scanner.atEnd || scanner.peek == Ascii.space, name.first?.isLetter == true else {
            throw Damage()
        }
        scanner.skipSpaces()
        switch name {
        case "CAPABILITY": return .capability(Capabilities(words(&scanner)))
        case "ENABLED": return .enabled(words(&scanner).map { Ascii.uppercased(Array($0.utf8)[...]) })
        case "FLAGS":
            let flags = try scanner.flags()
            try scanner.expectEnd()
            return .flags(flags)
        case "LIST", "LSUB", "XLIST": return .folder(try folder(&scanner))
        case "STATUS": return .folderStatus(try folderStatus(&scanner))
        case "SEARCH": return .search(try search(&scanner))
        case "ESEARCH": return .search(try extendedSearch(&scanner))
        case "VANISHED": return try vanished(&scanner)
        default: return .other(name, try scanner.values())
        }
    }

    private static func words(_ scanner: inout ResponseScanner) -> [String] {
        scanner.rest().split(separator: Ascii.space).map { String(decoding: $0, as: UTF8.self) }
    }

    private static func folder(_ scanner: inout ResponseScanner) throws(Damage) -> Folder {
        let attributes = try scanner.flags()
        scanner.skipSpaces()
        let delimiter: Character?
        switch try scanner.content() {
        case .bytes(let bytes): delimiter = String(decoding: bytes, as: UTF8.self).first
        case .null: delimiter = nil
        case .omitted: throw Damage()
        }
        scanner.skipSpaces()
        let start = scanner.index
        let isBare = scanner.peek != Ascii.quote
        var name = try scanner.folderName()
        scanner.skipSpaces()
        // Extended data are parenthesised (RFC 5258); anything else is the rest of a name with spaces in it
        // that the server forgot to quote.
        if !scanner.atEnd, scanner.peek != Ascii.open {
            guard isBare, scanner.literals.isEmpty else { throw Damage() }
            name = FolderName(wire: Array(scanner.line[start...]))
        }
        return Folder(name: name, delimiter: delimiter, attributes: Set(attributes))
    }

    private static func folderStatus(_ scanner: inout ResponseScanner) throws(Damage) -> FolderStatus {
        var status = FolderStatus(name: try scanner.folderName())
        scanner.skipSpaces()
        guard case .list(let items) = try scanner.value() else { throw Damage() }
        try scanner.expectEnd()
        for index in stride(from: 0, to: items.count - 1, by: 2) {
            let number = items[index + 1].number
            let short = number.flatMap { UInt32(exactly: $0) }
            switch items[index].text.map({ Ascii.uppercased(Array($0.utf8)[...]) }) {
            case "MESSAGES": status.messages = short
            case "UNSEEN": status.unseen = short
            case "UIDNEXT": status.uidNext = short.flatMap { UID($0) }
            case "UIDVALIDITY": status.uidValidity = short.map { UIDValidity($0) }
            case "HIGHESTMODSEQ": status.highestModSeq = number
            default: break
            }
        }
        return status
    }

    private static func search(_ scanner: inout ResponseScanner) throws(Damage) -> SearchResult {
        var uids: [UID] = []
        var modSeq: UInt64?
        while !scanner.atEnd {
            if scanner.peek == Ascii.open {
                guard case .list(let items) = try scanner.value() else { throw Damage() }
                modSeq = items.last?.number
            } else {
                guard let uid = UID(try scanner.number(UInt32.self)) else { throw Damage() }
                uids.append(uid)
            }
            scanner.skipSpaces()
        }
        return SearchResult(uids: UIDSet(uids), modSeq: modSeq)
    }

    private static func extendedSearch(_ scanner: inout ResponseScanner) throws(Damage) -> SearchResult {
        var result = SearchResult(uids: UIDSet())
        var found: [ClosedRange<UInt32>] = []
        var values = try scanner.values()[...]
        if case .list(let items)? = values.first {
            result.tag = items.count == 2 ? items[1].text : nil
            values.removeFirst()
        }
        while let name = values.popFirst() {
            let name = name.text.map { Ascii.uppercased(Array($0.utf8)[...]) }
            guard name != "UID" else { continue }
            guard let value = values.popFirst() else { throw Damage() }
            switch name {
            case "ALL": found += try uids(value).ranges
            case "COUNT": result.count = value.number.flatMap { UInt32(exactly: $0) }
            case "MODSEQ": result.modSeq = value.number
            case "PARTIAL":
                // The range asked for, and what of it was found (RFC 9394).
                guard let items = value.items, items.count == 2 else { throw Damage() }
                if items[1] != .null { found += try uids(items[1]).ranges }
            default: break
            }
        }
        result.uids = UIDSet(ranges: found)
        return result
    }

    private static func vanished(_ scanner: inout ResponseScanner) throws(Damage) -> IMAPResponse {
        var isEarlier = false
        if scanner.peek == Ascii.open {
            _ = try scanner.value()
            isEarlier = true
            scanner.skipSpaces()
        }
        let gone = try uids(try scanner.value())
        try scanner.expectEnd()
        return .vanished(gone, earlier: isEarlier)
    }

    private static func uids(_ value: IMAPValue) throws(Damage) -> UIDSet {
        guard let text = value.text, let set = UIDSet(parsing: text) else { throw Damage() }
        return set
    }
}

/// Understands the fields of one `FETCH` answer (RFC 9051, section 7.5.2).
enum FetchGrammar {
    static func message(
        _ number: UInt32,
        _ scanner: inout ResponseScanner
    ) throws(Damage) -> FetchedMessage {
        var message = FetchedMessage(number: number)
        scanner.skipSpaces()
        try scanner.expect(Ascii.open)
        // Domino puts single fields into parentheses of their own; they are passed over.
        var open = 1
        while open > 0 {
            scanner.skipSpaces()
            if scanner.take(Ascii.close) {
                open -= 1
            } else if scanner.take(Ascii.open) {
                open += 1
            } else {
                let name = try scanner.fieldName()
                scanner.skipSpaces()
                // Yandex leaves out the value of a part that has nothing in it.
                let isMissing = scanner.peek == Ascii.close
                try field(name, isMissing: isMissing, of: &message, &scanner)
            }
        }
        try scanner.expectEnd()
        return message
    }

    private static func field(
        _ name: String,
        isMissing: Bool,
        of message: inout FetchedMessage,
        _ scanner: inout ResponseScanner
    ) throws(Damage) {
        if let section = section(name) {
            let content = isMissing ? .null : try scanner.content()
            let part = FetchedMessage.Section(name: section.name, offset: section.offset, content: content)
            message.sections.append(part)
            return
        }
        guard !isMissing else {
            message.others.append(FetchedMessage.Other(name: name, value: .null))
            return
        }
        let before = scanner
        do {
            guard try !known(name, of: &message, &scanner) else { return }
        } catch {
            // Zoho has modification sequences below zero: a strange value costs this field, not the answer.
            scanner.rewind(to: before)
        }
        message.others.append(FetchedMessage.Other(name: name, value: try scanner.value()))
    }

    /// Reads a field that has its own place; false if it has none.
    private static func known(
        _ name: String,
        of message: inout FetchedMessage,
        _ scanner: inout ResponseScanner
    ) throws(Damage) -> Bool {
        switch name {
        case "UID":
            guard let uid = UID(try scanner.number(UInt32.self)) else { throw Damage() }
            message.uid = uid
        case "FLAGS": message.flags = try scanner.flags()
        case "RFC822.SIZE": message.size = try scanner.number(UInt64.self)
        case "INTERNALDATE":
            guard case .bytes(let bytes) = try scanner.content(),
                let date = InternalDate(parsing: String(decoding: bytes, as: UTF8.self))
            else { throw Damage() }
            message.internalDate = date
        case "MODSEQ":
            try scanner.expect(Ascii.open)
            let number = try scanner.number(UInt64.self)
            try scanner.expect(Ascii.close)
            message.modSeq = number
        case "ENVELOPE": message.envelope = try scanner.value()
        case "BODYSTRUCTURE", "BODY": message.structure = try scanner.value()
        default: return false
        }
        return true
    }

    /// What `BODY[1.TEXT]<0>` and its old names speak of.
    private static func section(_ name: String) -> (name: String, offset: UInt64)? {
        switch name {
        case "RFC822": return ("", 0)
        case "RFC822.HEADER": return ("HEADER", 0)
        case "RFC822.TEXT": return ("TEXT", 0)
        default: break
        }
        guard name.hasPrefix("BODY["), let end = name.utf8.lastIndex(of: Ascii.closeBracket) else {
            return nil
        }
        let part = name[name.index(name.startIndex, offsetBy: 5)..<end]
        let origin = Array(name[end...].utf8.dropFirst())
        guard origin.first == Ascii.less, origin.last == Ascii.greater else { return (String(part), 0) }
        return (String(part), Ascii.number(origin[1..<(origin.count - 1)], as: UInt64.self) ?? 0)
    }
}

/// Understands the code at the beginning of a ``StatusReply`` (RFC 9051, section 7.1).
enum CodeGrammar {
    /// Takes `[…]` and the space behind it off the text; what does not end with a bracket is text.
    static func code(_ text: inout ArraySlice<UInt8>) -> ResponseCode? {
        guard text.first == Ascii.openBracket, let end = end(of: text) else { return nil }
        let inside = text[(text.startIndex + 1)..<end]
        let nameEnd = inside.firstIndex(of: Ascii.space) ?? inside.endIndex
        let name = Ascii.uppercased(inside[..<nameEnd])
        guard !name.isEmpty else { return nil }
        text = text[(end + 1)...]
        if text.first == Ascii.space { text.removeFirst() }
        let argument = inside[nameEnd...].drop { $0 == Ascii.space }
        return meaning(name, argument) ?? .other(name, String(decoding: argument, as: UTF8.self))
    }

    /// The closing bracket.
    ///
    /// Keywords in a list may have brackets of their own: `PERMANENTFLAGS ([old])`.
    private static func end(of text: ArraySlice<UInt8>) -> Int? {
        var open = 0
        var isQuoted = false
        var index = text.startIndex + 1
        while index < text.endIndex {
            switch text[index] {
            case Ascii.quote: isQuoted.toggle()
            case Ascii.backslash where isQuoted: index += 1
            case Ascii.open where !isQuoted: open += 1
            case Ascii.close where !isQuoted: open -= 1
            case Ascii.closeBracket where !isQuoted && open <= 0: return index
            default: break
            }
            index += 1
        }
        return text.firstIndex(of: Ascii.closeBracket)
    }

    private static func meaning(_ name: String, _ argument: ArraySlice<UInt8>) -> ResponseCode? {
        if let word = words[name] { return word }
        let number = Ascii.number(argument, as: UInt64.self)
        let short = number.flatMap { UInt32(exactly: $0) }
        switch name {
        case "CAPABILITY":
            let names = argument.split(separator: Ascii.space)
            return .capability(Capabilities(names.map { String(decoding: $0, as: UTF8.self) }))
        case "PERMANENTFLAGS": return flags(argument).map { .permanentFlags($0) }
        case "UIDNEXT": return short.flatMap { UID($0) }.map { .uidNext($0) }
        case "UIDVALIDITY": return short.map { .uidValidity(UIDValidity($0)) }
        case "UNSEEN": return short.map { .unseen($0) }
        case "HIGHESTMODSEQ": return number.map { .highestModSeq($0) }
        case "APPENDUID": return appended(argument)
        case "COPYUID": return copied(argument)
        default: return nil
        }
    }

    private static let words: [String: ResponseCode] = [
        "ALERT": .alert, "READ-ONLY": .readOnly, "READ-WRITE": .readWrite, "TRYCREATE": .tryCreate,
        "NOMODSEQ": .noModSeq, "CLOSED": .closed, "THROTTLED": .throttled, "OVERQUOTA": .overQuota,
        "INUSE": .inUse, "UNAVAILABLE": .unavailable, "NONEXISTENT": .nonExistent, "NOPERM": .noPermission,
        "AUTHENTICATIONFAILED": .authenticationFailed,
    ]

    private static func flags(_ argument: ArraySlice<UInt8>) -> [Flag]? {
        guard argument.first == Ascii.open, argument.last == Ascii.close else { return nil }
        let names = argument.dropFirst().dropLast().split(separator: Ascii.space)
        return names.map { Flag(String(decoding: $0, as: UTF8.self)) }
    }

    private static func appended(_ argument: ArraySlice<UInt8>) -> ResponseCode? {
        let fields = argument.split(separator: Ascii.space)
        guard fields.count == 2, let validity = Ascii.number(fields[0], as: UInt32.self),
            let uids = UIDSet(parsing: String(decoding: fields[1], as: UTF8.self))
        else { return nil }
        return .appendUID(UIDValidity(validity), uids)
    }

    private static func copied(_ argument: ArraySlice<UInt8>) -> ResponseCode? {
        let fields = argument.split(separator: Ascii.space)
        guard fields.count == 3, let validity = Ascii.number(fields[0], as: UInt32.self) else { return nil }
        var source = RangeList(bytes: Array(fields[1]))
        var destination = RangeList(bytes: Array(fields[2]))
        guard let from = source.ranges(), let to = destination.ranges() else { return nil }
        return CopiedUIDs(uidValidity: UIDValidity(validity), source: from, destination: to)
            .map { .copyUID($0) }
    }
}
