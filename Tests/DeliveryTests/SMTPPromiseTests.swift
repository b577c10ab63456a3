// SPDX-License-Identifier: MIT

import Testing

@testable import Delivery

@Suite("SMTP promises under random conditions")
struct SMTPPromiseTests {
    @Test("No letter is lost, doubled or misdirected, whatever server and network do", arguments: 0..<20)
    func promises(block: Int) {
        for round in 0..<150 {
            let seed = UInt64(block * 150 + round)
            let failure = Self.play(seed: seed)
            #expect(failure == nil, "seed \(seed)")
        }
    }

    @Test("Nothing a server can say traps, and each letter has exactly one outcome", arguments: 0..<10)
    func mutations(block: Int) {
        let script = """
            220 mx\r
            250-mx\r
            250-SIZE 1000\r
            250-PIPELINING\r
            250 CHUNKING\r
            250 ok\r
            250 ok\r
            354 go\r
            250 queued\r
            250 ok\r
            421 closing\r
            550 no\r
            250-two\r
            250 lines\r

            """
        for round in 0..<100 {
            var dice = SMTPTestDice(seed: UInt64(block * 100 + round))
            var bytes = Array(script.utf8)
            for _ in 0..<Int.random(in: 0...12, using: &dice) {
                let place = Int.random(in: 0..<bytes.count, using: &dice)
                switch Int.random(in: 0..<4, using: &dice) {
                case 0: bytes[place] = UInt8.random(in: .min ... .max, using: &dice)
                case 1: bytes.remove(at: place)
                case 2: bytes.insert("0123456789 -\r\n".utf8.randomElement(using: &dice) ?? 0, at: place)
                default: bytes.swapAt(place, Int.random(in: 0..<bytes.count, using: &dice))
                }
            }
            var dialogue = SMTPDialogue(
                server: "mx",
                name: "me",
                start: .greeting,
                options: SMTPOptions(portion: Int.random(in: 1...100, using: &dice))
            )
            var tags: [Int] = []
            func note(_ events: [SMTPDialogue.Event]) {
                for case .settled(let tag, _) in events { tags.append(tag) }
            }
            for tag in 1...4 { note(dialogue.send(letter(tag))) }
            while !bytes.isEmpty {
                let count = Int.random(in: 1...bytes.count, using: &dice)
                for _ in 0..<Int.random(in: 0...20, using: &dice) {
                    dialogue.bytesWritten(dialogue.outgoing().count)
                    _ = dialogue.waitingFor
                }
                note(dialogue.receive(bytes.prefix(count)))
                bytes.removeFirst(count)
            }
            note(dialogue.connectionLost("end"))
            #expect(tags.sorted() == [1, 2, 3, 4], "block \(block), round \(round)")
            #expect(dialogue.outgoing().isEmpty)
        }
    }

    /// Plays one random conversation; gives what is wrong with it.
    private static func play(seed: UInt64) -> String? {
        var dice = SMTPTestDice(seed: seed)
        var server = SMTPModelServer()
        for keyword in ["PIPELINING", "CHUNKING", "SIZE"] where Int.random(in: 0..<3, using: &dice) > 0 {
            server.keywords.append(keyword)
        }
        server.isSticky = Bool.random(using: &dice)
        server.isEager = Bool.random(using: &dice)
        let letters = (1...Int.random(in: 1...8, using: &dice)).map { randomLetter($0, &dice) }
        var isHonest = true
        for _ in 0..<Int.random(in: 0...4, using: &dice) {
            let step = SMTPModelServer.Step.allCases.randomElement(using: &dice) ?? .body
            let tag = step == .hello || step == .reset ? 0 : Int.random(in: 1...letters.count, using: &dice)
            let reactions: [SMTPModelServer.Reaction] = [
                .reply("450 later"), .reply("550 no"), .reply("552 too much"), .reply("421 closing"),
                .reply("what"), .close, .doAndClose,
            ]
            let reaction = reactions.randomElement(using: &dice) ?? .close
            let isFault = [.reply("what"), .close, .doAndClose].contains(reaction)
            if isFault || step == .reset { isHonest = false }
            server.reactions[.init(step: step, tag: tag)] = reaction
        }
        let breaks = Bool.random(using: &dice) ? nil : Int.random(in: 1...200, using: &dice)
        let options = SMTPOptions(
            windowLetters: Int.random(in: 1...6, using: &dice),
            windowBytes: Int.random(in: 1...2000, using: &dice),
            eagerBytes: Int.random(in: 0...1000, using: &dice),
            portion: Int.random(in: 1...3000, using: &dice)
        )
        let events = SMTPConnection.runAtRandom(
            letters,
            with: &server,
            options: options,
            stopsAfter: Int.random(in: 0..<4, using: &dice) > 0 ? nil : Int.random(in: 1...100, using: &dice),
            breaksAfter: breaks,
            dice: &dice
        )
        for letter in letters {
            var outcomes: [SMTPDialogue.Outcome] = []
            for case .settled(letter.tag, let outcome) in events { outcomes.append(outcome) }
            guard outcomes.count == 1, let outcome = outcomes.first else {
                return "letter \(letter.tag) has \(outcomes.count) outcomes"
            }
            let arrived = server.accepted.filter { $0.recipients.contains(letter.recipient) }
            // A server that refuses RSET, which none may, can keep the sender of a letter it refused.
            let keepsSender = server.reactions[.init(step: .reset, tag: 0)] != nil
            let wanted = SMTPModelServer.Accepted(
                sender: keepsSender ? arrived.first?.sender ?? letter.sender : letter.sender,
                recipients: [letter.recipient],
                bytes: letter.bytes
            )
            guard arrived.isEmpty || arrived == [wanted] else {
                return "letter \(letter.tag) arrived as \(arrived)"
            }
            switch outcome {
            case .delivered:
                if arrived.isEmpty { return "letter \(letter.tag) is told delivered and never arrived" }
            case .failed(let error) where error.disposition == .unknown:
                if isHonest, breaks == nil { return "letter \(letter.tag) is unknown for no reason" }
            case .failed:
                if !arrived.isEmpty { return "letter \(letter.tag) arrived and would be sent again" }
            }
        }
        return nil
    }

    private static func randomLetter(_ tag: Int, _ dice: inout SMTPTestDice) -> SMTPLetter {
        let lines = ["", ".", "..", ".x", "Hallo", "RSET", "DATA", String(repeating: "y", count: 400)]
        let text = (0..<Int.random(in: 0...4, using: &dice)).map { _ in
            (lines.randomElement(using: &dice) ?? "") + "\r\n"
        }
        return letter(tag, text.joined())
    }
}
