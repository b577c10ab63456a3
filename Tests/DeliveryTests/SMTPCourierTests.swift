// SPDX-License-Identifier: MIT

import Actions
import Delivery
import TestSupport
import Testing
import Wire

@Suite("A courier and one letter", .timeLimit(.minutes(1)))
struct SMTPCourierTests {
    /// What the server does after the hello, and what is told of the letter.
    struct Row: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var told: String
        var steps: [ScriptedServer.Step]

        init(_ name: String, _ steps: [ScriptedServer.Step], _ told: String) {
            testDescription = name
            self.steps = steps
            self.told = told
        }
    }

    typealias Step = ScriptedServer.Step
    static let mail: [Step] = [.expect("MAIL FROM:<support@shop.example>"), .say("250 ok\r\n")]
    static let recipient: [Step] = mail + [.expect("RCPT TO:<anna1@mail.example>"), .say("250 ok\r\n")]
    static let data: [Step] = recipient + [.expect("DATA"), .say("354 go\r\n")]
    static let letter: [Step] =
        data + [.expect("Subject: 1"), .expect(""), .expect("Hallo"), .expectLine { $0 == "." }]

    static let notYet = "retry: mx has not taken the letter yet"
    static let never = "rejected: mx will not take the letter"
    static let perhaps = "unknown: mx may have taken the letter"

    static let answers: [Row] = [
        Row(
            "accepted",
            letter + [.say("250-2.0.0 ok\r\n250 queued\r\n")],
            "delivered: 250-2.0.0 ok\n250 queued"
        ),
        Row("sender later", [.expect("MAIL"), .say("450 no\r\n")], "\(notYet) (sender): it said `450 no`"),
        Row(
            "receiver later",
            mail + [.expect("RCPT"), .say("451 no\r\n")],
            "\(notYet) (recipient): it said `451 no`"
        ),
        Row(
            "data later",
            recipient + [.expect("DATA"), .say("452 no\r\n")],
            "\(notYet) (body): it said `452 no`"
        ),
        Row("letter later", letter + [.say("451 no\r\n")], "\(notYet) (body): it said `451 no`"),
        Row("sender never", [.expect("MAIL"), .say("550 no\r\n")], "\(never) (sender): it said `550 no`"),
        Row(
            "receiver never",
            mail + [.expect("RCPT"), .say("550 no\r\n")],
            "\(never) (recipient): it said `550 no`"
        ),
        Row(
            "data never",
            recipient + [.expect("DATA"), .say("554 no\r\n")],
            "\(never) (body): it said `554 no`"
        ),
        Row("letter never", letter + [.say("554 no\r\n")], "\(never) (body): it said `554 no`"),
        Row(
            "login demanded",
            [.expect("MAIL"), .say("530 log in\r\n")],
            "\(notYet) (login): the server does not accept the login; it said `530 log in`"
        ),
        Row(
            "closing",
            mail + [.expect("RCPT"), .say("421 bye\r\n"), .cut],
            "\(notYet) (recipient): it said `421 bye`"
        ),
        Row(
            "cut before the letter",
            mail + [.expect("RCPT"), .cut],
            "\(notYet) (recipient): the server closed the connection"
        ),
        Row("cut after the dot", letter + [.cut], "\(perhaps) (body): the server closed the connection"),
        Row(
            "nonsense",
            mail + [.expect("RCPT"), .say("\u{1}??\r\n")],
            "\(notYet) (recipient): the server sent a line that is no SMTP answer, beginning `\u{1}??`"
        ),
        Row(
            "a slow server",
            recipient + [.expect("DATA"), .say("35"), .pause(.milliseconds(50)), .say("4 go\r"), .say("\n")]
                + letter.suffix(4)
                + [.say("250-a"), .pause(.milliseconds(50)), .say("\r\n250 b"), .say("\r\n")],
            "delivered: 250-a\n250 b"
        ),
    ]

    @Test("What becomes of a letter is what the server says of it", arguments: answers)
    func answer(row: Row) async throws {
        try await ScriptedServer.with { connection in
            try connection.greet()
            for step in row.steps + [.listen] { try connection.play(step) }
        } during: { server in
            let courier = SMTPCourier(for: server, limits: .init(farewell: .zero))
            #expect(await courier.told([consignment(1)], by: server) == [row.told])
            await courier.close()
            #expect(server.complaints.isEmpty)
            #expect(server.connectionCount == 1)
        }
    }

    static let silences: [Row] = [
        Row("at the hello", [.expect("EHLO")], "\(notYet) (hello): no answer for 0.2 seconds"),
        Row(
            "at the sender",
            [.expect("EHLO"), .say("250 mx\r\n")],
            "\(notYet) (sender): no answer for 0.2 seconds"
        ),
        Row(
            "at the receiver",
            [.expect("EHLO"), .say("250 mx\r\n")] + mail,
            "\(notYet) (recipient): no answer for 0.2 seconds"
        ),
        Row(
            "after the dot",
            [.expect("EHLO"), .say("250 mx\r\n")] + letter,
            "\(perhaps) (body): no answer for 0.2 seconds"
        ),
    ]

    @Test("Silence is borne for its time, and is uncertain only after the whole letter", arguments: silences)
    func silence(row: Row) async throws {
        try await ScriptedServer.with { connection in
            try connection.write("220 mx\r\n")
            try connection.expect("EHLO")
            try connection.write("250 mx\r\n")
            for step in row.steps + [.listen] { try connection.play(step) }
        } during: { server in
            let courier = SMTPCourier(for: server, isShortTempered: true)
            #expect(await courier.told([consignment(1)], by: server) == [row.told])
            #expect(server.complaints.isEmpty)
        }
    }

    static let greetings: [Row] = [
        Row("silence", [.listen], "mx accepted the connection but did not greet in time"),
        Row(
            "garbage",
            [.say("HTTP/1.1 400 Bad Request\r\n\r\n"), .cut],
            "mx closed the connection during the login"
        ),
        Row("cut", [.cut], "mx closed the connection before it was ready"),
        Row("not now", [.say("421 busy\r\n"), .cut], "it said `421 busy`"),
        Row("never", [.say("554 not you\r\n"), .cut], "it said `554 not you`"),
    ]

    @Test("A server that does not greet is tried again later, with the reason in words", arguments: greetings)
    func greeting(row: Row) async throws {
        try await ScriptedServer.with(steps: row.steps) { server in
            let courier = SMTPCourier(for: server, isShortTempered: true)
            let told = await courier.told([consignment(1), consignment(2)], by: server)
            #expect(told.count == 2 && Set(told).count == 1)
            #expect(told[0].hasPrefix("retry: mx "))
            #expect(told[0].contains(row.told), "\(told[0])")
            #expect(server.connectionCount == 1)
        }
    }

    @Test("A server that is not there is tried again later")
    func refused() async throws {
        let server = try ScriptedServer { _ in }
        server.stop()
        let courier = SMTPCourier(for: server)
        let told = await courier.told([consignment(1)], by: server)
        #expect(told[0].hasPrefix("retry: mx refuses connections"), "\(told[0])")
    }

    @Test("A refused login keeps the server's words and loses no letter")
    func loginRefused() async throws {
        try await ScriptedServer.with { connection in
            try connection.write("220 mx\r\n")
            try connection.expect("EHLO")
            try connection.write("250-mx\r\n250 AUTH PLAIN\r\n")
            try connection.expect("AUTH PLAIN ")
            try connection.write("535 5.7.8 ask for an app password\r\n")
            try connection.listen()
        } during: { server in
            let login = Login(user: "support@shop.example", secret: .password("streng geheim"))
            let courier = SMTPCourier(for: server, login: { login })
            let told = await courier.told([consignment(1), consignment(2)], by: server)
            #expect(told.count == 2)
            for text in told {
                #expect(text.hasPrefix("retry: mx refused the login"))
                #expect(text.contains("535 5.7.8 ask for an app password"))
                #expect(!text.contains("geheim"))
            }
        }
    }

    @Test("A login that cannot be had is a reason like any other, and nobody is dialled")
    func loginMissing() async throws {
        struct Missing: Error, CustomStringConvertible {
            var description: String { "the credential smtp-password is missing" }
        }
        try await ScriptedServer.with(steps: [.cut]) { server in
            let courier = SMTPCourier(for: server, login: { throw Missing() })
            let told = await courier.told([consignment(1)], by: server)
            #expect(told == ["retry: the credential smtp-password is missing"])
            #expect(server.connectionCount == 0)
        }
    }

    @Test("A letter that may never be sent is rejected without troubling the server")
    func envelope() async throws {
        try await ScriptedServer.with { connection in
            try connection.greet()
            try connection.takeLetter()
            try connection.write("250 ok\r\n")
            try connection.listen()
        } during: { server in
            var evil = consignment(1)
            evil.recipient = "a@b.example>\r\nRCPT TO:<c@d.example"
            let courier = SMTPCourier(for: server, limits: .init(farewell: .zero))
            let told = await courier.told([evil, consignment(2)], by: server)
            #expect(
                told == [
                    "\(Self.never) (recipient): the receiver's address holds an angle bracket",
                    "delivered: 250 ok",
                ]
            )
            #expect(server.complaints.isEmpty)
            await courier.close()
        }
    }

    @Test("A long letter arrives whole, and a refusal in its middle is heard")
    func long() async throws {
        let text = String(repeating: "Eine Zeile, die sich wiederholt.\r\n", count: 90_000)
        try await ScriptedServer.with { connection in
            try connection.greet(announcing: ["PIPELINING", "CHUNKING"])
            try connection.expect("MAIL")
            try connection.expect("RCPT")
            try connection.write("250 ok\r\n250 ok\r\n")
            let size = Int(try connection.expect("BDAT ").split(separator: " ")[1]) ?? 0
            if connection.number == 1 {
                let bytes = try connection.read(size)
                try connection.write("250 \(bytes.count)\r\n")
                try connection.farewell()
            } else {
                _ = try connection.read(100_000)
                try connection.write("552 too much\r\n")
                try connection.listen()
            }
        } during: { server in
            let courier = SMTPCourier(for: server)
            let letter = consignment(1, text)
            #expect(await courier.told([letter], by: server) == ["delivered: 250 \(letter.bytes.count)"])
            await courier.close()
            #expect(
                await courier.told([letter], by: server) == ["\(Self.never) (body): it said `552 too much`"]
            )
            #expect(server.complaints.isEmpty)
        }
    }
}
