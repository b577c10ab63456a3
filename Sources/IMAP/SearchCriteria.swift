// SPDX-License-Identifier: MIT

/// Which messages a search is to find (RFC 9051, section 6.4.4).
package indirect enum SearchCriteria: Sendable, Hashable {
    case all
    /// Messages with these UIDs. For a set with `*`, see the note at ``UIDSet``.
    case uids(UIDSet)
    /// Messages with this header field, its value containing this text.
    case header(String, contains: String)
    /// Messages with this keyword.
    case keyword(Flag)
    case unseen
    /// Messages not marked for deletion.
    case undeleted
    /// Messages received on this day or later, by the server's calendar; the time of day is ignored.
    case since(InternalDate)
    case not(SearchCriteria)
    /// Messages for which all of these hold.
    case and([SearchCriteria])
    case or(SearchCriteria, SearchCriteria)

    func encode(into command: inout CommandEncoder) throws(IMAPError) {
        switch self {
        case .all: command.write("ALL")
        case .uids(let uids):
            command.write("UID ")
            try command.write(uids)
        case .header(let name, let text):
            command.write("HEADER ")
            try command.string(name)
            command.write(" ")
            try command.string(text)
        case .keyword(let flag):
            command.write("KEYWORD ")
            guard flag.isKeyword else { throw .unsendable("the flag \(flag) as a keyword") }
            try command.write(flag)
        case .unseen: command.write("UNSEEN")
        case .undeleted: command.write("UNDELETED")
        case .since(let date): command.write("SINCE \(date.day)")
        case .not(let criteria):
            command.write("NOT ")
            try criteria.encode(into: &command)
        case .and(let all):
            guard !all.isEmpty else { throw .unsendable("a search without criteria") }
            for (index, criteria) in all.enumerated() {
                command.write(index == 0 ? "(" : " ")
                try criteria.encode(into: &command)
            }
            command.write(")")
        case .or(let one, let other):
            command.write("OR ")
            try one.encode(into: &command)
            command.write(" ")
            try other.encode(into: &command)
        }
    }

    /// Whether a text in it needs more than ASCII, which the command must say first.
    var needsUnicode: Bool {
        switch self {
        case .header(_, let text): !text.utf8.allSatisfy { $0 < 0x80 }
        case .not(let criteria): criteria.needsUnicode
        case .and(let all): all.contains { $0.needsUnicode }
        case .or(let one, let other): one.needsUnicode || other.needsUnicode
        case .all, .uids, .keyword, .unseen, .undeleted, .since: false
        }
    }
}
