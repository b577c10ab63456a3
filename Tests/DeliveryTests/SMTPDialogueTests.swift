// SPDX-License-Identifier: MIT

import Testing

@testable import Delivery

@Suite("SMTP dialogue")
struct SMTPDialogueTests {
    @Test("Each conversation has the same end, however its bytes are cut", arguments: transcripts)
    func transcript(_ transcript: SMTPTranscript) {
        #expect(transcript.play(.whole) == transcript.outcomes)
        #expect(transcript.play(.everyByte) == transcript.outcomes)
        for place in 0...transcript.serverBytes {
            #expect(transcript.play(.at(place)) == transcript.outcomes, "cut at byte \(place)")
        }
    }

    @Test("Until an answer comes, silence is borne as long as RFC 5321 wants", arguments: SMTPWait.allCases)
    func patience(wait: SMTPWait) {
        let seconds: [SMTPWait: Int] = [
            .greeting: 300, .hello: 300, .sender: 300, .recipient: 300, .goAhead: 120, .block: 180,
            .acceptance: 600, .reset: 60, .closing: 20, .quit: 20,
        ]
        #expect(wait.patience == seconds[wait].map { .seconds($0) })
    }

    @Test("The dialogue says what it is waiting for at each step")
    func waitingFor() {
        var dialogue = SMTPDialogue(
            server: "mx",
            name: "shop.example",
            start: .greeting,
            options: SMTPOptions(portion: 4)
        )
        #expect(dialogue.waitingFor == .greeting)
        hear("220 hi", &dialogue)
        #expect(dialogue.waitingFor == .hello)
        hear("250 hi", &dialogue)
        #expect(dialogue.waitingFor == nil)
        _ = dialogue.send(letter(1, "0123456789\r\n"))
        drain(&dialogue)
        #expect(dialogue.waitingFor == .sender)
        hear("250 ok", &dialogue)
        #expect(dialogue.waitingFor == .recipient)
        hear("250 ok", &dialogue)
        #expect(dialogue.waitingFor == .goAhead)
        _ = dialogue.receive("354 go\r\n".utf8)
        #expect(dialogue.waitingFor == .block)
        drain(&dialogue)
        #expect(dialogue.waitingFor == .acceptance)
        hear("550 no", &dialogue)
        #expect(dialogue.waitingFor == nil)
        _ = dialogue.send(letter(2))
        drain(&dialogue)
        #expect(dialogue.waitingFor == .reset)
        hear("250 ok", &dialogue)
        hear("550 no", &dialogue)
        dialogue.quit()
        drain(&dialogue)
        #expect(dialogue.waitingFor == .quit)
        hear("221 bye", &dialogue)
        #expect(dialogue.waitingFor == nil)
        #expect(dialogue.isClosed)
    }

    @Test("A letter is unknown from the moment its last portion was given out, and not before")
    func handedOver() {
        for (hello, isCounted) in [("250-hi\r\n250 CHUNKING", true), ("250 hi", false)] {
            var told: [String] = []
            for portions in 0...20 {
                var dialogue = SMTPDialogue(server: "mx", name: "me", options: SMTPOptions(portion: 5))
                hear(hello, &dialogue)
                _ = dialogue.send(letter(1, "0123456789\r\n"))
                drain(&dialogue)
                hear("250 ok", &dialogue)
                _ = dialogue.receive("250 ok\r\n".utf8)
                if !isCounted {
                    drain(&dialogue)
                    _ = dialogue.receive("354 go\r\n".utf8)
                }
                var given: [UInt8] = []
                for _ in 0..<portions {
                    let portion = dialogue.outgoing()
                    given += portion
                    // The last portion is not reported as written: it may have left all the same.
                    if !String(decoding: given, as: UTF8.self).hasSuffix(isCounted ? "9\r\n" : ".\r\n") {
                        dialogue.bytesWritten(portion.count)
                    }
                }
                let ending = isCounted ? "9\r\n" : "\r\n.\r\n"
                let isWhole = String(decoding: given, as: UTF8.self).contains(ending)
                let events = dialogue.connectionLost("reset by peer").compactMap(SMTPTranscript.words)
                #expect(events.first == "1 \(isWhole ? "unknown" : "retry") body: reset by peer")
                told.append(events[0])
            }
            #expect(Set(told).count == 2)
        }
    }

    @Test("A large letter is sent only after its receiver was accepted")
    func eager() {
        var dialogue = SMTPDialogue(server: "mx", name: "me", options: SMTPOptions(eagerBytes: 10))
        hear("250-hi\r\n250-PIPELINING\r\n250 CHUNKING", &dialogue)
        _ = dialogue.send(letter(1, "0123456789\r\n"))
        _ = dialogue.send(letter(2, "short\r\n"))
        #expect(drain(&dialogue) == "MAIL FROM:<s1@shop.example>\r\nRCPT TO:<r1@x.example>\r\n")
        hear("250 ok\r\n550 no", &dialogue) { sent in
            #expect(
                sent == """
                    RSET\r\nMAIL FROM:<s2@shop.example>\r\nRCPT TO:<r2@x.example>\r\nBDAT 7 LAST\r\nshort\r\n
                    """
            )
        }
    }

    @Test("No more letters and bytes are under way than the window holds")
    func window() {
        func sentLetters(_ options: SMTPOptions, _ text: String) -> Int {
            var dialogue = SMTPDialogue(server: "mx", name: "me", options: options)
            hear("250-hi\r\n250-PIPELINING\r\n250 CHUNKING", &dialogue)
            for tag in 1...9 { _ = dialogue.send(letter(tag, text)) }
            return drain(&dialogue).split(separator: "BDAT").count - 1
        }
        #expect(sentLetters(SMTPOptions(windowLetters: 3), "a\r\n") == 3)
        #expect(sentLetters(SMTPOptions(windowLetters: 9, windowBytes: 10), "123\r\n") == 2)
        #expect(sentLetters(SMTPOptions(windowLetters: 9, windowBytes: 10), "12345678901\r\n") == 1)
        #expect(sentLetters(SMTPOptions(windowLetters: 9, usesPipelining: false), "1\r\n") == 0)
    }

    @Test("The dialogue says how many letters are of use")
    func room() {
        var dialogue = SMTPDialogue(server: "mx", name: "me", options: SMTPOptions(windowLetters: 2))
        #expect(dialogue.room == 2)
        _ = dialogue.send(letter(1))
        #expect(dialogue.room == 1)
        _ = dialogue.send(letter(2))
        _ = dialogue.send(letter(3))
        #expect(dialogue.room == 0)
        dialogue.quit()
        #expect(!dialogue.takesLetters)
        let late = dialogue.send(letter(4)).compactMap(SMTPTranscript.words)
        #expect(late == ["4 retry connect: the connection is closing"])
    }

    @Test("Bytes that were given and not yet written are given again")
    func rewritten() {
        var dialogue = SMTPDialogue(server: "mx", name: "shop.example")
        let hello = Array("EHLO shop.example\r\n".utf8)
        #expect(Array(dialogue.outgoing()) == hello)
        dialogue.bytesWritten(0)
        #expect(Array(dialogue.outgoing()) == hello)
        dialogue.bytesWritten(5)
        #expect(Array(dialogue.outgoing()) == Array(hello[5...]))
        dialogue.bytesWritten(hello.count - 5)
        #expect(dialogue.outgoing().isEmpty)
    }

    @Test("A name that cannot be said in EHLO is known beforehand")
    func helloName() {
        for name in ["shop.example", "[127.0.0.1]", "localhost"] { #expect(SMTPDialogue.isHelloName(name)) }
        for name in ["", "two words", "a\r\nRSET", "jörg.example", String(repeating: "a", count: 256)] {
            #expect(!SMTPDialogue.isHelloName(name))
        }
    }

    private func hear(_ reply: String, _ dialogue: inout SMTPDialogue, _ sent: (String) -> Void = { _ in }) {
        drain(&dialogue)
        _ = dialogue.receive("\(reply)\r\n".utf8)
        sent(drain(&dialogue))
    }

    @discardableResult
    private func drain(_ dialogue: inout SMTPDialogue) -> String {
        var sent: [UInt8] = []
        while true {
            let portion = dialogue.outgoing()
            guard !portion.isEmpty else { return String(decoding: sent, as: UTF8.self) }
            sent += portion
            dialogue.bytesWritten(portion.count)
        }
    }

    static let transcripts: [SMTPTranscript] = [
        SMTPTranscript(
            name: "from the greeting, a server that can nothing: each command waits for its answer",
            start: .greeting,
            letters: [letter(1, ".dot\r\nAE"), letter(2)],
            quits: true,
            text: """
                S: 220-mx.example ESMTP
                S: 220 at your service
                C: EHLO shop.example
                S: 250 mx.example
                C: MAIL FROM:<s1@shop.example>
                S: 250 ok
                C: RCPT TO:<r1@x.example>
                S: 251 will forward
                C: DATA
                S: 354 go ahead
                C: ..dot
                C: AE
                C: .
                S: 250 2.0.0 queued as 1
                C: MAIL FROM:<s2@shop.example>
                S: 250 ok
                C: RCPT TO:<r2@x.example>
                S: 250 ok
                C: DATA
                S: 354 go ahead
                C: Hallo
                C: .
                S: 250-2.0.0 queued
                S: 250 2.0.0 as 2
                C: QUIT
                S: 221 bye
                """,
            outcomes: [
                "1 delivered 250 2.0.0 queued as 1", "2 delivered 250-2.0.0 queued\n250 2.0.0 as 2",
                "closed left with QUIT",
            ]
        ),
        SMTPTranscript(
            name: "EHLO is unknown: HELO, and no extension is used",
            letters: [letter(1)],
            text: """
                C: EHLO shop.example
                S: 502-what
                S: 502 is PIPELINING
                C: HELO shop.example
                S: 250-mx
                S: 250 PIPELINING
                C: MAIL FROM:<s1@shop.example>
                S: 250 ok
                C: RCPT TO:<r1@x.example>
                S: 250 ok
                C: DATA
                S: 354 go ahead
                C: Hallo
                C: .
                S: 250 ok
                """,
            outcomes: ["1 delivered 250 ok"]
        ),
        SMTPTranscript(
            name: "PIPELINING: one flight per letter, the next envelope right behind the letter before",
            letters: [letter(1), letter(2)],
            text: """
                C: EHLO shop.example
                S: 250-mx
                S: 250 PIPELINING
                C: MAIL FROM:<s1@shop.example>
                C: RCPT TO:<r1@x.example>
                C: DATA
                S: 250 ok
                S: 250 ok
                S: 354 go ahead
                C: Hallo
                C: .
                C: RSET
                C: MAIL FROM:<s2@shop.example>
                C: RCPT TO:<r2@x.example>
                C: DATA
                S: 250 queued as 1
                S: 250 reset
                S: 250 ok
                S: 250 ok
                S: 354 go ahead
                C: Hallo
                C: .
                S: 250 queued as 2
                """,
            outcomes: ["1 delivered 250 queued as 1", "2 delivered 250 queued as 2"]
        ),
        SMTPTranscript(
            name: "PIPELINING: a refused receiver and a DATA that goes ahead are ended by a lone dot",
            letters: [letter(1), letter(2)],
            text: """
                C: EHLO shop.example
                S: 250-mx
                S: 250 PIPELINING
                C: MAIL FROM:<s1@shop.example>
                C: RCPT TO:<r1@x.example>
                C: DATA
                S: 250 ok
                S: 550 5.1.1 no such user
                S: 354 go ahead
                C: .
                C: RSET
                C: MAIL FROM:<s2@shop.example>
                C: RCPT TO:<r2@x.example>
                C: DATA
                S: 250 an empty letter for nobody
                S: 250 ok
                S: 250 ok
                S: 250 ok
                S: 354 go ahead
                C: Hallo
                C: .
                S: 250 ok
                """,
            outcomes: ["1 reject recipient: 550 5.1.1 no such user", "2 delivered 250 ok"]
        ),
        SMTPTranscript(
            name: "PIPELINING: a refused receiver and a refused DATA",
            letters: [letter(1), letter(2)],
            text: """
                C: EHLO shop.example
                S: 250-mx
                S: 250 PIPELINING
                C: MAIL FROM:<s1@shop.example>
                C: RCPT TO:<r1@x.example>
                C: DATA
                S: 250 ok
                S: 450 4.2.1 later
                S: 503 5.5.1 no valid receiver
                C: RSET
                C: MAIL FROM:<s2@shop.example>
                C: RCPT TO:<r2@x.example>
                C: DATA
                S: 250 ok
                S: 553 not yours
                S: 503 need MAIL
                S: 503 need RCPT
                """,
            outcomes: ["1 retry recipient: 450 4.2.1 later", "2 reject sender: 553 not yours"]
        ),
        SMTPTranscript(
            name: "PIPELINING: a server that wants a letter whose sender it refused gets none",
            letters: [letter(1), letter(2)],
            text: """
                C: EHLO shop.example
                S: 250-mx
                S: 250 PIPELINING
                C: MAIL FROM:<s1@shop.example>
                C: RCPT TO:<r1@x.example>
                C: DATA
                S: 451 not now
                S: 250 ok
                S: 354 go ahead
                """,
            outcomes: [
                "1 retry sender: 451 not now",
                "2 retry connect: the server wants a letter whose sender it refused",
                "closed the server wants a letter whose sender it refused",
            ]
        ),
        SMTPTranscript(
            name: "CHUNKING alone: the counted letter follows its announcement at once",
            letters: [letter(1, ".a\r\nb")],
            text: """
                C: EHLO shop.example
                S: 250-mx
                S: 250-SIZE 100
                S: 250 CHUNKING
                C: MAIL FROM:<s1@shop.example> SIZE=7
                S: 250 ok
                C: RCPT TO:<r1@x.example>
                S: 250 ok
                C: BDAT 7 LAST
                C: .a
                C: b
                S: 250 ok
                """,
            outcomes: ["1 delivered 250 ok"]
        ),
        SMTPTranscript(
            name: "PIPELINING and CHUNKING: all letters in one flight, one refused in the middle",
            letters: [letter(1), letter(2), letter(3)],
            quits: true,
            text: """
                C: EHLO shop.example
                S: 250-mx
                S: 250-CHUNKING
                S: 250 PIPELINING
                C: MAIL FROM:<s1@shop.example>
                C: RCPT TO:<r1@x.example>
                C: BDAT 7 LAST
                C: Hallo
                C: RSET
                C: MAIL FROM:<s2@shop.example>
                C: RCPT TO:<r2@x.example>
                C: BDAT 7 LAST
                C: Hallo
                C: RSET
                C: MAIL FROM:<s3@shop.example>
                C: RCPT TO:<r3@x.example>
                C: BDAT 7 LAST
                C: Hallo
                S: 250 ok
                S: 250 ok
                S: 250 queued as 1
                S: 250 ok
                S: 250 ok
                S: 550-5.1.1 no such user
                S: 550 5.1.1 here
                S: 503 5.5.1 no valid receiver
                S: 250 ok
                S: 250 ok
                S: 250 ok
                S: 250 queued as 3
                C: QUIT
                S: 221 bye
                """,
            outcomes: [
                "1 delivered 250 queued as 1", "2 reject recipient: 550-5.1.1 no such user\n550 5.1.1 here",
                "3 delivered 250 queued as 3", "closed left with QUIT",
            ]
        ),
        SMTPTranscript(
            name: "the connection breaks with letters under way: what was handed over whole is unknown",
            letters: [letter(1), letter(2), letter(3)],
            text: """
                C: EHLO shop.example
                S: 250-mx
                S: 250-CHUNKING
                S: 250 PIPELINING
                C: MAIL FROM:<s1@shop.example>
                C: RCPT TO:<r1@x.example>
                C: BDAT 7 LAST
                C: Hallo
                C: RSET
                C: MAIL FROM:<s2@shop.example>
                C: RCPT TO:<r2@x.example>
                C: BDAT 7 LAST
                C: Hallo
                C: RSET
                C: MAIL FROM:<s3@shop.example>
                C: RCPT TO:<r3@x.example>
                C: BDAT 7 LAST
                C: Hallo
                S: 250 ok
                S: 250 ok
                S: 250 queued as 1
                S: 250 ok
                S: 250 ok
                S: 450 4.7.1 greylisted
                S! reset by peer
                """,
            outcomes: [
                "1 delivered 250 queued as 1", "2 retry recipient: 450 4.7.1 greylisted",
                "3 unknown body: reset by peer", "closed reset by peer",
            ]
        ),
        SMTPTranscript(
            name: "421 in the middle: what the server did not answer after it was not taken",
            options: SMTPOptions(windowLetters: 2),
            letters: [letter(1), letter(2), letter(3)],
            text: """
                C: EHLO shop.example
                S: 250-mx
                S: 250-CHUNKING
                S: 250 PIPELINING
                C: MAIL FROM:<s1@shop.example>
                C: RCPT TO:<r1@x.example>
                C: BDAT 7 LAST
                C: Hallo
                C: RSET
                C: MAIL FROM:<s2@shop.example>
                C: RCPT TO:<r2@x.example>
                C: BDAT 7 LAST
                C: Hallo
                S: 250 ok
                S: 250 ok
                S: 421 4.3.2 shutting down
                S! closed by the server
                """,
            outcomes: [
                "1 retry body: 421 4.3.2 shutting down", "3 retry connect: 421 4.3.2 shutting down",
                "2 retry body: 421 4.3.2 shutting down", "closed closed by the server",
            ]
        ),
        SMTPTranscript(
            name: "421 while nothing is under way",
            letters: [],
            text: """
                C: EHLO shop.example
                S: 250 mx
                S: 421 idle for too long
                """,
            outcomes: ["closed the server closes: `421 idle for too long`"]
        ),
        SMTPTranscript(
            name: "the server speaks unasked",
            letters: [],
            text: """
                C: EHLO shop.example
                S: 250 mx
                S: 250 and another thing
                """,
            outcomes: ["closed the server spoke unasked: `250 and another thing`"]
        ),
        SMTPTranscript(
            name: "the login is not accepted after all: no letter is rejected for that",
            letters: [letter(1), letter(2)],
            text: """
                C: EHLO shop.example
                S: 250 mx
                C: MAIL FROM:<s1@shop.example>
                S: 530 5.7.0 authentication required
                C: RSET
                S: 250 ok
                C: MAIL FROM:<s2@shop.example>
                S: 530 5.7.0 authentication required
                """,
            outcomes: [
                "1 retry login: 530 5.7.0 authentication required",
                "2 retry login: 530 5.7.0 authentication required",
            ]
        ),
        SMTPTranscript(
            name: "RSET is refused: the two sides have lost each other",
            letters: [letter(1), letter(2)],
            text: """
                C: EHLO shop.example
                S: 250 mx
                C: MAIL FROM:<s1@shop.example>
                S: 550 no
                C: RSET
                S: 500 no such command
                """,
            outcomes: [
                "1 reject sender: 550 no",
                "2 retry sender: the server answered `500 no such command` to RSET, which makes no sense",
                "closed the server answered `500 no such command` to RSET, which makes no sense",
            ]
        ),
        SMTPTranscript(
            name: "parameters are said where announced, 8-bit letters go only where they may",
            letters: [
                letter(1, "Grüße\r\n"), letter(2, "Subject: ü\r\n", utf8: true),
                SMTPLetter(tag: 3, sender: "", recipient: "jörg@x.example", bytes: Array("a\r\n".utf8)),
                letter(4, String(repeating: "x", count: 39)),
            ],
            text: """
                C: EHLO shop.example
                S: 250-mx
                S: 250-SIZE 40
                S: 250-8BITMIME
                S: 250-SMTPUTF8
                S: 250-CHUNKING
                S: 250 PIPELINING
                C: MAIL FROM:<s1@shop.example> SIZE=9 BODY=8BITMIME
                C: RCPT TO:<r1@x.example>
                C: BDAT 9 LAST
                C: Grüße
                C: RSET
                C: MAIL FROM:<s2@shop.example> SIZE=13 BODY=8BITMIME SMTPUTF8
                C: RCPT TO:<r2@x.example>
                C: BDAT 13 LAST
                C: Subject: ü
                C: RSET
                C: MAIL FROM:<> SIZE=3 SMTPUTF8
                C: RCPT TO:<jörg@x.example>
                C: BDAT 3 LAST
                C: a
                S: 250 ok
                S: 250 ok
                S: 250 1
                S: 250 ok
                S: 250 ok
                S: 250 ok
                S: 250 2
                S: 250 ok
                S: 250 ok
                S: 250 ok
                S: 250 3
                """,
            outcomes: [
                "4 reject body: the letter has 41 bytes and the server takes 40 at most", "1 delivered 250 1",
                "2 delivered 250 2", "3 delivered 250 3",
            ]
        ),
        SMTPTranscript(
            name: "what a plain server cannot take is rejected before anything of it is sent",
            letters: [
                letter(1, "Grüße\r\n"), letter(2, "a\r\n", utf8: true),
                SMTPLetter(tag: 3, sender: "a@x", recipient: "jörg@x.example", bytes: []),
                SMTPLetter(tag: 4, sender: "ä@x", recipient: "r@x", bytes: []),
                SMTPLetter(tag: 5, sender: "a@x", recipient: "r@x>\r\nDATA", bytes: []),
            ],
            text: """
                C: EHLO shop.example
                S: 250 mx
                """,
            outcomes: [
                "5 reject recipient: the receiver's address holds an angle bracket",
                "1 reject body: the letter holds 8-bit bytes and the server lacks 8BITMIME; "
                    + "it must be written anew in 7 bits",
                "2 reject body: the header holds characters beyond ASCII and the server lacks SMTPUTF8",
                "3 reject recipient: the receiver's address holds characters beyond ASCII and the server "
                    + "lacks SMTPUTF8",
                "4 reject sender: the sender's address holds characters beyond ASCII and the server "
                    + "lacks SMTPUTF8",
            ]
        ),
    ]
}
