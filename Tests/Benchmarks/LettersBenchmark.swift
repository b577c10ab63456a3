// SPDX-License-Identifier: MIT
import Actions
import ArgumentParser
import Delivery
import Foundation
import Mail
import Service
import State
import TestSupport
import Wire

/// Letters to a real Postfix: on this machine, 20 ms away, and through the ledger's outbox.
enum LettersBenchmark {
    static func run(on bench: Workbench) async throws -> Report {
        let servers = try await MailServers.shared()
        let few = max(bench.count / 200, 20)
        let many = max(bench.count / 10, 100)
        let proxy = try DelayProxy(to: servers.smtpPort, roundTrip: .milliseconds(20))
        defer { proxy.stop() }
        func letters(_ way: CourierWay, _ count: Int, port: Int, _ name: String) async throws -> Measurement {
            let options = ["--port", "\(port)", "--way", way.rawValue]
            var measured = try await bench.ours(.courier, in: bench.folder("courier"), count: count, options)[
                0
            ]
            measured.name = name
            return measured
        }
        let admitted = try await bench.admitted(many)
        let rounds = try await bench.inTurn([
            { try await letters(.sequential, few, port: proxy.port, "20 ms, one command after the other") },
            { try await letters(.pipelining, few * 4, port: proxy.port, "20 ms, PIPELINING") },
            { try await letters(.chunking, many, port: proxy.port, "20 ms, PIPELINING and CHUNKING") },
            {
                try await letters(
                    .chunking,
                    many,
                    port: servers.smtpPort,
                    "this machine, PIPELINING and CHUNKING"
                )
            },
            {
                let folder = try bench.copy(of: admitted, "outbox")
                defer { bench.remove(folder) }
                _ = try await bench.ours(.conclude, in: folder, count: many)
                let options = ["--port", "\(servers.smtpPort)"]
                return try await bench.ours(.dispatch, in: folder, count: many, options)[0]
            },
        ])
        var report = Report("Letters over one connection to Postfix")
        for one in rounds { report.add(one) }
        report.compare(rounds[1], with: rounds[0], speed: "≥ 3.5", processor: "-")
        report.compare(rounds[2], with: rounds[0], speed: "≥ 30", processor: "-")
        report.remark("Postfix' own work, and Dovecot's that takes the letters, is on the same cores.")
        return report
    }
}

/// How much of the server's extensions is used.
enum CourierWay: String, CaseIterable, ExpressibleByArgument {
    case sequential, pipelining, chunking

    var options: SMTPOptions {
        switch self {
        case .sequential: SMTPOptions(windowLetters: 1, usesPipelining: false, usesChunking: false)
        case .pipelining: SMTPOptions(usesChunking: false)
        case .chunking: SMTPOptions()
        }
    }
}

extension Work {
    /// Hands answers of ordinary length to the courier.
    func carry() async throws -> [Measurement] {
        let endpoint = Endpoint(.smtp, host: "127.0.0.1", port: port, security: .none)
        let limits = SMTPCourier.Limits(options: way.options)
        let courier = SMTPCourier(endpoint: endpoint, name: Corpus.domain, limits: limits)
        let text = CorpusWords.german.quoted.joined(separator: "\n\n")
        let shop = Message.Address(name: "Laden", address: Corpus.address)
        let letters = (0...count).map { index in
            let receiver = "kunde\(index % 50)@post.example"
            var letter = Letter(
                from: shop,
                to: Message.Address(address: receiver),
                subject: "Ihre Bestellung 2026-\(index)",
                date: Date(),
                messageID: "\(index).\(UUID())@\(Corpus.domain)",
                origin: .automaticReply,
                text: text
            )
            letter.references = ["\(index)@post.example"]
            return Consignment(
                key: Effect.Key("m\(index).answer"),
                sender: shop.address,
                recipient: receiver,
                bytes: letter.encoded()
            )
        }
        // The first letter opens the connection; a kept one is what is measured.
        var deliveries = await courier.deliver([letters[0]])
        let watch = Stopwatch()
        deliveries += await courier.deliver(Array(letters.dropFirst()))
        let measured = watch.measurement("courier", count: count)
        await courier.close()
        for case .retry(let words) in deliveries { throw NotMeasured(words) }
        for case .rejected(let words) in deliveries { throw NotMeasured(words) }
        for case .unknown(let words) in deliveries { throw NotMeasured(words) }
        return [measured]
    }

    /// Empties the outbox as the service does: claim with the guard, send, settle.
    func dispatch() async throws -> [Measurement] {
        let house = try house()
        let watch = Stopwatch()
        let sent = try await house.dispatchers[0].dispatchDue()
        let measured = watch.measurement(
            "this machine, from the outbox: claim, guard, send, settle",
            count: sent
        )
        let counts = try await house.ledger.outboxCounts()
        guard counts["delivered"] == sent, sent > 0 else {
            throw NotMeasured("of \(sent) letters: \(counts)")
        }
        return [measured]
    }
}
