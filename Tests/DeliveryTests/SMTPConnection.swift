// SPDX-License-Identifier: MIT

@testable import Delivery

/// Carries bytes between a dialogue and a model server, orderly or at random.
enum SMTPConnection {
    /// Runs a conversation to its end: each side hears everything the other has said.
    static func run(_ letters: [SMTPLetter], with server: inout SMTPModelServer) -> [SMTPDialogue.Event] {
        var dialogue = SMTPDialogue(server: "mx", name: "me")
        var events = letters.flatMap { dialogue.send($0) }
        while !dialogue.isClosed {
            let sent = Array(dialogue.outgoing())
            dialogue.bytesWritten(sent.count)
            let said = server.receive(sent)
            events += dialogue.receive(said)
            guard sent.isEmpty, said.isEmpty else { continue }
            if dialogue.isIdle, !server.isClosed { return events }
            events += dialogue.connectionLost("closed by the server")
        }
        return events
    }

    /// Runs a conversation whose bytes arrive in random portions, and which may break at any moment.
    ///
    /// - Parameters:
    ///   - letters: What is to be sent, given at random moments.
    ///   - server: The server; afterwards it knows what it accepted.
    ///   - options: The dialogue's options.
    ///   - stopsAfter: The number of turns after which the client stops; nil for never.
    ///   - breaksAfter: The number of turns after which the connection breaks; nil for never.
    ///   - dice: Decides everything else.
    /// - Returns: Everything the dialogue told.
    static func runAtRandom(
        _ letters: [SMTPLetter],
        with server: inout SMTPModelServer,
        options: SMTPOptions,
        stopsAfter: Int?,
        breaksAfter: Int?,
        dice: inout SMTPTestDice
    ) -> [SMTPDialogue.Event] {
        var dialogue = SMTPDialogue(server: "mx", name: "me", options: options)
        var events: [SMTPDialogue.Event] = []
        var toSend = letters[...]
        var toServer: [UInt8] = []
        var toClient: [UInt8] = []
        var turns = 0
        while !dialogue.isClosed {
            turns += 1
            if turns == stopsAfter { events += dialogue.stop("stopping") }
            if let breaksAfter, turns > breaksAfter {
                // What is already on its way may still arrive.
                if Bool.random(using: &dice) { _ = server.receive(toServer) }
                return events + dialogue.connectionLost("broken") + toSend.flatMap { dialogue.send($0) }
            }
            switch Int.random(in: 0..<4, using: &dice) {
            case 0:
                if let letter = toSend.popFirst() { events += dialogue.send(letter) } else { dialogue.quit() }
            case 1:
                let given = dialogue.outgoing()
                let count = Int.random(in: 0...given.count, using: &dice)
                toServer += given.prefix(count)
                dialogue.bytesWritten(count)
            case 2:
                let count = Int.random(in: 0...toServer.count, using: &dice)
                toClient += server.receive(toServer.prefix(count))
                toServer.removeFirst(count)
            default:
                let count = Int.random(in: 0...toClient.count, using: &dice)
                events += dialogue.receive(toClient.prefix(count))
                toClient.removeFirst(count)
                if server.isClosed, toClient.isEmpty {
                    events += dialogue.connectionLost("closed by the server")
                }
            }
        }
        return events + toSend.flatMap { dialogue.send($0) }
    }
}
