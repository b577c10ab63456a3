// SPDX-License-Identifier: MIT

import Actions
import Delivery
import TestSupport
import Wire

/// The server's side of a courier's conversation, line by line.
extension ScriptedServer.Connection {
    /// Greets libcurl, and answers the EHLO of libcurl and the courier's own.
    func greet(announcing keywords: [String] = []) throws {
        try write("220 mx\r\n")
        try expect("EHLO post.shop.example")
        try write("250 mx\r\n")
        try hello(announcing: keywords)
    }

    /// Answers the courier's own EHLO.
    func hello(announcing keywords: [String] = []) throws {
        try expect("EHLO post.shop.example")
        try write("250-mx\r\n")
        for keyword in keywords { try write("250-\(keyword)\r\n") }
        try write("250 HELP\r\n")
    }

    /// Takes one letter step by step, up to the final dot.
    func takeLetter() throws {
        try expect("MAIL FROM:<support@shop.example>")
        try write("250 sender\r\n")
        try expect("RCPT TO:<anna")
        try write("250 recipient\r\n")
        try expect("DATA")
        try write("354 go\r\n")
        while try readLine() != "." {}
    }

    /// Reads one letter that is sent ahead with BDAT and answers nothing; returns its receiver and its text.
    func readAhead() throws -> (recipient: String, text: String) {
        try expect("MAIL FROM:<support@shop.example>")
        let recipient = try expect("RCPT TO:<")
        let size = Int(try expect("BDAT ").split(separator: " ")[1]) ?? 0
        return (recipient, String(decoding: try read(size), as: UTF8.self))
    }

    /// Waits for QUIT and answers it; what comes after is the end.
    func farewell() throws {
        try expect("QUIT")
        try write("221 bye\r\n")
    }
}

extension SMTPCourier {
    /// A courier for a scripted server; silence is borne for a fifth of a second where it is short-tempered.
    init(
        for server: ScriptedServer,
        login: (@Sendable () throws -> Login)? = nil,
        limits: Limits = Limits(),
        isShortTempered: Bool = false
    ) {
        var limits = limits
        if isShortTempered {
            limits.connecting = .milliseconds(200)
            limits.patience = { _ in .milliseconds(200) }
            limits.farewell = .milliseconds(200)
        }
        self.init(
            endpoint: Endpoint(.smtp, host: "127.0.0.1", port: server.port, security: .none),
            login: login,
            name: "post.shop.example",
            limits: limits
        )
    }

    /// What becomes of each letter, as text in which the server is called `mx`.
    func told(_ letters: [Consignment], by server: ScriptedServer) async -> [String] {
        await deliver(letters).map { delivery in
            let word =
                switch delivery {
                case .delivered: "delivered"
                case .retry: "retry"
                case .rejected: "rejected"
                case .unknown: "unknown"
                }
            return "\(word): \(delivery.words)".replacing("127.0.0.1:\(server.port)", with: "mx")
        }
    }
}

/// A letter number `number` to a receiver of its own.
func consignment(_ number: Int, _ text: String = "Hallo\r\n") -> Consignment {
    Consignment(
        key: Effect.Key("m\(number).answer"),
        sender: "support@shop.example",
        recipient: "anna\(number)@mail.example",
        bytes: Array("Subject: \(number)\r\n\r\n\(text)".utf8)
    )
}
