// SPDX-License-Identifier: MIT
import Foundation
import Intake
import Mail
import Service
import State
import TestSupport
import Wire

/// New mails from a real Dovecot over TLS into the ledger, beside `mbsync` into a Maildir.
enum IntakeBenchmark {
    static func run(on bench: Workbench) async throws -> Report {
        let servers = try await MailServers.shared()
        let mailbox = try await FilledMailbox("intake@\(Corpus.domain)", bench.count, servers, bench)
        // One file and two syncs for each mail: a tenth of them tells enough.
        let few = try await FilledMailbox("sync@\(Corpus.domain)", max(bench.count / 10, 100), servers, bench)
        let rounds = try await bench.inTurn([
            { try await mailbox.intake(bench) },
            { try await mailbox.mbsync(sync: false, bench) },
            { try await few.mbsync(sync: true, bench) },
        ])
        var report = Report("Intake over TLS from Dovecot on this machine, durable")
        for one in rounds { report.add(one) }
        report.compare(rounds[0], with: rounds[1], speed: "≥ 1.3", processor: "≤ 1.0")
        report.compare(rounds[0], with: rounds[2], speed: "≥ 5")
        report.remark("Dovecot's own work is on the same cores and bounds both.")
        return report
    }
}

/// New mails from a server 20 ms away.
enum DistanceBenchmark {
    static func run(on bench: Workbench) async throws -> Report {
        let servers = try await MailServers.shared()
        let count = min(bench.count, 5_000)
        let mailbox = try await FilledMailbox("distance@\(Corpus.domain)", count, servers, bench)
        let proxy = try DelayProxy(to: servers.imapsPort, roundTrip: .milliseconds(20))
        defer { proxy.stop() }
        let rounds = try await bench.inTurn([
            { try await mailbox.intake(bench, port: proxy.port) },
            { try await mailbox.mbsync(sync: false, bench, port: proxy.port) },
        ])
        var report = Report("Intake over TLS at a round trip of 20 ms")
        for one in rounds { report.add(one) }
        report.compare(rounds[0], with: rounds[1], speed: "≥ 1.0", processor: "-")
        return report
    }
}

/// A mailbox on the server that holds the first mails of the corpus.
private struct FilledMailbox {
    let servers: MailServers
    let address: String
    let count: Int
    let validity: UInt32

    init(_ address: String, _ count: Int, _ servers: MailServers, _ bench: Workbench) async throws {
        self.servers = servers
        self.address = address
        self.count = count
        if servers.count(of: address) == 0 { try await servers.deliverMany(bench.mails(count), to: address) }
        // Dovecot gives the UIDs now, not while the first competitor waits.
        _ = try await servers.uids(of: address)
        validity = try await servers.uidValidity(of: address)
    }

    func intake(_ bench: Workbench, port: Int? = nil) async throws -> Measurement {
        let folder = try bench.folder("intake")
        defer { bench.remove(folder) }
        return try await bench.ours(
            .intake,
            in: folder,
            count: count,
            ["--user", address, "--validity", "\(validity)", "--ca", servers.caFile]
                + ["--port", "\(port ?? servers.imapsPort)"]
        )[0]
    }

    func mbsync(sync: Bool, _ bench: Workbench, port: Int? = nil) async throws -> Measurement {
        let folder = try bench.folder("mbsync")
        var config = servers.mbsyncConfig(address: address, target: folder, sync: sync)
        if let port { config = config.replacing("Port \(servers.imapsPort)", with: "Port \(port)") }
        let file = try bench.disk.write(config, to: "mbsyncrc")
        let usage = try await MeasuredProgram.run(
            sync ? "mbsync with fsync" : "mbsync without fsync",
            [try MeasuredProgram.path(of: "mbsync"), "-c", file, "fetch"],
            count: count,
            folder: bench.disk.path
        ).usage
        let fetched = try FileManager.default.contentsOfDirectory(atPath: folder + "/INBOX/new").count
        guard fetched == count else {
            throw NotMeasured("mbsync fetched \(fetched) of \(count)")
        }
        return usage
    }
}

extension Work {
    /// Watches the mailbox as the service does, until the last mail is committed.
    func intake() async throws -> [Measurement] {
        let ledger = try ledger()
        // As after an earlier look at the empty folder: nothing in it is backlog.
        let start = Checkpoint(
            mailbox: "support",
            folder: "INBOX",
            role: .inbox,
            validity: validity,
            firstUID: 1,
            lastUID: 0
        )
        try await ledger.admit([], checkpoint: start, now: Date())
        let desk = FrontDesk(ledger: ledger, bell: Bell(), events: events, now: { Date() })
        let endpoint = Endpoint(
            .imap,
            host: "127.0.0.1",
            port: port,
            security: .tls,
            trust: ca.map { .authorities(file: $0) } ?? .system
        )
        let secret = try Credentials(environment: [:], settings: credentials).secret("mail-password")
        let login = Login(user: user, secret: .password(secret))
        var options = IMAPSource.Options(mailbox: "support", endpoint: endpoint) { login }
        options.watchesSent = false
        let source = IMAPSource(options)
        let counting = CountingDesk(desk, count: count)
        let watch = Stopwatch()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await source.watch(for: counting) }
            group.addTask { for await _ in counting.isFull { break } }
            try await group.next()
            group.cancelAll()
        }
        let measured = watch.measurement("poststelle", count: count)
        let books = try await ledger.books()
        guard books.total == count else {
            throw NotMeasured(
                "\(books.total) of \(count) mails arrived: \(await counting.complaint)"
            )
        }
        return [measured]
    }
}

/// The house's own desk, and a note when enough has been admitted.
private actor CountingDesk: ArrivalDesk {
    nonisolated let isFull: AsyncStream<Void>
    private let fill: AsyncStream<Void>.Continuation
    private let desk: FrontDesk
    private var left: Int
    private(set) var complaint = "no complaint"

    init(_ desk: FrontDesk, count: Int) {
        self.desk = desk
        left = count
        (isFull, fill) = AsyncStream.makeStream()
    }

    func checkpoint(mailbox: String, folder: String) async throws -> Checkpoint? {
        try await desk.checkpoint(mailbox: mailbox, folder: folder)
    }

    func admit(_ arrivals: [Arrival], checkpoint: Checkpoint?) async throws {
        try await desk.admit(arrivals, checkpoint: checkpoint)
        left -= arrivals.count
        if left <= 0 { fill.finish() }
    }

    func renumber(_ found: [UInt32: MessageSketch], at place: UIDPlace) async throws -> [UInt32] {
        try await desk.renumber(found, at: place)
    }

    func missing(_ uids: [UInt32], at place: UIDPlace) async throws -> [UInt32] {
        try await desk.missing(uids, at: place)
    }

    func looked(at mailbox: String, complaint: String?) async {
        await desk.looked(at: mailbox, complaint: complaint)
        guard let complaint else { return }
        self.complaint = complaint
        fill.finish()
    }
}
