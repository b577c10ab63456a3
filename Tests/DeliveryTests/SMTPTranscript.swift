// SPDX-License-Identifier: MIT

import Testing

@testable import Delivery

/// A conversation as text: `C:` lines that must be sent, `S:` lines that are received, and the outcomes wanted.
///
/// All `C:` lines between two `S:` lines are one flight: they must be sent before anything further is heard. A line
/// `S!` ends the connection with the words that follow.
struct SMTPTranscript: Sendable, CustomTestStringConvertible {
    var name: String
    var start = SMTPDialogue.Start.hello
    var options = SMTPOptions()
    var letters: [SMTPLetter] = []
    var quits = false
    var text: String
    /// `tag delivered WORDS`, `tag DISPOSITION STAGE: WORDS` or `closed REASON`.
    var outcomes: [String]

    var testDescription: String { name }

    /// How the server's bytes are cut into portions.
    enum Cut: Sendable {
        case whole
        case everyByte
        case at(Int)
    }

    /// The number of bytes that the server says.
    var serverBytes: Int {
        turns.reduce(0) { $0 + $1.received.count }
    }

    /// Plays the conversation; gives the outcomes in the order they were told.
    func play(_ cut: Cut) -> [String] {
        var dialogue = SMTPDialogue(server: "mx", name: "shop.example", start: start, options: options)
        var told: [String] = []
        var sent: [UInt8] = []
        var wanted: [UInt8] = []
        var position = 0
        func drain() {
            while true {
                let portion = dialogue.outgoing()
                guard !portion.isEmpty else { return }
                sent += portion
                dialogue.bytesWritten(portion.count)
            }
        }
        for letter in letters { told += dialogue.send(letter).compactMap(Self.words) }
        if quits { dialogue.quit() }
        for turn in turns {
            wanted += turn.sent
            drain()
            #expect(String(decoding: sent, as: UTF8.self) == String(decoding: wanted, as: UTF8.self))
            for portion in Self.cut(turn.received, cut, position) {
                told += dialogue.receive(portion).compactMap(Self.words)
                drain()
            }
            position += turn.received.count
            if let loss = turn.loss { told += dialogue.connectionLost(loss).compactMap(Self.words) }
        }
        drain()
        #expect(String(decoding: sent, as: UTF8.self) == String(decoding: wanted, as: UTF8.self))
        return told
    }

    static func words(_ event: SMTPDialogue.Event) -> String? {
        switch event {
        case .ready: nil
        case .closed(let reason): "closed \(reason)"
        case .settled(let tag, .delivered(let reply)): "\(tag) delivered \(reply.words)"
        case .settled(let tag, .failed(let error)):
            "\(tag) \(error.disposition) \(error.stage): \(error.reply ?? error.detail ?? "")"
        }
    }

    private struct Turn {
        var sent: [UInt8] = []
        var received: [UInt8] = []
        var loss: String?
    }

    private var turns: [Turn] {
        var turns = [Turn()]
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            let words = line.dropFirst(3)
            switch line.prefix(2) {
            case "C:":
                if turns[turns.count - 1].received.isEmpty == false { turns.append(Turn()) }
                turns[turns.count - 1].sent += Array(words.utf8) + [13, 10]
            case "S:":
                turns[turns.count - 1].received += Array(words.utf8) + [13, 10]
            case "S!":
                turns[turns.count - 1].loss = String(words)
            default:
                Issue.record("a transcript line begins with C:, S: or S!, not `\(line)`")
            }
        }
        return turns
    }

    private static func cut(_ bytes: [UInt8], _ cut: Cut, _ position: Int) -> [ArraySlice<UInt8>] {
        switch cut {
        case .whole: return [bytes[...]]
        case .everyByte: return bytes.indices.map { bytes[$0...$0] }
        case .at(let place):
            let inner = min(max(place - position, 0), bytes.count)
            return [bytes[..<inner], bytes[inner...]]
        }
    }
}

/// A letter from `s…@shop.example` to `r…@x.example`, by its tag.
func letter(_ tag: Int, _ text: String = "Hallo\r\n", utf8: Bool = false) -> SMTPLetter {
    SMTPLetter(
        tag: tag,
        sender: "s\(tag)@shop.example",
        recipient: "r\(tag)@x.example",
        bytes: Array(text.utf8),
        hasUTF8Headers: utf8
    )
}
