// SPDX-License-Identifier: MIT

import Testing

@testable import Delivery

@Suite("What a server's behaviour means for a letter")
struct SMTPDispositionTests {
    enum Way: String, CaseIterable, Sendable {
        case data, pipelinedData, bdat, pipelinedBDAT

        var keywords: [String] {
            switch self {
            case .data: []
            case .pipelinedData: ["PIPELINING"]
            case .bdat: ["CHUNKING"]
            case .pipelinedBDAT: ["PIPELINING", "CHUNKING"]
            }
        }

        /// Whether the letter has left before its envelope was answered.
        var isSentAhead: Bool { self == .pipelinedBDAT }

        var isCounted: Bool { self == .bdat || self == .pipelinedBDAT }
    }

    enum Behaviour: String, CaseIterable, Sendable {
        case temporary = "450 4.2.0 later"
        case permanent = "550 5.7.1 never"
        case closing = "421 4.3.2 closing"
        case garbage = "I am a teapot"
        case senseless = "299999"
        case outOfPlace = "334 VXNlcm5hbWU6"
        case closed = ""
    }

    struct Row: Sendable, CustomTestStringConvertible {
        var way: Way
        var step: SMTPModelServer.Step
        var behaviour: Behaviour

        var testDescription: String { "\(way), \(step), \(behaviour)" }

        var wanted: DeliveryError.Disposition {
            switch (behaviour, step) {
            case (.permanent, .hello), (.temporary, _), (.closing, _): .retry
            case (.permanent, _): .reject
            case (_, .body): .unknown
            case (_, .sender) where way.isSentAhead, (_, .recipient) where way.isSentAhead: .unknown
            default: .retry
            }
        }

        var wantedStage: DeliveryError.Stage {
            guard wanted != .unknown else { return .body }
            return switch step {
            case .hello: .hello
            case .sender, .reset: .sender
            case .recipient: .recipient
            case .data, .body: .body
            }
        }
    }

    static let rows = Way.allCases.flatMap { way in
        [SMTPModelServer.Step.hello, .sender, .recipient, .data, .body].flatMap { step in
            way.isCounted && step == .data
                ? [] : Behaviour.allCases.map { Row(way: way, step: step, behaviour: $0) }
        }
    }

    @Test("Code and stage decide, and the server's words are kept", arguments: rows)
    func disposition(row: Row) throws {
        var server = SMTPModelServer(keywords: row.way.keywords)
        let place = SMTPModelServer.Place(step: row.step, tag: row.step == .hello ? 0 : 1)
        server.reactions[place] = row.behaviour == .closed ? .close : .reply(row.behaviour.rawValue)
        let events = SMTPConnection.run([letter(1)], with: &server)
        guard case .settled(1, .failed(let error)) = events.first(where: \.isSettled) else {
            Issue.record("the letter failed")
            return
        }
        #expect(error.disposition == row.wanted)
        #expect(error.stage == row.wantedStage)
        #expect(error.server == "mx")
        #expect(error.isAlarming == (row.step == .hello && row.behaviour == .permanent))
        switch row.behaviour {
        case .temporary, .permanent, .closing: #expect(error.reply == row.behaviour.rawValue)
        case .garbage, .senseless, .outOfPlace: #expect(error.description.contains(row.behaviour.rawValue))
        case .closed: #expect(error.detail == "closed by the server")
        }
        #expect(server.accepted.isEmpty)
    }

    @Test("A letter that was accepted without an answer is unknown", arguments: Way.allCases)
    func lostAnswer(way: Way) {
        var server = SMTPModelServer(keywords: way.keywords)
        server.reactions[.init(step: .body, tag: 2)] = .doAndClose
        let events = SMTPConnection.run([letter(1), letter(2)], with: &server)
        #expect(
            events.compactMap(SMTPTranscript.words) == [
                "1 delivered 250 2.0.0 queued", "2 unknown body: closed by the server",
                "closed closed by the server",
            ]
        )
        #expect(server.accepted.count == 2)
    }

    @Test(
        "A server that does not greet with 220 is tried again later",
        arguments: [
            ("554 no service here", true), ("421 too busy", false), ("221 not ready", false),
            ("250 ok", false), ("530 login first", true),
        ]
    )
    func greeting(words: String, isAlarming: Bool) {
        var dialogue = SMTPDialogue(server: "mx", name: "me", start: .greeting)
        #expect(dialogue.send(letter(1)).isEmpty)
        let events = dialogue.receive("\(words)\r\n".utf8)
        guard case .settled(1, .failed(let error)) = events.first else {
            Issue.record("the letter failed")
            return
        }
        #expect(error.disposition == .retry)
        #expect(error.stage == (words.hasPrefix("530") ? .login : .connect))
        #expect(error.reply == words)
        #expect(error.isAlarming == isAlarming)
        #expect(!error.wasTried)
        #expect(dialogue.isClosed)
        guard case .settled(2, .failed(let late)) = dialogue.send(letter(2)).first else {
            Issue.record("a closed dialogue takes no letter")
            return
        }
        #expect(late == error)
    }

    @Test("A refusal before the whole letter was sent counts, and ends the connection")
    func earlyRefusal() {
        for hello in ["250 mx", "250-mx\r\n250 CHUNKING"] {
            var dialogue = SMTPDialogue(server: "mx", name: "me", options: SMTPOptions(portion: 8))
            _ = dialogue.send(letter(1, String(repeating: "x", count: 100)))
            var told: [String] = []
            for reply in [hello, "250 ok", "250 ok", "354 go", "552 too much"] {
                if reply == "354 go", hello != "250 mx" { continue }
                for _ in 0..<6 {
                    let portion = dialogue.outgoing()
                    dialogue.bytesWritten(portion.count)
                }
                told += dialogue.receive("\(reply)\r\n".utf8).compactMap(SMTPTranscript.words)
            }
            #expect(
                told == [
                    "1 reject body: 552 too much",
                    "closed the server answered `552 too much` before it had the whole letter",
                ]
            )
        }
    }

    @Test("The outbox shows one readable line")
    func description() {
        let rejected = DeliveryError(
            .reject,
            server: "smtp.example.org",
            stage: .recipient,
            reply: "550-5.1.1 no such\n550 5.1.1 user\u{1B}[0m"
        )
        #expect(
            rejected.description
                == "smtp.example.org will not take the letter (recipient): "
                + "it said `550-5.1.1 no such 550 5.1.1 user [0m`"
        )
        let unknown = DeliveryError(.unknown, server: "mx", stage: .body, detail: "no answer for 600 s")
        #expect(unknown.description == "mx may have taken the letter (body): no answer for 600 s")
        let alarm = DeliveryError(.retry, server: "mx", stage: .hello, reply: "550 no", detail: "refused")
        #expect(alarm.description == "mx has not taken the letter yet (hello): refused; it said `550 no`")
    }
}

extension SMTPDialogue.Event {
    var isSettled: Bool {
        if case .settled = self { true } else { false }
    }
}
