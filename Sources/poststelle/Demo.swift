// SPDX-License-Identifier: MIT
import Actions
import ArgumentParser
import Diagnostics
import Foundation
import Logging
import Mail
import Orders
import Rules
import Service
import State
import Understanding

struct Demo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what Poststelle does with a folder of sample mails.",
        discussion: """
            Runs the whole way of a message on the samples: no server is needed, nothing is sent, and the clock
            stands at the samples' own day. Letters are written into a folder.

            Example:   poststelle demo --samples samples --rules rules
            """
    )

    @Option(help: ArgumentHelp("The folder with settings.yaml, orders.jsonl and mails/.", valueName: "dir"))
    var samples = "samples"

    @Option(help: ArgumentHelp("The folder of the shipped rules.", valueName: "dir"))
    var rules = "rules"

    @Option(
        help: ArgumentHelp(
            "Where letters and ledger are written; by default a folder that goes away.",
            valueName: "dir"
        )
    )
    var keep: String?

    /// The samples' orders and mails are written for this moment, a Saturday morning.
    private static let moment = Date(timeIntervalSince1970: 1_795_251_840)

    func run() async throws {
        try await Terminal.run { try await demonstrate() }
    }

    private func demonstrate() async throws {
        let folder =
            keep ?? NSTemporaryDirectory() + "/poststelle-demo-\(ProcessInfo.processInfo.processIdentifier)"
        defer { if keep == nil { Terminal.remove(folder) } }
        do {
            try FileManager.default.createDirectory(
                atPath: folder + "/letters",
                withIntermediateDirectories: true
            )
        } catch {
            throw Refusal("the folder \(folder) cannot be made: \(error)", .cannotCreate)
        }
        var workplace = try Workplace.parse([])
        workplace.settings = samples + "/settings.yaml"
        workplace.rules = rules
        let box = ComplaintBox()
        var settings = try workplace.loadedSettings(box)
        for index in settings.accounts.indices {
            settings.accounts[index].sender = .folder(folder + "/letters")
        }
        Terminal.complain("Reading rules and examples …")
        let playbook = try workplace.loadedPlaybook(settings, box)
        let ledger = try Ledger(at: folder + "/ledger.sqlite")
        let house = House(
            settings: settings,
            playbook: playbook,
            ledger: ledger,
            credentials: Credentials(environment: [:], settings: samples),
            events: EventLog(Logger(label: "demo", factory: { _ in SwiftLogNoOpLogHandler() })),
            filesArrived: Self.moment.addingTimeInterval(-120),
            now: { Self.moment }
        )
        let names = try mailNames(settings)
        try await house.runOnce()
        try await report(house, names)
        if keep != nil { Terminal.complain("Letters and ledger are in \(folder).") }
    }

    private func mailNames(_ settings: Settings) throws -> [String] {
        guard case .folder(let path)? = settings.accounts.first?.source,
            let names = FileManager.default.subpaths(atPath: path)?.filter({ $0.hasSuffix(".eml") }).sorted()
        else { throw Refusal("there are no mails in \(samples); is this the samples' folder?", .input) }
        return names
    }

    private func report(_ house: House, _ names: [String]) async throws {
        let entries = try await house.ledger.reading { page in
            try page.concludedMessages().compactMap { id in
                try page.concluded(id).map {
                    Entry(concluded: $0, letters: try page.letters(for: id).map(\.effect))
                }
            }
        }
        var table = Table(
            ["message", "understood", "order", "outcome", "the letter begins"],
            widths: [34, 34, 26, 10, 46]
        )
        for entry in entries {
            let uid = Int(entry.concluded.message.place.uid)
            let name = names.indices.contains(uid - 1) ? names[uid - 1] : "\(uid)"
            table.add([
                name.replacing(".eml", with: ""), entry.understood, entry.order,
                entry.concluded.outcome.rawValue.replacing("_", with: " "), entry.firstLine,
            ])
        }
        Terminal.say(table.text)
        let books = try await house.ledger.books()
        let sums = books.outcomes.sorted { $0.value > $1.value }
            .map { "\($0.value) \($0.key.rawValue.replacing("_", with: " "))" }
        Terminal.say(
            "\n\(books.total) messages = " + (sums + ["\(books.open) open"]).joined(separator: " + ")
        )
        show("An answer in full", entries.compactMap { $0.letter(.answer) }.dropFirst(2).first)
        show("A forward in full", entries.compactMap { $0.letter(.forward) }.first)
    }

    private func show(_ title: String, _ letter: Letter?) {
        guard let letter else { return }
        func shown(_ address: Message.Address) -> String {
            address.name.map { "\"\($0)\" <\(address.address)>" } ?? address.address
        }
        Terminal.say(
            """

            ── \(title) \(String(repeating: "─", count: max(0, 68 - title.count)))
            From:    \(shown(letter.from))
            To:      \(shown(letter.to))
            Subject: \(letter.subject)

            \(letter.text)
            """
        )
    }

    /// One message of the table.
    private struct Entry {
        var concluded: Concluded
        var letters: [Effect]

        func letter(_ kind: Effect.Kind) -> Letter? {
            letters.first { $0.kind == kind }?.letter
        }

        var understood: String {
            guard let reading = concluded.record?.reading else { return concluded.reason ?? "" }
            var parts = reading.intents.prefix(2).map { intent in
                intent.name + (intent.act == .does ? "" : " (\(intent.act.rawValue))")
            }
            parts += reading.guarded.map { "!" + $0.name }
            return parts.isEmpty ? "nothing for us" : Array(Set(parts)).sorted().joined(separator: ", ")
        }

        var order: String {
            guard let match = concluded.record?.order, let order = match.order else { return "–" }
            return "\(order.number) \(match.situation?.rawValue ?? "")"
        }

        /// The first line that says something: behind the greeting of an answer, or the block's reason.
        var firstLine: String {
            if let answer = letter(.answer) {
                let lines = answer.text.split(separator: "\n").map(String.init)
                return lines.dropFirst().first ?? lines.first ?? ""
            }
            if let forward = letter(.forward) {
                let lines = forward.text.split(separator: "\n").map(String.init)
                let why = lines.first { $0.contains("Warum nicht") || $0.contains("Why not") }
                return String((why ?? lines.first ?? "").drop { "│┌ ".contains($0) })
            }
            return concluded.reason ?? "stays in the inbox"
        }
    }
}
