// SPDX-License-Identifier: MIT
import Actions
import Cases
import Diagnostics
import Foundation
import Mail
import Orders
import Rules
import Service
import Shops
import State
import TestSupport
import Understanding

/// Where the pipeline's time goes: each step over all mails, then the next one.
enum PartsBenchmark {
    static func run(on bench: Workbench) async throws -> Report {
        let count = min(bench.count, 5_000)
        let admitted = try await bench.admitted(count)
        var rounds: [[Measurement]] = []
        for _ in 0..<bench.rounds {
            let folder = try bench.copy(of: admitted, "parts")
            // The whole has a ledger of its own: the parts conclude theirs.
            let whole = try bench.copy(of: admitted, "pipeline")
            defer {
                bench.remove(folder)
                bench.remove(whole)
            }
            var parts = try await bench.ours(.parts, in: folder, count: count)
            var total = try await bench.ours(.conclude, in: whole, count: count)[0]
            total.name = "the pipeline as a whole"
            let named = parts.filter { $0.name.hasPrefix("- ") }.map(\.cpu).reduce(0, +)
            parts.append(
                Measurement(
                    name: "- rest: look-ups, cases, log",
                    count: count,
                    wall: 0,
                    cpu: max(total.cpu - named, 0)
                )
            )
            rounds.append([total] + parts)
        }
        var report = Report("Where the time goes (CPU; lines with - make up the whole)")
        for index in rounds[0].indices {
            report.add(rounds.map { $0[index] })
        }
        report.remark(
            "Each step runs over all mails before the next: its caches are warmer than in the pipeline."
        )
        return report
    }
}

extension Work {
    /// The steps of `Service/Pipeline.swift`, without its look-ups.
    func parts() async throws -> [Measurement] {
        let box = ComplaintBox()
        let settings = try settings(box)
        let playbook = try playbook(settings, box)
        let ledger = try ledger()
        let shop = settings.shop
        let mailbox = shop.mailboxes[0]
        let desk = Desk(
            shop: shop,
            answers: playbook.answers,
            signature: LetterSignature(secret: ledger.secret, domain: Corpus.domain)
        )
        let orders = OrdersByNumber(
            await OrdersFile(path: folder + "/orders.jsonl").changes()?.lines.map(\.order) ?? []
        )
        let mails = (0..<count).map(corpus.mail)
        let now = Date()

        let digests = timed("of which the digest", mails) { MailDigest.of($0) }
        let messages = timed("- parse", mails) { Message(parsing: $0, in: mailbox) }
        let readings = timed("- read", messages.results) {
            playbook.reader.read($0.ownWords, subject: $0.subject)
        }
        let numbers = timed("- find numbers in the subject", messages.results) {
            playbook.reader.findings(in: $0.subject)
        }
        let matches = timed("- match the order", Array(messages.results.indices)) { index in
            let message = messages.results[index]
            let found = numbers.results[index] + readings.results[index].findings
            return orders.match(found, message, readings.results[index], now, shop.promise)
        }
        let facts = messages.results.indices.map { index in
            Facts(
                message: messages.results[index],
                reading: readings.results[index],
                mailbox: mailbox.name,
                arrived: now,
                now: now,
                order: matches.results[index]
            )
        }
        let decisions = timed("- decide (\(playbook.rulebook.rules.count) rules)", facts) {
            playbook.rulebook.decide($0)
        }
        let plans = timed("- guard, write the letters", Array(facts.indices)) { index in
            desk.plan(
                decisions.results[index],
                for: facts[index],
                at: Desk.Place(message: Int64(index + 1), caseID: Case.ID(Int64(index + 1))),
                history: ReplyGuard.History()
            )
        }
        let records = facts.indices.map { index in
            // As the pipeline does: the letters lie in the outbox alone.
            var plan = plans.results[index]
            plan.effects = []
            return Record(
                reading: readings.results[index],
                order: matches.results[index],
                decision: decisions.results[index],
                plan: plan
            )
        }
        let encoder = JSONEncoder()
        let texts = try timed("- write the record as JSON", records) { try encoder.encode($0) }
        let effects = try timed("- write the letters as JSON", plans.results) { plan in
            try plan.effects.map { try encoder.encode($0) }
        }
        var commit = try await commits(records, plans.results, ledger)
        commit.cpu = max(commit.cpu - texts.usage.cpu - effects.usage.cpu, 0)
        commit.name = "- read the bytes, commit (without JSON)"
        let bytes = texts.results.map(\.count).reduce(0, +) / max(count, 1)
        var record = texts.usage
        record.name += " (\(bytes) bytes)"
        return [
            messages.usage, digests.usage, readings.usage, numbers.usage, matches.usage, decisions.usage,
            plans.usage,
            record, effects.usage, commit,
        ]
    }

    /// Concludes all open messages with what was decided about them before.
    private func commits(_ records: [Record], _ plans: [Plan], _ ledger: Ledger) async throws -> Measurement {
        let now = Date()
        let watch = Stopwatch()
        var done = 0
        while true {
            let batch = try await ledger.openMessages(limit: 50)
            guard !batch.isEmpty else { break }
            let ready = (done..<min(done + batch.count, records.count)).map { index in
                Conclusion(
                    outcome: plans[index].outcome,
                    order: records[index].order.order?.number,
                    record: records[index],
                    effects: plans[index].effects
                )
            }
            _ = try await ledger.conclude(
                batch,
                now: now,
                deciding: { index, _, _ in ready[index] },
                failed: { _, error, _ in throw error }
            )
            done += batch.count
        }
        return watch.measurement("", count: done)
    }

    /// What a step makes of each of its inputs, and what that took.
    private func timed<Input, Output>(
        _ name: String,
        _ inputs: [Input],
        _ step: (Input) throws -> Output
    ) rethrows -> (results: [Output], usage: Measurement) {
        let watch = Stopwatch()
        let results = try inputs.map(step)
        return (results, watch.measurement(name, count: inputs.count))
    }
}

/// The corpus' orders, as the ledger finds them.
private struct OrdersByNumber {
    private var byNumber: [String: Order] = [:]
    private var byAddress: [String: [Order]] = [:]

    init(_ orders: [Order]) {
        for order in orders {
            byNumber[order.number] = order
            if let address = order.customer.email?.lowercased() {
                byAddress[address, default: []].append(order)
            }
        }
    }

    func match(
        _ findings: [Reading.Finding],
        _ message: Message,
        _ reading: Reading,
        _ now: Date,
        _ promise: ShopPromise
    ) -> OrderMatch {
        let numbers = findings.filter { $0.kind == .orderNumber }
        let named = numbers.compactMap { byNumber[$0.value] }
        let writer = message.from?.address.lowercased() ?? ""
        return OrderMatch(
            named: Set(named.map(\.number)).count == 1 ? [named[0]] : named,
            namesNumber: !numbers.isEmpty,
            owned: numbers.isEmpty ? byAddress[writer] ?? [] : [],
            writer: writer,
            reading: reading,
            now: now,
            promise: promise
        )
    }
}
