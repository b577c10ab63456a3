// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Mail
import Service
import State
import TestSupport

/// Admitted mails to their outcomes, beside `sieve-filter` on a Maildir with the same mails.
enum PipelineBenchmark {
    static func run(on bench: Workbench) async throws -> Report {
        let admitted = try await bench.admitted(bench.count)
        let mails = bench.mails(bench.count)
        let sieve = try await SieveFilter(on: bench)
        var outcomes: [Outcome: Int] = [:]
        let rounds = try await bench.inTurn([
            {
                let folder = try bench.copy(of: admitted, "pipeline")
                defer { bench.remove(folder) }
                let measured = try await bench.ours(.conclude, in: folder, count: bench.count)[0]
                outcomes = try await Ledger(at: folder + "/ledger.sqlite").books().outcomes
                return measured
            },
            { try await sieve.run(mails, on: bench) },
        ])
        var report = Report("Parse, read, find the order, decide by rules, commit")
        for one in rounds { report.add(one) }
        report.compare(rounds[0], with: rounds[1], processor: "≤ 1.0")
        let words = outcomes.sorted { $0.key.rawValue < $1.key.rawValue }.map {
            "\($0.value) \($0.key.rawValue)"
        }
        report.remark("outcomes: \(words.joined(separator: ", "))")
        report.remark(
            "sieve-filter: \(sieve.rules) rules that look at headers and decoded text; it answers nobody."
        )
        return report
    }
}

/// `sieve-filter` with a compiled script.
private struct SieveFilter {
    let script: String
    let rules = Work.ruleCount

    init(on bench: Workbench) async throws {
        // Words as rules of such a shop have them; the last rules carry robots away and keep the rest.
        let words = [
            "Rechnung", "invoice", "Rücksend", "Storno", "cancel", "Sprung", "cracked", "erstattet",
            "money back",
            "Gutschein", "voucher", "Lieferadresse", "Anwalt", "lawyer", "Umtausch", "exchange",
        ]
        var lines = [#"require ["fileinto", "imap4flags", "mailbox", "body"];"#]
        for index in 0..<rules - 2 {
            let word = words[index % words.count] + (index < words.count ? "" : " \(index)")
            let flag = index % 2 == 0 ? #"addflag "\\Flagged";"# : #"addflag "\\Answered";"#
            lines.append(
                index % 3 == 0
                    ? #"if header :contains ["Subject", "From"] "\#(word)" { \#(flag) }"#
                    : #"if body :text :contains "\#(word)" { \#(flag) }"#
            )
        }
        lines.append(#"if exists ["List-Unsubscribe", "List-Id"] { fileinto :create "Robots"; stop; }"#)
        lines.append(#"if body :text :contains ["2026-1"] { keep; }"#)
        script = try bench.disk.write(lines.joined(separator: "\n") + "\n", to: "sieve/rules.sieve")
        try await ChildProcess.run("chmod", ["-R", "a+rX", bench.disk.path("sieve")])
        let compiled = try await ChildProcess.run("sievec", [script])
        guard compiled.succeeded else { throw NotMeasured(compiled.errorText) }
    }

    func run(_ mails: [[UInt8]], on bench: Workbench) async throws -> Measurement {
        let folder = try bench.folder("sieve-mail")
        for name in ["mail/new", "mail/cur", "mail/tmp", "home"] {
            let path = folder + "/" + name
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }
        for (index, mail) in mails.enumerated() {
            let lines = Data(mail.filter { $0 != UInt8(ascii: "\r") })
            try lines.write(to: URL(filePath: "\(folder)/mail/new/\(1_700_000_000 + index).M\(index).bench"))
        }
        let config = try MailServers.sieveFilterConfig(maildir: folder + "/mail", home: folder + "/home")
        let file = folder + "/sieve.conf"
        try Data(config.utf8).write(to: URL(filePath: file))
        for path in [folder, bench.disk.path("sieve")] {
            try await ChildProcess.run("chown", ["-R", MailServers.mailUser, path])
        }
        sync()
        return try await MeasuredProgram.run(
            "sieve-filter",
            [try MeasuredProgram.path(of: "sieve-filter"), "-c", file, "-e", "-W", script, "INBOX"],
            count: mails.count,
            folder: bench.disk.path
        ).usage
    }
}

extension Work {
    /// Fills a ledger as intake does, in batches of the same size.
    func admit() async throws -> [Measurement] {
        let orders = (0..<count).compactMap(corpus.order)
        try Data((orders.joined(separator: "\n") + "\n").utf8).write(
            to: URL(filePath: folder + "/orders.jsonl")
        )
        // The model is trained here once, so that nobody else has to.
        let house = try house()
        try await house.feed?.refresh()
        let ledger = house.ledger
        let watch = Stopwatch()
        for start in stride(from: 0, to: count, by: 200) {
            let now = Date()
            let arrivals = (start..<min(start + 200, count)).map { index in
                let raw = corpus.mail(index)
                let place = UIDPlace(mailbox: "support", folder: "INBOX", validity: 1, uid: UInt32(index + 1))
                return Arrival(place: place, role: .inbox, raw: raw, digest: MailDigest.of(raw), arrived: now)
            }
            let checkpoint = Checkpoint(
                mailbox: "support",
                folder: "INBOX",
                role: .inbox,
                validity: 1,
                firstUID: 1,
                lastUID: UInt32(min(start + 200, count))
            )
            try await ledger.admit(arrivals, checkpoint: checkpoint, now: now)
        }
        return [watch.measurement("admit", count: count)]
    }

    /// Concludes everything that is open, as the service does.
    func conclude() async throws -> [Measurement] {
        let house = try house()
        let watch = Stopwatch()
        let concluded = try await house.pipeline.concludeOpen()
        guard concluded == count else {
            throw NotMeasured("\(concluded) of \(count) concluded")
        }
        return [watch.measurement("poststelle", count: count)]
    }
}
