// SPDX-License-Identifier: MIT
import Mail
import Synchronization
import TestSupport

/// An SMTP server that keeps what it takes and misbehaves where a test says so.
final class PeerPost: Sendable {
    /// A letter that came whole, up to its final dot.
    struct Received: Sendable {
        var recipient: String
        var raw: [UInt8]
        /// Whether the server took responsibility for it.
        var isAccepted: Bool
        /// Whether the client was told anything.
        var isAnswered: Bool

        var message: Message {
            Message(parsing: raw, in: Mailbox(name: "peer", addresses: [recipient]))
        }

        /// Its text without the frame and the folding of the block for colleagues.
        var text: String {
            message.text.replacing("│", with: " ").split(whereSeparator: \.isWhitespace).joined(
                separator: " "
            )
        }
    }

    /// The moment at which the server may misbehave.
    struct Moment: Sendable {
        enum Step: Sendable, Hashable { case greeting, login, sender, recipient, data, letter }

        var step: Step
        /// Counts the connections from 1.
        var connection: Int
        /// Empty before a recipient was named.
        var recipient = ""
        /// How often this step came for this recipient, on any connection, from 1.
        var attempt = 1
        /// How many letters the connection has brought before this one.
        var letters = 0
    }

    enum Play: Sendable {
        case usual
        case say(String)
        /// Says this and closes.
        case leave(String)
        /// Closes without a word.
        case cut
        /// As usual, but late.
        case late(Duration)
        /// Never says anything again.
        case silence
    }

    typealias Script = @Sendable (Moment) -> Play

    private struct Contents {
        var script: Script
        var received: [Received] = []
        var attempts: [String: Int] = [:]
        var logins: [String] = []
    }

    private let contents: Mutex<Contents>
    private let keywords: [String]

    /// A server that announces these extensions after EHLO.
    init(
        announcing keywords: [String] = ["PIPELINING", "8BITMIME", "SMTPUTF8"],
        script: @escaping Script = { _ in .usual }
    ) {
        self.keywords = keywords
        contents = Mutex(Contents(script: script))
    }

    /// Every letter that came whole, also those that were refused or never answered.
    var received: [Received] { contents.withLock { $0.received } }

    /// What is in mailboxes now.
    var accepted: [Received] { received.filter(\.isAccepted) }

    func accepted(for recipient: String) -> [Received] { accepted.filter { $0.recipient == recipient } }

    /// From now on it behaves otherwise.
    func behave(_ script: @escaping Script = { _ in .usual }) { contents.withLock { $0.script = script } }

    /// Serves one connection.
    func talk(on connection: ScriptedServer.Connection) throws {
        guard
            try play(Moment(step: .greeting, connection: connection.number), "220 post ready", on: connection)
        else { return }
        var recipient: String?
        var hasSender = false
        var letters = 0
        while true {
            let line = try connection.readLine()
            let verb = line.prefix { $0 != " " && $0 != ":" }.uppercased()
            func step(_ step: Moment.Step, _ usual: String) throws -> Bool {
                try play(
                    moment(step, connection.number, recipient ?? "", letters),
                    usual,
                    on: connection
                )
            }
            switch verb {
            case "EHLO":
                try connection.write(
                    (["post"] + keywords).map { "250-\($0)\r\n" }.joined() + "250 HELP\r\n"
                )
            case "AUTH":
                _ = try step(.login, "235 welcome")
            case "MAIL":
                recipient = nil
                hasSender = try step(.sender, "250 sender")
            case "RCPT":
                let name = String(line.drop { $0 != "<" }.dropFirst().prefix { $0 != ">" })
                guard hasSender else {
                    try connection.write("503 sender first\r\n")
                    continue
                }
                recipient = name
                if try !step(.recipient, "250 recipient") { recipient = nil }
            case "DATA":
                guard let name = recipient else {
                    try connection.write("554 no valid recipients\r\n")
                    continue
                }
                guard try step(.data, "354 go on") else { continue }
                let raw = try Self.letter(from: connection)
                letters += 1
                let number = keep(Received(recipient: name, raw: raw, isAccepted: false, isAnswered: false))
                let moment = moment(.letter, connection.number, name, letters - 1)
                let isAccepted = try play(moment, "250 taken as \(number + 1)", on: connection) {
                    self.note($0, answered: $1, at: number)
                }
                note(isAccepted, answered: true, at: number)
                recipient = nil
                hasSender = false
            case "RSET", "NOOP": try connection.write("250 fine\r\n")
            case "QUIT":
                try connection.write("221 bye\r\n")
                return connection.cut()
            default: try connection.write("500 what\r\n")
            }
        }
    }

    /// Does what the script says; tells whether it was the usual.
    ///
    /// `before` hears what will be said, before it is: the client may act on it at once.
    private func play(
        _ moment: Moment,
        _ usual: String,
        on connection: ScriptedServer.Connection,
        before: (_ isAccepted: Bool, _ isAnswered: Bool) -> Void = { _, _ in }
    ) throws -> Bool {
        let script = contents.withLock { $0.script }
        switch script(moment) {
        case .usual: break
        case .late(let duration): try connection.pause(duration)
        case .say(let words):
            before(false, true)
            try connection.write(words + "\r\n")
            return false
        case .leave(let words):
            before(false, true)
            try connection.write(words + "\r\n")
            connection.cut()
            throw ScriptedServer.Trouble.over
        case .cut:
            connection.cut()
            throw ScriptedServer.Trouble.over
        case .silence:
            try connection.listen()
            throw ScriptedServer.Trouble.gone
        }
        before(true, true)
        try connection.write(usual + "\r\n")
        return true
    }

    private func moment(_ step: Moment.Step, _ connection: Int, _ recipient: String, _ letters: Int) -> Moment
    {
        let attempt = contents.withLock { contents in
            contents.attempts["\(step) \(recipient)", default: 0] += 1
            return contents.attempts["\(step) \(recipient)", default: 0]
        }
        return Moment(
            step: step,
            connection: connection,
            recipient: recipient,
            attempt: attempt,
            letters: letters
        )
    }

    private func keep(_ letter: Received) -> Int {
        contents.withLock { contents in
            contents.received.append(letter)
            return contents.received.count - 1
        }
    }

    private func note(_ isAccepted: Bool, answered: Bool, at number: Int) {
        contents.withLock { contents in
            contents.received[number].isAccepted = isAccepted
            contents.received[number].isAnswered = answered
        }
    }

    /// Everything up to the final dot, without the dots that were added on the way (RFC 5321, section 4.5.2).
    private static func letter(from connection: ScriptedServer.Connection) throws -> [UInt8] {
        var lines: [String] = []
        while true {
            let line = try connection.readLine()
            if line == "." { return Array(lines.joined(separator: "\r\n").utf8) + [13, 10] }
            lines.append(line.hasPrefix(".") ? String(line.dropFirst()) : line)
        }
    }
}
