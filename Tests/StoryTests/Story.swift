// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Mail
import Orders
import Service
import State
import Testing

/// A story: what comes to the shop in which order, told as a value and then played.
///
/// Playing it plays it many times: once from beginning to end, with a copy of the ledger taken after every commit,
/// and once more from each copy, as the next start after a crash would go on there. Every one of them must come to
/// the same end, and no customer may get a letter twice. A crash while a letter was on its way is played in both
/// forms: the letter had left, and it had not.
struct Story: Sendable {
    var shop = Teeladen.shop
    /// What this story's shop changed in the shipped rules.
    var adapt: @Sendable (inout Playbook) -> Void = { _ in }
    var script: StoryCourier.Script = { _, _ in .delivered("250 2.0.0 Ok") }
    private(set) var steps: [Step] = []
    private(set) var labels: [String] = []
    private var time = Teeladen.start

    /// Something that happens, and when.
    struct Step: Sendable {
        var at: Date
        var what: What

        enum What: Sendable {
            /// A mail lies in a folder; `nil` if the world sends none after what it got.
            case arrives(label: Int, MailKind, @Sendable ([Consignment]) -> [UInt8]?)
            /// The shop's system tells the state of orders, given as lines of its file.
            case orders([ShelvedOrder])
            /// The house works until this time.
            case works(until: Date)
        }
    }

    /// Where a mail lies, and since when.
    struct MailKind: Sendable {
        var folder = "INBOX"
        var role = FolderRole.inbox
        var age: TimeInterval = 0
        var isBacklog = false
        var isWhole = true
    }

    init(orders: [Order] = []) {
        if !orders.isEmpty { tells(orders) }
    }

    /// A mail comes; `label` names it in the ending.
    mutating func arrives(_ label: String, _ post: Post, kind: MailKind = MailKind()) {
        arrives(label, kind: kind) { _ in post.raw }
    }

    /// A mail comes that depends on the letters that have arrived outside.
    mutating func arrives(
        _ label: String,
        kind: MailKind = MailKind(),
        answering: @escaping @Sendable ([Consignment]) -> [UInt8]?
    ) {
        steps.append(Step(at: time, what: .arrives(label: labels.count, kind, answering)))
        labels.append(label)
    }

    /// The shop's system tells the state of orders.
    mutating func tells(_ orders: [Order]) {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        tells(
            lines: orders.map { order in
                ShelvedOrder(
                    order,
                    json: (try? encoder.encode(order)).map { String(decoding: $0, as: UTF8.self) } ?? ""
                )
            }
        )
    }

    mutating func tells(lines: [ShelvedOrder]) {
        steps.append(Step(at: time, what: .orders(lines)))
    }

    /// The house works while this time goes by.
    mutating func passes(_ duration: Duration) {
        time += Double(duration.components.seconds)
        steps.append(Step(at: time, what: .works(until: time)))
    }

    /// The machine is off for this time.
    mutating func sleeps(_ duration: Duration) {
        time += Double(duration.components.seconds)
        steps.append(Step(at: time, what: .works(until: .distantPast)))
    }

    /// Plays the story, then again from each of its commits.
    ///
    /// - Returns: How it ended when nothing was interrupted.
    func play(at location: SourceLocation = #_sourceLocation) async throws -> Ending {
        let folder = try StoryFolder()
        defer { folder.remove() }
        let log = CommitLog(folder: folder)
        let whole = try StoryRun(self, ledger: folder.path("ledger"), log: log)
        try await whole.play(from: 0)
        let end = try await whole.ending()
        let cuts = log.close(with: whole.courier.arrived)
        #expect(end.faults.isEmpty, "the whole story", sourceLocation: location)
        for cut in cuts {
            for (form, arrived) in cut.forms.enumerated() {
                let resumed = try await resume(cut, form, arrived, folder)
                let faults =
                    resumed.ending.faults + resumed.ending.differences(from: end, inDoubt: resumed.inDoubt)
                #expect(
                    faults.isEmpty,
                    "resumed from commit \(cut.number) of \(cuts.count), form \(form)",
                    sourceLocation: location
                )
            }
        }
        return end
    }

    private func resume(
        _ cut: CommitLog.Cut,
        _ form: Int,
        _ arrived: [Consignment],
        _ folder: StoryFolder
    ) async throws -> (ending: Ending, inDoubt: Set<String>) {
        let path = folder.path("resumed-\(cut.number)-\(form)")
        try FileManager.default.copyItem(atPath: cut.copy, toPath: path)
        let run = try StoryRun(self, ledger: path, arrivedBefore: arrived, at: cut.time)
        let claimed = try await run.ledger.outbox().filter { $0.state == "claimed" && $0.kind == "answer" }
        try await run.recover()
        try await run.play(from: cut.step)
        return (try await run.ending(), Set(claimed.compactMap { Ending.label(ofKey: $0.key, labels) }))
    }
}

/// How a story ended.
struct Ending: Sendable {
    /// Outcome by label; `nil` while open.
    var outcomes: [String: Outcome?] = [:]
    /// Every letter that arrived outside, in order.
    var letters: [Consignment] = []
    /// State of each effect by its key.
    var states: [String: String] = [:]
    var labels: [String]

    /// The letters that reached an address, as its owner's program reads them.
    func letters(to address: String) -> [Message] {
        letters.filter { $0.recipient == address }.map(\.message)
    }

    /// What no ending may show, however the story was interrupted.
    var faults: [String] {
        var faults = outcomes.filter { $0.value == nil }.map { "\($0.key) is still open" }
        faults += states.filter { ["waiting", "claimed"].contains($0.value) }.map {
            "\($0.key) is \($0.value)"
        }
        let answers = Dictionary(grouping: letters.filter { $0.key.text.hasSuffix(".answer") }, by: \.key)
        faults += answers.filter { $0.value.count > 1 }.map { "\($0.key) arrived \($0.value.count) times" }
        for (key, copies) in Dictionary(grouping: letters, by: \.key) where Set(copies.map(\.bytes)).count > 1
        {
            faults.append("\(key) arrived in different forms")
        }
        for (label, outcome) in outcomes {
            let suffix: String? =
                switch outcome {
                case .answered: "answer"
                case .forwarded: "forward"
                case .setAside: "set-aside"
                default: nil
                }
            guard let suffix, let index = labels.firstIndex(of: label) else { continue }
            let state = states["m\(index + 1).\(suffix)"]
            if !["delivered", "rejected", "held", "dropped"].contains(state) {
                faults.append("\(label) is \(suffix)ed, its letter is \(state ?? "missing")")
            }
        }
        return faults
    }

    /// Where this ending differs from the one without an interruption.
    ///
    /// Messages `inDoubt` are those whose answer was on its way when the crash came: nobody can know whether it
    /// arrived, so they go to a person.
    func differences(from whole: Ending, inDoubt: Set<String>) -> [String] {
        var differences: [String] = []
        for (label, outcome) in outcomes {
            if inDoubt.contains(label) {
                if outcome != .forwarded {
                    differences.append("\(label) was in doubt, now \(String(describing: outcome))")
                }
            } else if whole.outcomes[label] != outcome {
                differences.append("\(label) is \(String(describing: outcome))")
            }
        }
        guard inDoubt.isEmpty else { return differences }
        for label in whole.outcomes.keys where outcomes[label] == nil {
            differences.append("\(label) is missing")
        }
        let (here, there) = (Self.byKey(letters), Self.byKey(whole.letters))
        for key in Set(here.keys).union(there.keys) where here[key] != there[key] {
            differences.append(
                "\(key): \(here[key] == nil ? "missing" : there[key] == nil ? "too much" : "other bytes")"
            )
        }
        return differences
    }

    private static func byKey(_ letters: [Consignment]) -> [Effect.Key: [UInt8]] {
        Dictionary(letters.map { ($0.key, $0.bytes) }, uniquingKeysWith: { first, _ in first })
    }

    /// The message whose effect has this key; messages are numbered in the order they came.
    static func label(ofKey key: String, _ labels: [String]) -> String? {
        let number = key.dropFirst().prefix { $0.isNumber }
        return Int(number).flatMap { labels.indices.contains($0 - 1) ? labels[$0 - 1] : nil }
    }
}
