// SPDX-License-Identifier: MIT

import TestSupport
import Testing
import Wire

@Suite("HTTP", .timeLimit(.minutes(1)))
struct HTTPTests {
    /// Serves every request of a connection with what `answer` writes; it gets the request line and the body.
    static func serving(
        _ answer: @escaping @Sendable (String, String, ScriptedServer.Connection) throws -> Void,
        _ body: (String, ScriptedServer) async throws -> Void
    ) async throws {
        try await ScriptedServer.with { connection in
            while true {
                let request = try connection.readLine()
                var length = 0
                while case let line = try connection.readLine(), !line.isEmpty {
                    if line.lowercased().hasPrefix("content-length: ") {
                        length = Int(line.dropFirst(16)) ?? 0
                    }
                }
                let body = String(decoding: try connection.read(length), as: UTF8.self)
                try answer(request, body, connection)
            }
        } during: { server in
            try await body("http://127.0.0.1:\(server.port)", server)
            #expect(server.complaints.isEmpty)
        }
    }

    static func error(_ request: HTTP.Request, _ client: HTTP = HTTP()) async throws -> WireError {
        try #require(await #expect(throws: WireError.self) { try await client.request(request) })
    }

    static let ok = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

    @Test("A GET brings status, headers in any spelling, and the body")
    func get() async throws {
        try await Self.serving { request, _, connection in
            #expect(request == "GET /orders?page=2 HTTP/1.1")
            try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-Rate-Left:  7 \r\n\r\nhello")
        } _: { url, server in
            let request = HTTP.Request(
                "GET",
                url + "/orders?page=2",
                headers: ["X-Token": "t", "X-Empty": ""]
            )
            let response = try await HTTP().request(request)
            #expect(response.status == 200)
            #expect(response.headers["x-rate-LEFT"] == "7")
            #expect(response.headers["missing"] == nil)
            #expect(response.body == Array("hello".utf8))
            #expect(server.heardLines.contains("X-Token: t"))
            #expect(server.heardLines.contains("X-Empty:"))
            #expect(server.heardLines.contains("User-Agent: poststelle"))
        }
    }

    @Test("A POST carries its body, and only the headers it was given")
    func post() async throws {
        try await Self.serving { request, body, connection in
            try connection.write("HTTP/1.1 100 Continue\r\n\r\n")
            let words = "\(request.prefix(4))\(body)"
            try connection.write(
                "HTTP/1.1 201 Created\r\nContent-Length: \(words.utf8.count)\r\n\r\n\(words)"
            )
        } _: { url, server in
            let response = try await HTTP().request(HTTP.Request("POST", url, body: Array("{\"a\":1}".utf8)))
            #expect(response.status == 201)
            #expect(String(decoding: response.body, as: UTF8.self) == "POST{\"a\":1}")
            #expect(!server.heard.joined().contains("form-urlencoded"))
            #expect(!server.heard.joined().contains("Expect"))
            let empty = try await HTTP().request(HTTP.Request("PUT", url))
            #expect(String(decoding: empty.body, as: UTF8.self) == "PUT ")
        }
    }

    @Test("A chunked body is put together")
    func chunked() async throws {
        try await Self.serving { _, _, connection in
            try connection.write("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n")
            try connection.write("4\r\ndefg\r\n0\r\n\r\n")
        } _: { url, _ in
            let response = try await HTTP().request(HTTP.Request("GET", url))
            #expect(response.body == Array("abcdefg".utf8))
        }
    }

    @Test("A status that means failure is a response", arguments: [404, 429, 503])
    func failureStatus(_ status: Int) async throws {
        try await Self.serving { _, _, connection in
            try connection.write("HTTP/1.1 \(status) No\r\nContent-Length: 0\r\nRetry-After: 9\r\n\r\n")
        } _: { url, _ in
            let response = try await HTTP().request(HTTP.Request("HEAD", url))
            #expect(response.status == status)
            #expect(response.headers["retry-after"] == "9")
        }
    }

    @Test("A body may be as large as the limit, and no larger", arguments: [true, false])
    func limit(_ announced: Bool) async throws {
        try await Self.serving { _, _, connection in
            let head = announced ? "Content-Length: 1000\r\n\r\n" : "Connection: close\r\n\r\n"
            try connection.write("HTTP/1.1 200 OK\r\n\(head)" + String(repeating: "x", count: 1000))
            if !announced { connection.cut() }
        } _: { url, _ in
            #expect(try await HTTP().request(HTTP.Request("GET", url, limit: 1000)).body.count == 1000)
            let error = try await Self.error(HTTP.Request("GET", url, limit: 999))
            #expect((error.stage, error.kind) == (.receive, .tooLarge))
            #expect(error.description.contains("more than 999 bytes"))
        }
    }

    @Test(
        "A response that stops in the middle, or never comes, is given up in time",
        arguments: [true, false]
    )
    func deadline(_ begins: Bool) async throws {
        try await Self.serving { _, _, connection in
            if begins { try connection.write("HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhalf") }
            try connection.listen()
        } _: { url, _ in
            let error = try await Self.error(HTTP.Request("GET", url, within: .milliseconds(500)))
            #expect((error.stage, error.kind) == (.receive, .timedOut))
        }
    }

    @Test("After a request that was given up, the next one gets its own answer")
    func afterGivingUp() async throws {
        try await Self.serving { request, _, connection in
            if request.hasPrefix("GET /slow") {
                try connection.listen()
            } else {
                try connection.write(Self.ok)
            }
        } _: { url, _ in
            let client = HTTP()
            _ = try await client.request(HTTP.Request("GET", url))
            let slow = HTTP.Request("GET", url + "/slow", headers: ["A": "b"], within: .milliseconds(50))
            #expect(try await Self.error(slow, client).kind == .timedOut)
            #expect(try await client.request(HTTP.Request("GET", url)).body == Array("ok".utf8))
        }
    }

    @Test("A redirect on the same server is followed, but not round and round")
    func redirect() async throws {
        try await Self.serving { request, _, connection in
            let isStart = request.hasPrefix("GET /start ")
            let isLoop = request.hasPrefix("GET /loop ")
            let redirect =
                "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: \(isLoop ? "/loop" : "/there")\r\n\r\n"
            try connection.write(isStart || isLoop ? redirect : Self.ok)
        } _: { url, server in
            #expect(try await HTTP().request(HTTP.Request("GET", url + "/start")).body == Array("ok".utf8))
            let error = try await Self.error(HTTP.Request("GET", url + "/loop"))
            #expect(error.kind == .redirected)
        }
    }

    @Test("Credentials are not carried to another server, and a POST to no other place")
    func redirectElsewhere() async throws {
        try await Self.serving { _, _, connection in
            try connection.write(Self.ok)
        } _: { elsewhere, other in
            try await Self.serving { request, _, connection in
                let target = request.hasPrefix("GET") ? elsewhere + "/trap?token=1" : "/here"
                try connection.write("HTTP/1.1 307 Go\r\nContent-Length: 0\r\nLocation: \(target)\r\n\r\n")
            } _: { url, server in
                let get = try await Self.error(
                    HTTP.Request("GET", url, headers: ["Authorization": "Bearer x"])
                )
                #expect(get.kind == .redirected)
                #expect(get.description.contains("to \(elsewhere)"))
                #expect(!get.description.contains("token"))
                #expect(other.connectionCount == 0)
                let post = try await Self.error(HTTP.Request("POST", url, body: [65]))
                #expect(post.kind == .redirected)
                #expect(server.heardLines.filter { $0.hasPrefix("POST") }.count == 1)
            }
        }
    }

    @Test("Connections are kept for what may be repeated; a POST has one of its own")
    func connections() async throws {
        try await Self.serving { _, _, connection in
            try connection.write(Self.ok)
        } _: { url, server in
            let client = HTTP()
            for _ in 0..<3 { _ = try await client.request(HTTP.Request("GET", url)) }
            #expect(server.connectionCount == 1)
            _ = try await client.request(HTTP.Request("POST", url, body: [65]))
            #expect(server.connectionCount == 2)
        }
    }

    @Test(
        "A POST whose answer is lost is never sent again, and the error says that it may have been acted on"
    )
    func lostAnswer() async throws {
        try await Self.serving { request, _, connection in
            if request.hasPrefix("POST") { connection.cut() } else { try connection.write(Self.ok) }
        } _: { url, server in
            let client = HTTP()
            _ = try await client.request(HTTP.Request("GET", url))
            let error = try await Self.error(HTTP.Request("POST", url, body: [65]), client)
            #expect((error.stage, error.kind) == (.receive, .closed))
            #expect(server.heardLines.filter { $0.hasPrefix("POST") }.count == 1)
        }
    }

    @Test(
        "What is no proper request is not sent",
        arguments: [
            HTTP.Request("GET", "ftp://127.0.0.1/x"), HTTP.Request("GET", "127.0.0.1"),
            HTTP.Request("GET", "file:///etc/passwd"), HTTP.Request("GET", "http://user:pass@127.0.0.1/"),
            HTTP.Request("GET", "http://127.0.0.1:1/", headers: ["A": "x\r\nB: y"]),
            HTTP.Request("GET", "http://127.0.0.1:1/", headers: ["A b": "x"]),
            HTTP.Request("GET /", "http://127.0.0.1:1/"),
        ]
    )
    func improper(_ request: HTTP.Request) async throws {
        let error = try await Self.error(request)
        #expect((error.stage, error.kind) == (.resolve, .other))
        #expect(!error.description.contains("pass@"))
    }

    @Test("A port where nobody listens refuses")
    func refused() async throws {
        let error = try await Self.error(HTTP.Request("GET", "http://127.0.0.1:1/"))
        #expect((error.stage, error.kind, error.peer) == (.connect, .refused, "127.0.0.1:1"))
    }

    @Test("Cancelling ends a request at once")
    func cancel() async throws {
        try await Self.serving { _, _, connection in
            try connection.listen()
        } _: { url, server in
            let waiting = Task { try await HTTP().request(HTTP.Request("GET", url, within: .seconds(60))) }
            while server.heardLines.isEmpty { await Task.yield() }
            waiting.cancel()
            let error = await #expect(throws: WireError.self) { try await waiting.value }
            #expect(error?.kind == .cancelled)
        }
    }
}
