// SPDX-License-Identifier: MIT

import TestSupport
import Testing
import Wire

@Suite("A line to a mail server", .timeLimit(.minutes(1)))
struct LineTests {
    static let login = Login(user: "anna@shop.example", secret: .password("streng geheim"))

    /// Base64 of NUL, user, NUL, password.
    static let plain = "AGFubmFAc2hvcC5leGFtcGxlAHN0cmVuZyBnZWhlaW0="

    static let imapLogin: [ScriptedServer.Step] = [
        .say("* OK ready\r\n"), .command("CAPABILITY"),
        .answer("* CAPABILITY IMAP4rev1 SASL-IR AUTH=CRAM-MD5 AUTH=GSSAPI AUTH=PLAIN\r\n{tag} OK done\r\n"),
        .command("AUTHENTICATE PLAIN \(plain)"), .answer("{tag} OK welcome\r\n"),
    ]

    static let smtpLogin: [ScriptedServer.Step] = [
        .say("220 mx ESMTP\r\n"), .expect("EHLO post.shop.example"),
        .say("250-mx\r\n250-PIPELINING\r\n250 AUTH CRAM-MD5 LOGIN PLAIN\r\n"),
        .expect("AUTH PLAIN \(plain)"), .say("235 2.7.0 welcome\r\n"),
    ]

    static func imap(_ server: ScriptedServer, _ security: Endpoint.Security = .none) -> Endpoint {
        Endpoint(.imap, host: "127.0.0.1", port: server.port, security: security)
    }

    static func smtp(_ server: ScriptedServer, _ security: Endpoint.Security = .none) -> Endpoint {
        Endpoint(
            .smtp,
            host: "127.0.0.1",
            port: server.port,
            security: security,
            clientName: "post.shop.example"
        )
    }

    /// The error of opening a line to a server with these steps.
    static func refusal(
        _ steps: [ScriptedServer.Step],
        _ endpoint: (ScriptedServer) -> Endpoint,
        login: Login? = login,
        within patience: Duration = .seconds(20)
    ) async throws -> WireError {
        try await ScriptedServer.with(steps: steps) { server in
            let error = await #expect(throws: WireError.self) {
                try await Line.open(endpoint(server), login: login, within: patience)
            }
            #expect(server.complaints.isEmpty)
            return try #require(error)
        }
    }

    // MARK: Opening

    @Test("An IMAP login is made with PLAIN, whatever else the server names, and then bytes flow both ways")
    func imapLogin() async throws {
        let steps = Self.imapLogin + [.expect("a1 NOOP"), .say("a1 OK\r\n"), .listen]
        try await ScriptedServer.with(steps: steps) { server in
            let line = try await Line.open(Self.imap(server), login: Self.login)
            try await line.send(Array("a1 NOOP\r\n".utf8), within: .seconds(20))
            #expect(try await line.receive(within: .seconds(20)) == Array("a1 OK\r\n".utf8))
            #expect(await line.openingLines.first == "* OK ready")
            #expect(await line.openingLines.last?.hasSuffix(" OK welcome") == true)
            await line.close()
            #expect(server.complaints.isEmpty)
        }
    }

    @Test("An SMTP login is made with our own name in the EHLO")
    func smtpLogin() async throws {
        let steps = Self.smtpLogin + [.expect("EHLO again"), .say("250 mx\r\n"), .listen]
        try await ScriptedServer.with(steps: steps) { server in
            let line = try await Line.open(Self.smtp(server), login: Self.login)
            try await line.send(Array("EHLO again\r\n".utf8), within: .seconds(20))
            #expect(try await line.receive(within: .seconds(20)) == Array("250 mx\r\n".utf8))
            await line.close()
            #expect(server.complaints.isEmpty)
        }
    }

    @Test("Without a login nobody logs in")
    func noLogin() async throws {
        try await ScriptedServer.with(steps: Array(Self.smtpLogin.prefix(3)) + [.listen]) { server in
            let line = try await Line.open(Self.smtp(server))
            #expect(await line.openingLines.last == "250 AUTH CRAM-MD5 LOGIN PLAIN")
            await line.close()
            #expect(server.heardLines == ["EHLO post.shop.example"])
        }
    }

    @Test("A server that knows only the LOGIN command is logged in to all the same")
    func plainLoginCommand() async throws {
        try await ScriptedServer.with { connection in
            try connection.write("* OK old\r\n")
            let capability = try connection.command("CAPABILITY").tag
            try connection.write("* CAPABILITY IMAP4rev1\r\n\(capability) OK\r\n")
            let login = try connection.command("LOGIN")
            try connection.write("\(login.tag) OK \(login.arguments.count)\r\n")
            try connection.listen()
        } during: { server in
            let line = try await Line.open(Self.imap(server), login: Self.login)
            await line.close()
            #expect(server.heardLines.last?.hasSuffix("LOGIN anna@shop.example \"streng geheim\"") == true)
            #expect(server.complaints.isEmpty)
        }
    }

    @Test("A refused IMAP login keeps the server's words")
    func imapRefused() async throws {
        let words = "NO [AUTHENTICATIONFAILED] Wrong password, see https://shop.example/help"
        let error = try await Self.refusal(
            Self.imapLogin.dropLast() + [.answer("{tag} \(words)\r\n"), .listen],
            { Self.imap($0) }
        )
        #expect(error.stage == .login)
        #expect(error.kind == .loginDenied)
        #expect(error.serverWords?.hasSuffix(words) == true)
        #expect(error.description.contains(words))
    }

    @Test("A refused SMTP login keeps all lines of the reply")
    func smtpRefused() async throws {
        let error = try await Self.refusal(
            Self.smtpLogin.dropLast() + [
                .say("535-5.7.8 Not accepted.\r\n535 5.7.8 Learn more\r\n"), .listen,
            ],
            { Self.smtp($0) }
        )
        #expect((error.stage, error.kind) == (.login, .loginDenied))
        #expect(error.serverWords == "535-5.7.8 Not accepted.\n535 5.7.8 Learn more")
    }

    @Test("A secret that the server echoes is masked", arguments: ["streng geheim", plain])
    func echoedSecret(_ echo: String) async throws {
        let error = try await Self.refusal(
            Self.imapLogin.dropLast() + [.answer("{tag} NO cannot take <\(echo)> today\r\n"), .listen],
            { Self.imap($0) }
        )
        #expect(error.serverWords?.hasSuffix("NO cannot take <***> today") == true)
    }

    @Test("An expired OAuth token is a refused login")
    func oauth() async throws {
        let error = try await Self.refusal(
            [
                .say("* OK ready\r\n"), .command("CAPABILITY"),
                .answer("* CAPABILITY IMAP4rev1 SASL-IR AUTH=PLAIN AUTH=XOAUTH2\r\n{tag} OK\r\n"),
                .command("AUTHENTICATE XOAUTH2 dXNlcj1h"), .say("+ eyJzdGF0dXMiOiI0MDAifQ==\r\n"),
                .listen,
            ],
            { Self.imap($0) },
            login: Login(user: "anna@shop.example", secret: .oauthToken("ya29.token"))
        )
        #expect(error.kind == .loginDenied)
        #expect(error.reason == "{\"status\":\"400\"}")
    }

    @Test("A server without any login is told apart from one that refuses")
    func loginNotOffered() async throws {
        let steps: [ScriptedServer.Step] = [.say("220 mx\r\n"), .expect("EHLO"), .say("250 mx\r\n"), .listen]
        let error = try await Self.refusal(steps, { Self.smtp($0) })
        #expect((error.stage, error.kind) == (.login, .notOffered))
    }

    @Test("Where STARTTLS is demanded and not offered, no password leaves")
    func startTLSNotOffered() async throws {
        let imap = try await Self.refusal(
            Array(Self.imapLogin.prefix(3)) + [.listen],
            { Self.imap($0, .startTLS) }
        )
        #expect((imap.stage, imap.kind) == (.tls, .notOffered))
        let smtp = try await Self.refusal(
            Array(Self.smtpLogin.prefix(3)) + [.listen],
            { Self.smtp($0, .startTLS) }
        )
        #expect((smtp.stage, smtp.kind) == (.tls, .notOffered))
    }

    @Test("A server that never greets is given up in time")
    func silence() async throws {
        let plain = try await Self.refusal([.listen], { Self.imap($0) }, within: .milliseconds(500))
        #expect((plain.stage, plain.kind) == (.greeting, .timedOut))
        let encrypted = try await Self.refusal([.listen], { Self.imap($0, .tls) }, within: .milliseconds(500))
        #expect((encrypted.stage, encrypted.kind) == (.tls, .timedOut))
    }

    @Test("A server that falls silent during the login is given up in time")
    func silentLogin() async throws {
        let error = try await Self.refusal(
            Self.imapLogin.dropLast() + [.listen],
            { Self.imap($0) },
            within: .milliseconds(500)
        )
        #expect((error.stage, error.kind) == (.login, .timedOut))
    }

    @Test("A server that hangs up before the greeting has closed")
    func cutBeforeGreeting() async throws {
        let error = try await Self.refusal([.cut], { Self.imap($0) })
        #expect((error.stage, error.kind) == (.greeting, .closed))
    }

    @Test("A server that has no time says so in its own words")
    func busy() async throws {
        let error = try await Self.refusal(
            [.say("554 5.3.2 come back later\r\n"), .listen],
            { Self.smtp($0) }
        )
        #expect(error.serverWords == "554 5.3.2 come back later")
    }

    @Test("A port where nobody listens refuses")
    func refused() async throws {
        let endpoint = Endpoint(.imap, host: "127.0.0.1", port: 1, security: .none)
        let error = await #expect(throws: WireError.self) { try await Line.open(endpoint) }
        #expect((error?.stage, error?.kind) == (.connect, .refused))
        #expect(error?.description.hasPrefix("127.0.0.1:1 refuses connections") == true)
    }

    @Test(
        "What would smuggle in commands is not even dialled",
        arguments: ["a\r\nb", "secret\n", "cut\0short", ""]
    )
    func brokenSecret(_ secret: String) async throws {
        try await ScriptedServer.with(steps: [.listen]) { server in
            let login = Login(user: "anna", secret: .password(secret))
            let error = await #expect(throws: WireError.self) {
                try await Line.open(Self.imap(server), login: login)
            }
            #expect((error?.stage, error?.kind) == (.login, .other))
            #expect(server.connectionCount == 0)
        }
    }

    @Test("Cancelling ends the dialling at once")
    func cancelOpening() async throws {
        try await ScriptedServer.with(steps: [.listen]) { server in
            let opening = Task { try await Line.open(Self.imap(server), within: .seconds(60)) }
            while server.connectionCount == 0 { await Task.yield() }
            opening.cancel()
            let error = await #expect(throws: WireError.self) { try await opening.value }
            #expect(error?.kind == .cancelled)
        }
    }

    // MARK: Talking

    /// Opens a line without a login and runs `body` with it.
    static func talking(
        _ script: @escaping @Sendable (ScriptedServer.Connection) throws -> Void,
        _ body: (Line, ScriptedServer) async throws -> Void
    ) async throws {
        try await ScriptedServer.with { connection in
            for step in LineTests.smtpLogin.prefix(3) { try connection.play(step) }
            try script(connection)
        } during: { server in
            let line = try await Line.open(Self.smtp(server), within: .seconds(20))
            try await body(line, server)
            await line.close()
            #expect(server.complaints.isEmpty)
        }
    }

    @Test("What was said before the server hung up is still heard, then the end, again and again")
    func cut() async throws {
        try await Self.talking { connection in
            try connection.expect("go")
            try connection.write("half a li")
            connection.cut()
        } _: { line, _ in
            try await line.send(Array("go\r\n".utf8), within: .seconds(20))
            var heard: [UInt8] = []
            while case let bytes = try await line.receive(within: .seconds(20)), !bytes.isEmpty {
                heard += bytes
            }
            #expect(heard == Array("half a li".utf8))
            #expect(try await line.receive(within: .seconds(20)).isEmpty)
        }
    }

    @Test("A connection that breaks is an error, not an orderly end")
    func reset() async throws {
        try await Self.talking { connection in
            try connection.expect("go")
            connection.reset()
        } _: { line, _ in
            try await line.send(Array("go\r\n".utf8), within: .seconds(20))
            let error = await #expect(throws: WireError.self) { try await line.receive(within: .seconds(20)) }
            #expect((error?.stage, error?.kind) == (.receive, .closed))
        }
    }

    @Test("Silence ends the wait, not the line")
    func silenceWhileTalking() async throws {
        try await Self.talking { connection in
            try connection.expect("wake up")
            try connection.write("I am here\r\n")
            try connection.listen()
        } _: { line, _ in
            let error = await #expect(throws: WireError.self) {
                try await line.receive(within: .milliseconds(20))
            }
            #expect((error?.stage, error?.kind) == (.receive, .timedOut))
            try await line.send(Array("wake up\r\n".utf8), within: .seconds(20))
            #expect(try await line.receive(within: .seconds(20)) == Array("I am here\r\n".utf8))
        }
    }

    @Test("A server that does not listen is given up in time, and nothing more is sent")
    func stuck() async throws {
        try await Self.talking { connection in
            try connection.pause(.seconds(30))
        } _: { line, _ in
            let much = [UInt8](repeating: 65, count: 32 << 20)
            let error = await #expect(throws: WireError.self) {
                try await line.send(much, within: .milliseconds(50))
            }
            #expect((error?.stage, error?.kind) == (.send, .timedOut))
            let next = await #expect(throws: WireError.self) {
                try await line.send([65], within: .seconds(20))
            }
            #expect((next?.stage, next?.kind) == (.send, .closed))
        }
    }

    @Test("Two sides that both talk before they listen do not wait for each other")
    func bothTalk() async throws {
        let size = 12 << 20
        try await Self.talking { connection in
            try connection.expect("go")
            try connection.write([UInt8](repeating: 66, count: size))
            _ = try connection.read(size)
            try connection.write("!")
            try connection.listen()
        } _: { line, _ in
            try await line.send(Array("go\r\n".utf8), within: .seconds(30))
            try await line.send([UInt8](repeating: 65, count: size), within: .seconds(30))
            var count = 0
            var last: UInt8?
            while last != UInt8(ascii: "!") {
                let bytes = try await line.receive(within: .seconds(30))
                try #require(!bytes.isEmpty)
                count += bytes.count
                last = bytes.last
            }
            #expect(count == size + 1)
        }
    }

    @Test("Why a server no longer listens can still be heard")
    func lastWords() async throws {
        try await Self.talking { connection in
            try connection.expect("go")
            try connection.write("421 4.7.0 too many errors\r\n")
            try connection.pause(.seconds(30))
        } _: { line, _ in
            let much = Array("go\r\n".utf8) + [UInt8](repeating: 65, count: 32 << 20)
            await #expect(throws: WireError.self) { try await line.send(much, within: .milliseconds(50)) }
            let words = try await line.receive(within: .seconds(20))
            #expect(String(decoding: words, as: UTF8.self) == "421 4.7.0 too many errors\r\n")
        }
    }

    @Test("Sending into a closed connection fails")
    func sendIntoNothing() async throws {
        try await Self.talking { connection in
            connection.cut()
        } _: { line, _ in
            var error: WireError?
            while error == nil {
                do throws(WireError) {
                    try await line.send([65], within: .seconds(20))
                } catch let failure {
                    error = failure
                }
            }
            #expect((error?.stage, error?.kind) == (.send, .closed))
        }
    }

    @Test("Closing wakes who waits, and says nothing to the server")
    func closeWakes() async throws {
        try await Self.talking { connection in
            try connection.expect("waiting")
            try connection.listen()
        } _: { line, server in
            async let end = Self.waitingError(of: line)
            while !server.heardLines.contains("waiting") { await Task.yield() }
            await line.close()
            #expect(await end?.kind == .cancelled)
            #expect(server.heardLines.last == "waiting")
            let error = await #expect(throws: WireError.self) {
                try await line.send([65], within: .seconds(20))
            }
            #expect(error?.kind == .cancelled)
        }
    }

    @Test("Cancelling wakes who waits; the line goes on with nothing lost")
    func cancelWakes() async throws {
        try await Self.talking { connection in
            try connection.expect("waiting")
            try connection.expect("done")
            try connection.write("well\r\n")
            try connection.listen()
        } _: { line, server in
            let waiting = Task { await Self.waitingError(of: line) }
            while !server.heardLines.contains("waiting") { await Task.yield() }
            waiting.cancel()
            #expect(await waiting.value?.kind == .cancelled)
            try await line.send(Array("done\r\n".utf8), within: .seconds(20))
            #expect(try await line.receive(within: .seconds(20)) == Array("well\r\n".utf8))
        }
    }

    static func waitingError(of line: Line) async -> WireError? {
        do throws(WireError) {
            try await line.send(Array("waiting\r\n".utf8), within: .seconds(20))
            _ = try await line.receive(within: .seconds(60))
            return nil
        } catch {
            return error
        }
    }

    @Test("Waiting lines do not take the threads that other work needs")
    func manyWait() async throws {
        try await ScriptedServer.with(steps: Array(Self.smtpLogin.prefix(3)) + [.listen]) { server in
            await withTaskGroup { group in
                for _ in 0..<24 {
                    group.addTask {
                        do throws(WireError) {
                            let line = try await Line.open(Self.smtp(server))
                            _ = try await line.receive(within: .seconds(60))
                        } catch {
                            #expect(error.kind == .cancelled)
                        }
                    }
                }
                while server.heardLines.count < 24 { await Task.yield() }
                group.cancelAll()
            }
        }
    }
}
