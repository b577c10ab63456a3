// SPDX-License-Identifier: MIT

import Actions
import Delivery
import Dispatch
import TestSupport
import Testing
import Wire

@Suite("A courier and its connections", .timeLimit(.minutes(1)))
struct SMTPCourierConnectionTests {
    static let ahead = ["PIPELINING", "CHUNKING"]

    @Test("Twenty letters are sent ahead over one connection, and each gets its own answer, in order")
    func ahead() async throws {
        try await ScriptedServer.with { connection in
            try connection.greet(announcing: Self.ahead)
            var answers = ""
            for number in 1...20 {
                let letter = try connection.readAhead()
                #expect(letter.recipient == "RCPT TO:<anna\(number)@mail.example>")
                #expect(letter.text == "Subject: \(number)\r\n\r\nHallo\r\n")
                answers += "250 a\r\n250 b\r\n"
                answers += number == 7 ? "554 not \(number)\r\n" : "250 took \(number)\r\n"
                guard number < 20 else { break }
                try connection.expect("RSET")
                answers += "250 reset\r\n"
            }
            try connection.write(answers)
            try connection.farewell()
        } during: { server in
            let courier = SMTPCourier(for: server)
            let told = await courier.told((1...20).map { consignment($0) }, by: server)
            let refused = "\(SMTPCourierTests.never) (body): it said `554 not 7`"
            let wanted = (1...20).map { $0 == 7 ? refused : "delivered: 250 took \($0)" }
            #expect(told == wanted)
            await courier.close()
            #expect(server.connectionCount == 1)
            #expect(server.complaints.isEmpty)
        }
    }

    @Test("More letters than the window holds all arrive")
    func window() async throws {
        try await ScriptedServer.with { connection in
            try connection.greet(announcing: Self.ahead)
            while true {
                let line = try connection.readLine()
                if line.hasPrefix("BDAT") {
                    _ = try connection.read(Int(line.split(separator: " ")[1]) ?? 0)
                }
                try connection.write(line == "QUIT" ? "221 bye\r\n" : "250 ok\r\n")
            }
        } during: { server in
            let courier = SMTPCourier(for: server)
            let told = await courier.told((1...300).map { consignment($0) }, by: server)
            #expect(told == Array(repeating: "delivered: 250 ok", count: 300))
            await courier.close()
            #expect(server.connectionCount == 1)
            #expect(server.heardLines.last == "QUIT")
        }
    }

    @Test("Two calls share one connection, which is left politely")
    func reuse() async throws {
        try await ScriptedServer.with { connection in
            try connection.greet()
            for number in 1...3 {
                try connection.takeLetter()
                try connection.write("250 took \(number)\r\n")
            }
            try connection.farewell()
        } during: { server in
            let courier = SMTPCourier(for: server)
            #expect(await courier.told([consignment(1)], by: server) == ["delivered: 250 took 1"])
            #expect(await courier.told([], by: server) == [])
            async let second = courier.told([consignment(2)], by: server)
            async let third = courier.told([consignment(3)], by: server)
            #expect(await Set(second + third) == ["delivered: 250 took 2", "delivered: 250 took 3"])
            await courier.close()
            await courier.close()
            #expect(server.connectionCount == 1)
            #expect(server.complaints.isEmpty)
        }
    }

    @Test("A connection that was idle for too long is left politely and replaced")
    func idle() async throws {
        try await ScriptedServer.with { connection in
            try connection.greet()
            try connection.takeLetter()
            try connection.write("250 on \(connection.number)\r\n")
            try connection.farewell()
        } during: { server in
            let courier = SMTPCourier(for: server, limits: .init(idle: .zero))
            #expect(await courier.told([consignment(1)], by: server) == ["delivered: 250 on 1"])
            #expect(await courier.told([consignment(2)], by: server) == ["delivered: 250 on 2"])
            await courier.close()
            #expect(server.heard.map { $0.hasSuffix("QUIT\r\n") } == [true, true])
            #expect(server.complaints.isEmpty)
        }
    }

    /// How a connection dies between two letters.
    enum Death: String, CaseIterable { case cut, announced, atTheNextCommand, resetAtTheNextCommand }

    @Test(
        "A connection that died while idle is replaced at once, and the letter arrives",
        arguments: Death.allCases
    )
    func dead(death: Death) async throws {
        try await ScriptedServer.with { connection in
            try connection.greet()
            try connection.takeLetter()
            try connection.write("250 on \(connection.number)\r\n")
            guard connection.number == 1 else { return try connection.listen() }
            switch death {
            case .cut: break
            case .announced: try connection.write("421 idle for too long\r\n")
            case .atTheNextCommand: try connection.expect("MAIL")
            case .resetAtTheNextCommand:
                try connection.expect("MAIL")
                return connection.reset()
            }
            connection.cut()
        } during: { server in
            let courier = SMTPCourier(for: server, limits: .init(farewell: .zero))
            #expect(await courier.told([consignment(1)], by: server) == ["delivered: 250 on 1"])
            // The end of the first connection may be seen before the letter, or only after its first command.
            #expect(await courier.told([consignment(2)], by: server) == ["delivered: 250 on 2"])
            await courier.close()
            #expect(server.connectionCount == 2)
            #expect(server.complaints.isEmpty)
        }
    }

    @Test("A server that dies again and again is left alone after the second time")
    func dying() async throws {
        try await ScriptedServer.with { connection in
            try connection.greet()
            if connection.number == 1 {
                try connection.takeLetter()
                try connection.write("250 ok\r\n")
            }
            try connection.expect("MAIL")
        } during: { server in
            let courier = SMTPCourier(for: server)
            #expect(await courier.told([consignment(1)], by: server) == ["delivered: 250 ok"])
            let told = await courier.told([consignment(2), consignment(3)], by: server)
            #expect(told.count == 2)
            #expect(told.allSatisfy { $0.hasPrefix(SMTPCourierTests.notYet) }, "\(told)")
            #expect(server.connectionCount == 2)
        }
    }

    @Test("A server that takes five letters at a time gets twelve over three connections")
    func portions() async throws {
        try await ScriptedServer.with { connection in
            try connection.greet()
            for _ in 1...5 {
                try connection.takeLetter()
                try connection.write("250 on \(connection.number)\r\n")
            }
            try connection.write("421 enough\r\n")
        } during: { server in
            let courier = SMTPCourier(for: server, limits: .init(farewell: .zero))
            let told = await courier.told((1...12).map { consignment($0) }, by: server)
            #expect(told == (0..<12).map { "delivered: 250 on \($0 / 5 + 1)" })
            await courier.close()
            #expect(server.connectionCount == 3)
        }
    }
}

@Suite("A courier whose service stops", .timeLimit(.minutes(1)))
struct SMTPCourierStopTests {
    @Test(
        "Nothing more is handed over, and what was handed over is awaited for the grace",
        arguments: [true, false]
    )
    func stop(answersInTime: Bool) async throws {
        let (handedOver, handing) = AsyncStream<Void>.makeStream()
        let stopped = DispatchSemaphore(value: 0)
        try await ScriptedServer.with { connection in
            try connection.greet()
            try connection.takeLetter()
            handing.yield()
            if answersInTime {
                _ = stopped.wait(timeout: .now() + 20)
                try connection.write("250 took it\r\n")
            }
            try connection.listen()
        } during: { server in
            let grace: Duration = answersInTime ? .seconds(20) : .milliseconds(100)
            let courier = SMTPCourier(for: server, limits: .init(grace: grace))
            let work = Task { await courier.told((1...30).map { consignment($0) }, by: server) }
            for await _ in handedOver { break }
            let waiting = Task { await courier.told([consignment(31)], by: server) }
            work.cancel()
            waiting.cancel()
            stopped.signal()
            let told = await work.value
            let unknown = "\(SMTPCourierTests.perhaps) (body): the service is stopping"
            let untouched = Array(repeating: "retry: the service is stopping", count: 29)
            #expect(told == [answersInTime ? "delivered: 250 took it" : unknown] + untouched)
            #expect(await waiting.value == ["retry: the service is stopping"])
            #expect(server.connectionCount == 1)
            #expect(server.heardLines.count { $0.hasPrefix("MAIL") } == 1)
            #expect(server.complaints.isEmpty)
        }
    }

    @Test("A courier that is still connecting gives up at once")
    func connecting() async throws {
        let (reached, reaching) = AsyncStream<Void>.makeStream()
        try await ScriptedServer.with { connection in
            reaching.yield()
            try connection.listen()
        } during: { server in
            let courier = SMTPCourier(for: server)
            let work = Task { await courier.told([consignment(1)], by: server) }
            for await _ in reached { break }
            work.cancel()
            #expect(await work.value == ["retry: the service is stopping"])
        }
    }

    @Test("A server that does not read cannot hold the service")
    func stuffed() async throws {
        let (reached, reaching) = AsyncStream<Void>.makeStream()
        try await ScriptedServer.with { connection in
            try connection.greet(announcing: ["PIPELINING", "CHUNKING"])
            try connection.expect("MAIL")
            try connection.expect("RCPT")
            try connection.write("250 ok\r\n250 ok\r\n")
            try connection.expect("BDAT")
            reaching.yield()
            try connection.pause(.seconds(20))
        } during: { server in
            let courier = SMTPCourier(for: server, limits: .init(grace: .milliseconds(100)))
            let text = String(repeating: "Eine Zeile, die sich wiederholt.\r\n", count: 350_000)
            let letter = consignment(1, text)
            let work = Task { await courier.told([letter, consignment(2)], by: server) }
            for await _ in reached { break }
            work.cancel()
            #expect(await work.value == Array(repeating: "retry: the service is stopping", count: 2))
        }
    }
}
