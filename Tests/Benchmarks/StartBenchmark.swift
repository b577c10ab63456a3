// SPDX-License-Identifier: MIT
import Diagnostics
import Foundation
import Service
import State
import Understanding

/// How long a start takes, and what memory it leaves behind.
enum StartBenchmark {
    static func run(on bench: Workbench) async throws -> Report {
        // Fills the cache of the model too.
        let admitted = try await bench.admitted(min(bench.count, 2_000))
        let folder = try bench.copy(of: admitted, "start")
        defer { bench.remove(folder) }
        let rounds = try await bench.inTurn([
            { try await bench.ours(.start, in: folder, count: 1)[0] },
            { try await bench.ours(.train, in: folder, count: 1)[0] },
        ])
        var report = Report("Start")
        for one in rounds { report.add(one) }
        let start = Report.number(rounds[0].map(\.wall).median * 1_000)
        let training = Report.number(rounds[1].map(\.wall).median)
        let memory = Report.number(Double(rounds[0].compactMap(\.peak).max() ?? 0) / 1e6)
        let own = Report.number(Double(rounds[0].compactMap(\.own).max() ?? 0) / 1e6)
        report.remark("start with cached model \(start) ms (budget 300 ms)")
        report.remark(
            "memory then: \(memory) MB (budget for idle 40 MB), without pages of libraries and files \(own) MB"
        )
        report.remark("training \(training) s for the shipped examples (budget 3 s for 10,000)")
        return report
    }
}

extension Work {
    /// Settings, rules, answers, model, ledger: everything up to the first look at the mailbox.
    func start() async throws -> [Measurement] {
        let watch = Stopwatch()
        let house = try house()
        try await house.supervisor.recover()
        return [watch.measurement("start with cached model", count: 1)]
    }

    /// The examples' files to a model, as the first start does.
    func train() async throws -> [Measurement] {
        let box = ComplaintBox()
        let settings = try settings(box)
        let watch = Stopwatch()
        let playbook = RuleFolder(folders: [rules], modelCache: nil).playbook(for: settings, box: box)
        let examples = playbook?.exampleCount ?? 0
        return [watch.measurement("training with \(examples) examples", count: 1)]
    }
}
