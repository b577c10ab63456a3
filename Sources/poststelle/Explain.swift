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
import Shops
import State
import Understanding

struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what would become of a mail, and why.",
        discussion: """
            Decides the mail with the shop's rules and the orders given, exactly as the service would, and tells
            which rule matched, which data were used and what the guard said. Nothing is sent or kept.

            Example:   poststelle --settings settings.yaml explain mail.eml --at 2026-11-21T10:04:00+01:00
            """
    )

    @OptionGroup var workplace: Workplace

    @Argument(help: ArgumentHelp("A mail in RFC 5322 form.", valueName: "file"))
    var file: String

    @Option(help: ArgumentHelp("An orders file instead of the one in the settings.", valueName: "file"))
    var orders: String?

    @Option(help: ArgumentHelp("The time to decide for; by default now.", valueName: "time"))
    var at: String?

    @Option(help: "text or json.")
    var format: Check.Format = .text

    func run() async throws {
        try await Terminal.run {
            let now = try moment()
            let box = ComplaintBox()
            let settings = try workplace.loadedSettings(box)
            let playbook = try workplace.loadedPlaybook(settings, box)
            guard let raw = FileManager.default.contents(atPath: file) else {
                throw Refusal("\(file) cannot be read", .input)
            }
            let folder =
                NSTemporaryDirectory() + "/poststelle-explain-\(ProcessInfo.processInfo.processIdentifier)"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            defer { Terminal.remove(folder) }
            let ledger = try Ledger(at: folder + "/ledger.sqlite")
            let events = EventLog(Logger(label: "explain", factory: { _ in SwiftLogNoOpLogHandler() }))
            if let path = orders ?? settings.ordersFile {
                try await OrderFeed(ledger: ledger, file: OrdersFile(path: path), events: events).refresh()
            }
            let mailbox = settings.shop.mailboxes[0]
            let pipeline = Pipeline(
                ledger: ledger,
                shop: settings.shop,
                playbook: playbook,
                events: events,
                now: { now }
            )
            try await ledger.admit(
                [
                    Arrival(
                        place: UIDPlace(mailbox: mailbox.name, folder: "explain", validity: 1, uid: 1),
                        role: .inbox,
                        raw: Array(raw),
                        digest: MailDigest.of(Array(raw)),
                        arrived: now
                    )
                ],
                checkpoint: nil,
                now: now
            )
            try await pipeline.concludeOpen()
            let (concluded, letters) = try await ledger.reading { page in
                (try page.concluded(1), try page.letters(for: 1).map(\.effect))
            }
            guard let concluded else { throw Refusal("nothing was decided about \(file)", .complaints) }
            let view = ReadingView(playbook: playbook, shop: settings.shop)
            let fields = self.fields(concluded, letters, view, Message(parsing: Array(raw), in: mailbox), now)
            Terminal.say(
                format == .json ? try ReadingView.line(fields, pretty: true) : text(concluded, letters)
            )
        }
    }

    private func moment() throws -> Date {
        guard let at else { return Date() }
        do {
            return try Date(at, strategy: .iso8601)
        } catch {
            throw Refusal("`\(at)` is no time; write it like 2026-11-21T10:04:00+01:00", .usage)
        }
    }

    private func fields(
        _ concluded: Concluded,
        _ letters: [Effect],
        _ view: ReadingView,
        _ message: Message,
        _ now: Date
    ) -> [String: Any] {
        var fields: [String: Any] = [:]
        if let record = concluded.record {
            fields = view.fields(record.reading, findingsIn: message.text, id: nil)
            let decision = record.decision
            fields["tags"] = decision.tags
            fields["priority"] = decision.priority.rawValue
            fields["team"] = record.plan.team ?? NSNull()
            fields["answer"] = record.answer ?? NSNull()
            fields["trace"] = decision.trace.map { step in
                [
                    "rule": step.rule, "file": step.file, "line": step.line, "matched": step.matched,
                    "because": step.because,
                ] as [String: Any]
            }
            let failed = record.plan.withheld.flatMap(\.verdict.failed)
            fields["guard"] =
                [
                    "passed": concluded.outcome == .answered,
                    "failed": failed.map { failure in
                        failure.reason.rawValue + (failure.detail.map { ": \($0)" } ?? "")
                    },
                ] as [String: Any]
            if let order = record.order.order {
                fields["order"] =
                    [
                        "number": order.number, "situation": record.order.situation?.rawValue ?? NSNull(),
                        "age": order.updated.map { Int(now.timeIntervalSince($0)) } ?? NSNull(),
                        "belongs_to_writer": record.order.belongsToWriter,
                    ] as [String: Any]
            } else {
                fields["order"] = NSNull()
            }
        }
        fields["message"] = ReadingView.fields(message)
        fields["outcome"] = concluded.outcome.rawValue
        fields["reason"] = concluded.reason ?? NSNull()
        fields["letters"] = letters.map { effect in
            [
                "to": effect.letter.to.address, "subject": effect.letter.subject, "text": effect.letter.text,
                "send_after": effect.notBefore.formatted(.iso8601),
            ] as [String: Any]
        }
        return fields
    }

    private func text(_ concluded: Concluded, _ letters: [Effect]) -> String {
        var lines = ["outcome   \(concluded.outcome.rawValue)" + (concluded.reason.map { " (\($0))" } ?? "")]
        guard let record = concluded.record else { return lines[0] }
        for intent in record.reading.intents.prefix(3) {
            lines.append(
                "says      \(intent.name) \(ReadingView.rounded(intent.score)) \(intent.act.rawValue): “\(intent.evidence)”"
            )
        }
        for guarded in record.reading.guarded {
            lines.append("guarded   \(guarded.name): “\(guarded.evidence)”")
        }
        if let order = record.order.order {
            lines.append("order     \(order.number) \(record.order.situation?.rawValue ?? "")")
        } else {
            lines.append("order     none (\(record.order.situation?.rawValue ?? "not looked for"))")
        }
        for withheld in record.plan.withheld {
            for failure in withheld.verdict.failed {
                lines.append(
                    "withheld  \(withheld.answer): \(failure.reason.rawValue) \(failure.detail ?? "")"
                )
            }
        }
        for step in record.decision.trace {
            lines.append(
                "\(step.matched ? "matches  " : "no match ") \(step.file):\(step.line) \(step.rule): \(step.because)"
            )
        }
        for effect in letters {
            lines.append(
                "\nletter to \(effect.letter.to.address): \(effect.letter.subject)\n\n\(effect.letter.text)"
            )
        }
        return lines.joined(separator: "\n")
    }
}
