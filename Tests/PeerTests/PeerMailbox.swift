// SPDX-License-Identifier: MIT
import Foundation
import Synchronization
import TestSupport

/// An IMAP server with folders in memory, which misbehaves where a test says so.
final class PeerMailbox: Sendable {
    struct Mail: Sendable {
        var uid: UInt32
        var raw: String
        var arrived: Date
    }

    struct Folder: Sendable {
        var validity: UInt32 = 7
        var mails: [Mail] = []
        var attributes = "\\HasNoChildren"

        var next: UInt32 { (mails.last?.uid ?? 0) + 1 }
    }

    /// What a client says, or that it has come.
    struct Moment: Sendable {
        /// In capitals: `UID FETCH`; `GREETING` when a client has come.
        var verb: String
        var arguments = ""
        var tag = "*"
        /// Counts the connections from 1.
        var connection: Int
        /// Counts what the client says on the connection from 1; 0 is its coming.
        var number = 0

        var asksForTexts: Bool { verb == "UID FETCH" && arguments.contains("BODY.PEEK[]") }
    }

    /// Does something else instead of the usual, and then returns true.
    typealias Fault = @Sendable (Moment, ScriptedServer.Connection) throws -> Bool

    struct Contents: Sendable {
        var folders: [String: Folder] = ["INBOX": Folder()]
        var password = PeerMailbox.password
        /// With which words a login is refused.
        var refusal = "[AUTHENTICATIONFAILED] wrong password"
        var fault: Fault = { _, _ in false }
    }

    static let password = "Rooibos-und-Minze"

    private let contents: Mutex<Contents>

    init(_ change: (inout Contents) -> Void = { _ in }) {
        var contents = Contents()
        change(&contents)
        self.contents = Mutex(contents)
    }

    func change(_ body: (inout Contents) -> Void) { contents.withLock { body(&$0) } }

    var now: Contents { contents.withLock { $0 } }

    /// Puts a mail into a folder.
    func deliver(_ raw: String, at date: Date, to name: String = "INBOX") {
        change { contents in
            var folder = contents.folders[name] ?? Folder()
            folder.mails.append(Mail(uid: folder.next, raw: raw, arrived: date))
            contents.folders[name] = folder
        }
    }

    /// Serves one connection.
    func talk(on connection: ScriptedServer.Connection) throws {
        if try now.fault(Moment(verb: "GREETING", connection: connection.number), connection) { return }
        try connection.write("* OK ready\r\n")
        var open: String?
        var seen = 0
        for number in 1... {
            let line = try connection.readLine()
            let words = line.split(separator: " ", maxSplits: 2).map(String.init)
            guard words.count > 1 else {
                try connection.write("* BAD what\r\n")
                continue
            }
            var moment = Moment(
                verb: words[1].uppercased(),
                arguments: words.count > 2 ? words[2] : "",
                tag: words[0],
                connection: connection.number,
                number: number
            )
            if moment.verb == "UID" {
                let parts = moment.arguments.split(separator: " ", maxSplits: 1).map(String.init)
                moment.verb += " " + parts[0].uppercased()
                moment.arguments = parts.count > 1 ? parts[1] : ""
            }
            if try now.fault(moment, connection) { continue }
            try answer(moment, on: connection, &open, &seen)
        }
    }

    private func answer(
        _ moment: Moment,
        on connection: ScriptedServer.Connection,
        _ open: inout String?,
        _ seen: inout Int
    ) throws {
        let mails = open.flatMap { now.folders[$0] }?.mails ?? []
        switch moment.verb {
        case "CAPABILITY": try connection.write("* CAPABILITY IMAP4rev1 AUTH=PLAIN SASL-IR IDLE\r\n")
        case "AUTHENTICATE":
            let secret =
                moment.arguments.split(separator: " ").last
                .flatMap { Data(base64Encoded: String($0)) }.map { String(decoding: $0, as: UTF8.self) } ?? ""
            guard secret.hasSuffix("\0\(now.password)") else {
                return try connection.write("\(moment.tag) NO \(now.refusal)\r\n")
            }
        case "LIST":
            for (name, folder) in now.folders.sorted(by: { $0.key < $1.key }) {
                try connection.write("* LIST (\(folder.attributes)) \"/\" \"\(name)\"\r\n")
            }
        case "EXAMINE":
            let name = moment.arguments.filter { $0 != "\"" }
            guard let folder = now.folders[name] else {
                return try connection.write("\(moment.tag) NO [NONEXISTENT] no such folder\r\n")
            }
            open = name
            seen = folder.mails.count
            try connection.write(
                "* \(seen) EXISTS\r\n* OK [UIDVALIDITY \(folder.validity)] x\r\n"
                    + "* OK [UIDNEXT \(folder.next)] x\r\n"
            )
        case "NOOP": try tellNews(of: open, on: connection, &seen)
        case "UID FETCH":
            let words = moment.arguments.split(separator: " ", maxSplits: 1).map(String.init)
            for (index, mail) in mails.enumerated() where Self.names(mail.uid, words[0], of: mails) {
                try connection.write(Self.described(mail, at: index + 1, words[1]))
            }
        case "UID SEARCH":
            let set = moment.arguments.split(separator: " ").last.map(String.init) ?? "1:*"
            let found = mails.filter { set == "ALL" || Self.names($0.uid, set, of: mails) }
            try connection.write("* SEARCH\(found.map { " \($0.uid)" }.joined())\r\n")
        case "IDLE":
            // The tests' clients end it soon, and learn then what has come meanwhile.
            try connection.write("+ idling\r\n")
            try connection.expect("DONE")
            try tellNews(of: open, on: connection, &seen)
        case "LOGOUT":
            try connection.write("* BYE bye\r\n\(moment.tag) OK done\r\n")
            return connection.cut()
        default: return try connection.write("\(moment.tag) BAD what\r\n")
        }
        try connection.write("\(moment.tag) OK done\r\n")
    }

    private func tellNews(of open: String?, on connection: ScriptedServer.Connection, _ seen: inout Int)
        throws
    {
        guard let count = open.flatMap({ now.folders[$0]?.mails.count }), count > seen else { return }
        seen = count
        try connection.write("* \(count) EXISTS\r\n")
    }

    /// Whether a set such as `1,4:7,9:*` names a UID; `*` is the last one (RFC 3501, section 9, seq-range).
    private static func names(_ uid: UInt32, _ set: String, of mails: [Mail]) -> Bool {
        let last = mails.last?.uid ?? 0
        return set.split(separator: ",").contains { part in
            let ends = part.split(separator: ":").map { $0 == "*" ? last : UInt32($0) ?? 0 }
            guard let first = ends.first, let end = ends.last else { return false }
            return (min(first, end)...max(first, end)).contains(uid)
        }
    }

    /// The answer to a FETCH of these items; `literal` is said instead of the text's true length.
    static func described(_ mail: Mail, at number: Int, _ items: String, literal: Int? = nil) -> String {
        let end = mail.raw.firstRange(of: "\r\n\r\n")?.upperBound ?? mail.raw.endIndex
        var answer = "* \(number) FETCH (UID \(mail.uid)"
        if items.contains("RFC822.SIZE") { answer += " RFC822.SIZE \(mail.raw.utf8.count)" }
        if items.contains("INTERNALDATE") { answer += " INTERNALDATE \"\(date(mail.arrived))\"" }
        func add(_ name: String, _ part: some StringProtocol) {
            answer += " \(name) {\(literal ?? part.utf8.count)}\r\n\(part)"
        }
        if items.contains("BODY.PEEK[]") { add("BODY[]", mail.raw) }
        if items.contains("BODY.PEEK[HEADER]") { add("BODY[HEADER]<0>", mail.raw[..<end]) }
        if items.contains("HEADER.FIELDS") {
            let line = mail.raw.split(separator: "\r\n").first { $0.hasPrefix("Message-ID:") }
            add("BODY[HEADER.FIELDS (\"MESSAGE-ID\")]", (line.map { "\($0)\r\n" } ?? "") + "\r\n")
        }
        return answer + ")\r\n"
    }

    private static func date(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "dd-MMM-yyyy HH:mm:ss Z"
        return formatter.string(from: date)
    }
}
