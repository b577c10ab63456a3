// SPDX-License-Identifier: MIT

import IMAP
import Testing

@Suite("Hostile and broken servers")
struct HostileTests {
    private let small = IMAPLimits(line: 200, kept: 50, literal: 1000, depth: 4)

    @Test(
        "Only what cannot be read over ends the connection",
        arguments: [
            (String(repeating: "a", count: 201), .lineTooLong(limit: 200)),
            ("* SEARCH \(String(repeating: "1 ", count: 100))", .lineTooLong(limit: 200)),
            ("* 1 FETCH (BODY[] {1001}\r\n", .literalTooLong(announced: "1001", limit: 1000)),
            (
                "* 1 FETCH (BODY[] {99999999999999999999999999999999999999}\r\n",
                .literalTooLong(announced: "999999999999999999999999999999", limit: 1000)
            ),
            ("* X " + String(repeating: "{0}\r\n", count: 60), .lineTooLong(limit: 200)),
        ] as [(String, IMAPError)]
    )
    func limits(bytes: String, error: IMAPError) throws {
        for size in [1, 7, 10_000] {
            let read = parser(small)
            #expect(throws: error) {
                for start in stride(from: 0, to: bytes.utf8.count, by: size) {
                    _ = try read(Array(Array(bytes.utf8)[start...].prefix(size)))
                }
            }
            #expect(throws: error) { try read(wire("* 1 EXISTS")) }
        }
    }

    @Test("A line and a literal just within the limits are read")
    func edges() throws {
        let line = "* OK " + String(repeating: "a", count: 193)
        #expect(try feed(wire(line), to: { parser(small) }).count == 1)
        let body = String(repeating: "b", count: 50)
        let responses = try feed(wire("* 1 FETCH (BODY[] {50}\r\n\(body))"), to: { parser(small) })
        guard case .fetched(let message)? = responses.first else { return }
        #expect(message.message == Array(body.utf8))
    }

    @Test("A message larger than the server said costs this message, not the connection")
    func oversize() throws {
        let transcript = wire(
            "* 1 FETCH (UID 5 BODY[] {51}\r\n\(String(repeating: "x", count: 51)) BODY[1] {2}\r\nab)",
            "* 2 EXISTS"
        )
        var message = FetchedMessage(number: 1, uid: 5)
        message.sections = [
            FetchedMessage.Section(name: "", content: .omitted(bytes: 51)),
            FetchedMessage.Section(name: "1", content: .bytes(Array("ab".utf8))),
        ]
        #expect(try feed(transcript, to: { parser(small) }) == [.fetched(message), .exists(2)])
    }

    @Test("Many literals in one answer are kept only as far as the limit for one")
    func manyLiterals() throws {
        let transcript = wire(
            "* X {30}\r\n\(String(repeating: "x", count: 30)) {30}\r\n\(String(repeating: "y", count: 30))"
        )
        let expected = IMAPResponse.other(
            "X",
            [.string([UInt8](repeating: 0x78, count: 30)), .omitted(bytes: 30)]
        )
        #expect(try feed(transcript, to: { parser(small) }) == [expected])
    }

    @Test("Lists nested too deep are read over, and what stands beside them is kept")
    func nesting() throws {
        let transcript = wire(
            "* 1 FETCH (BODYSTRUCTURE ((((( \"(\" {1}\r\n( x)((y)))) 7)) UID 5)",
            "* 2 EXISTS"
        )
        var message = FetchedMessage(number: 1, uid: 5)
        let innermost = IMAPValue.list([.omitted(bytes: 14), .omitted(bytes: 5)])
        message.structure = .list([.list([.list([innermost]), .atom("7")])])
        #expect(try feed(transcript, to: { parser(small) }) == [.fetched(message), .exists(2)])
    }

    @Test("A hundred thousand open parentheses are no more than a damaged line")
    func parentheses() throws {
        for brackets in ["(", "()", "((((((((((\"", "{0}\r\n"] {
            let line =
                Array("* X ".utf8)
                + Array(String(repeating: brackets, count: 100_000 / brackets.utf8.count).utf8)
            let responses = try parser()(line + wire("", "* 1 EXISTS"))
            #expect(responses.last == .exists(1))
        }
    }

    @Test("A literal that is shorter than announced is found out at the next line that makes sense")
    func lying() throws {
        let short = wire("* 1 FETCH (UID 5 BODY[] {2}\r\nabcdef)", "* 2 EXISTS")
        let responses = try feed(short, to: { parser() })
        #expect(responses.count == 2)
        #expect(responses.last == .exists(2))
        // A longer one swallows what follows and then waits: nobody can tell until time runs out.
        let long = try feed(wire("* 1 FETCH (UID 5 BODY[] {50}\r\nabcdef)", "* 2 EXISTS"), to: { parser() })
        #expect(long.isEmpty)
    }

    @Test("A farewell is understood wherever the conversation breaks off, but inside a message")
    func farewell() throws {
        let before = wire("* 2 EXISTS", "P3 OK [READ-WRITE] open") + Array("* 1 FETCH (UID 7 BODY[] {3}".utf8)
        let transcript = before + wire("\r\nabc)", "P4 OK done", "+ idling", "P5 OK done")
        // The three places where the line ending in front of the farewell is taken for a part of the message.
        let inside = [before.count, before.count + 2, before.count + 3]
        for cut in 0...transcript.count where !inside.contains(cut) {
            var dialogue = try prepared(["IDLE"])
            for command in [.select(.inbox), .uidFetch(set("7"), [.message]), .idle] as [IMAPCommand] {
                _ = try dialogue.send(command)
            }
            _ = try dialogue.receive(transcript[..<cut])
            let events = try dialogue.receive(wire("", "* BYE shutting down"))
            #expect(events.last == .bye(StatusReply(.bye, text: "shutting down")), "cut at \(cut)")
        }
    }

    @Test("Random damage to a conversation never trips the dialogue (seed 23)", .timeLimit(.minutes(1)))
    func mutations() throws {
        let original = wire(
            "* FLAGS (\\Seen $Done)",
            "* OK [PERMANENTFLAGS (\\Seen \\*)] ok",
            "* 2 EXISTS",
            "* OK [UIDVALIDITY 17] ok",
            "* OK [HIGHESTMODSEQ 9]",
            "P3 OK [READ-WRITE] open",
            "* ESEARCH (TAG \"P4\") UID ALL 1:3,9",
            "P4 OK ok",
            "* 1 FETCH (UID 7 FLAGS (\\Seen) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" "
                + "BODY[1.TEXT]<0> {5}\r\nabc)\r)",
            "* 2 FETCH (BODYSTRUCTURE ((\"A\" \"B\" NIL)(\"C\") \"D\") ENVELOPE (NIL {3}\r\nabc))",
            "P5 OK ok",
            "* LIST (\\Sent) \"/\" \"Entw&APw-rfe\"",
            "* STATUS a (MESSAGES 3)",
            "* VANISHED (EARLIER) 1:4",
            "* 1 EXPUNGE",
            "* OK [COPYUID 1 2:3 4:5]",
            "P6 OK done",
            "+ idling",
            "* OK [ALERT] hm",
            "P7 OK [APPENDUID 1 2] done",
            "* BYE x"
        )
        let commands: [IMAPCommand] = [
            .select(.inbox), .uidSearch(.all), .uidFetch(set("7"), [.message]),
            .uidMove(set("2:3"), to: "Team"), .idle,
            .append(to: .inbox, message: [0x61]),
        ]
        let salt = [
            "(", ")", "\"", "{9}\r\n", "{99999}\r\n", "\\", "\0", "]", "[", "\r\n", "-1", "4294967295", "*",
            "NIL",
        ]
        var random = SeededNumbers(seed: 23)
        let limits = IMAPLimits(line: 2000, kept: 1000, literal: 50_000, depth: 3)
        for round in 0..<3000 {
            var bytes = original
            for _ in 0...Int.random(in: 0...6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.insert(contentsOf: (salt.randomElement(using: &random) ?? "").utf8, at: place)
                case 2:
                    bytes.removeSubrange(
                        place..<min(bytes.count, place + Int.random(in: 1...30, using: &random))
                    )
                default: bytes.insert(contentsOf: bytes[place...].prefix(60), at: place)
                }
            }
            var dialogue = IMAPDialogue(limits: limits)
            _ = try dialogue.receive(wire("* OK [CAPABILITY IMAP4rev1 ESEARCH IDLE MOVE UIDPLUS] hello"))
            _ = dialogue.begin()
            _ = try dialogue.receive(wire("P1 OK", "P2 OK"))
            for command in commands { _ = try dialogue.send(command) }
            let cut = Int.random(in: 0..<bytes.count, using: &random)
            do {
                let events = try dialogue.receive(bytes[..<cut]) + dialogue.receive(bytes[cut...])
                // Everything that is handed on can be looked at and written again.
                for case .fetched(let message) in events { _ = message.uid.map { UIDSet($0).description } }
                for case .listed(let folder) in events {
                    _ = (folder.path, SpecialUse.sent.candidates(in: [folder]))
                }
                let verdicts = events.compactMap { event in
                    if case .completed(let tag, _) = event { tag } else { nil }
                }
                #expect(Set(verdicts).count == verdicts.count, "a command had two verdicts in round \(round)")
                _ = try dialogue.send(.noop)
                dialogue.done()
                _ = dialogue.takeOutgoing()
            } catch {
                // The type says it: an IMAPError, and nothing else is expected of it.
                continue
            }
        }
    }

    @Test("Random bytes never trip the parser (seed 29)", .timeLimit(.minutes(1)))
    func noise() throws {
        let alphabet = Array("* 1FETCHOKBYE()[]{}\"\\\r\n+-~<>,:NIL UDA\0\u{FC}".utf8)
        var random = SeededNumbers(seed: 29)
        for _ in 0..<2000 {
            let length = Int.random(in: 0...200, using: &random)
            let bytes = (0..<length).map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let read = parser(small)
            do { _ = try read(Array("* ".utf8) + bytes) } catch is IMAPError { continue }
        }
    }
}
