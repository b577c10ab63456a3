// SPDX-License-Identifier: MIT
import ArgumentParser
import Diagnostics
import Foundation
import Logging
import Rules
import Service
import State
import TestSupport

/// One piece of our own work in a process of its own; started by the measurements, prints them as JSON.
struct Work: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Used by the measurements.",
        shouldDisplay: false
    )

    /// What is done.
    enum Job: String, CaseIterable, ExpressibleByArgument {
        /// Fills a ledger with the corpus and its orders.
        case admit
        /// Fetches new mails of a mailbox into a new ledger.
        case intake
        /// Concludes everything in a ledger.
        case conclude
        /// Sends everything that waits in a ledger's outbox.
        case dispatch
        /// Hands letters to the courier, without a ledger.
        case courier
        /// Every step of the pipeline by itself.
        case parts
        /// What a start does, up to the first look at the mailbox.
        case start
        /// Trains the model of the shipped examples.
        case train
    }

    @Argument var job: Job
    @Option var folder: String
    @Option var count: Int
    @Option var seed: UInt64
    @Option var base: Double
    @Option var rules: String
    @Option var model: String
    @Option var credentials: String
    /// The mail server's port on 127.0.0.1.
    @Option var port = 9
    /// The certificate of the IMAP server.
    @Option var ca: String?
    /// Whose mailbox.
    @Option var user = Corpus.address
    @Option var validity: UInt32 = 1
    @Option var way = CourierWay.chunking

    func run() async throws {
        let measured =
            switch job {
            case .admit: try await admit()
            case .intake: try await intake()
            case .conclude: try await conclude()
            case .dispatch: try await dispatch()
            case .courier: try await carry()
            case .parts: try await parts()
            case .start: try await start()
            case .train: try await train()
            }
        tell(String(decoding: try JSONEncoder().encode(measured), as: UTF8.self))
    }

    // MARK: - A shop

    var corpus: Corpus { Corpus(seed: seed, base: Date(timeIntervalSince1970: base)) }

    /// As the service opens it: commits are on the disk before they return.
    func ledger() throws -> Ledger { try Ledger(at: folder + "/ledger.sqlite") }

    /// As the service writes it; descriptor 2 is a file here.
    var events: EventLog { EventLog(Logger(label: "poststelle", factory: { _ in JournalLog() })) }

    /// A shop that sends at once and without a ceiling, so that every answer is really written.
    func settings(_ box: ComplaintBox) throws -> Settings {
        let text = """
            shop: Laden
            language: de
            mode: send
            hold: 0 s
            limits: {per_address_and_day: 3, per_day: 1000000}
            mailboxes:
              support:
                address: \(Corpus.address)
                imap: {host: 127.0.0.1, port: 9, security: none, user: \(user), credential: mail-password}
                smtp: {host: 127.0.0.1, port: \(port), security: none}
                authentication: mx.\(Corpus.domain)
            teams: {service: team@\(Corpus.domain)}
            default_team: service
            orders:
              file: orders.jsonl
              numbers: ['2026-\\d{4,6}']
            """
        let source = SourceText.decode(Array(text.utf8), name: "settings.yaml", into: box)
        guard let source, let settings = SettingsReader(folder: folder, box: box).read(source) else {
            throw NotMeasured(box.complaints.render())
        }
        return settings
    }

    /// The shipped rules, with as many more as make fifty.
    func playbook(_ settings: Settings, _ box: ComplaintBox) throws -> Playbook {
        func read(_ folders: [String]) throws -> Playbook {
            guard
                let playbook = RuleFolder(folders: folders, modelCache: model).playbook(
                    for: settings,
                    box: box
                )
            else {
                throw NotMeasured(box.complaints.render())
            }
            return playbook
        }
        let shipped = try read([rules])
        let missing = Self.ruleCount - shipped.rulebook.rules.count
        guard missing > 0 else { return shipped }
        let more = folder + "/more-rules"
        try FileManager.default.createDirectory(atPath: more, withIntermediateDirectories: true)
        let lines = (0..<missing).map {
            "  - {name: Wort \($0), when: {own_words: {contains: 'wort\($0)'}}, do: [{tag: Wort\($0)}]}"
        }
        try Data((["rules:"] + lines).joined(separator: "\n").utf8).write(
            to: URL(filePath: more + "/15-words.yaml")
        )
        return try read([more, rules])
    }

    /// As many rules as the budgets speak of.
    static let ruleCount = 50

    /// The whole house on this folder's ledger.
    func house() throws -> House {
        let box = ComplaintBox()
        let settings = try settings(box)
        return House(
            settings: settings,
            playbook: try playbook(settings, box),
            ledger: try ledger(),
            credentials: Credentials(environment: [:], settings: credentials),
            events: events
        )
    }
}
