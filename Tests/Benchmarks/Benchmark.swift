// SPDX-License-Identifier: MIT
import ArgumentParser
import Foundation
import Glibc
import TestSupport

/// Measures the speed of the house beside programs that do the same work, and prints tables.
///
/// Figures are printed, never tested: this ends with an error only when something could not be measured.
@main
struct Benchmark: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "poststelle-bench",
        abstract: "Measure the speed of Poststelle beside other programs.",
        subcommands: [Measure.self, Work.self],
        defaultSubcommand: Measure.self
    )
}

/// The measurements, one after the other.
struct Measure: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Run measurements and print them.",
        discussion: """
            Wait a minute between two runs: where many files were just removed, new ones are slow to make, and the
            peers make one for each mail.

            Needs root, Dovecot, Postfix, mbsync and sieve-filter, and a build with `-c release`.

            Example:   Tests/run bench --only intake --only pipeline --count 5000 --rounds 5
            """
    )

    /// What can be measured; each has a file of its own.
    enum Subject: String, CaseIterable, ExpressibleByArgument {
        case intake, distance, pipeline, parts, letters, start
    }

    @Option(help: "Measure this alone; may be given several times.")
    var only: [Subject] = []

    @Option(help: "How many mails.")
    var count = 10_000

    @Option(help: "How often each is measured; the tables show medians.")
    var rounds = 3

    @Option(help: "The seed of the made-up mails.")
    var seed: UInt64 = 2_026

    @Flag(help: "2,000 mails, one round.")
    var quick = false

    @Option(help: "A folder on a real disk that every user may enter.")
    var disk = "/var/tmp"

    @Option(help: "The shipped rules.")
    var rules = "rules"

    func validate() throws {
        guard count >= 100, rounds >= 1 else { throw ValidationError("at least 100 mails and one round") }
        guard access(rules + "/understanding", F_OK) == 0 else {
            throw ValidationError(
                "\(rules) holds no rules: start it in the package's folder, or name --rules DIR"
            )
        }
    }

    func run() async throws {
        let bench = try Workbench(
            count: quick ? min(count, 2_000) : count,
            rounds: quick ? 1 : rounds,
            seed: seed,
            place: disk,
            rules: rules
        )
        tell(introduction(bench))
        var failures = 0
        for subject in only.isEmpty ? Subject.allCases : only {
            do {
                let report = try await Self.measure(subject, on: bench)
                tell(report.text)
            } catch {
                failures += 1
                tell("\(subject.rawValue)\n  could not be measured: \(error)\n")
            }
        }
        if failures > 0 { throw ExitCode(1) }
    }

    private static func measure(_ subject: Subject, on bench: Workbench) async throws -> Report {
        switch subject {
        case .intake: try await IntakeBenchmark.run(on: bench)
        case .distance: try await DistanceBenchmark.run(on: bench)
        case .pipeline: try await PipelineBenchmark.run(on: bench)
        case .parts: try await PartsBenchmark.run(on: bench)
        case .letters: try await LettersBenchmark.run(on: bench)
        case .start: try await StartBenchmark.run(on: bench)
        }
    }

    private func introduction(_ bench: Workbench) -> String {
        var load = [0.0, 0, 0]
        getloadavg(&load, 3)
        let sample = bench.mails(min(bench.count, 500)).map { Double($0.count) }
        #if DEBUG
            let build = "\nThis is a debug build: its figures mean nothing."
        #else
            let build = ""
        #endif
        return """
            \(bench.count) mails of \(Report.number(sample.min() ?? 0)) to \(Report.number(sample.max() ?? 0)) bytes, \
            median \(Report.number(sample.median)); \(bench.rounds) rounds, medians; seed \(bench.seed).
            \(ProcessInfo.processInfo.activeProcessorCount) cores, load \(Report.number(load[0])) at the start. \
            Figures by the clock are noisy on a machine that has other work; CPU times less so, ratios of one round \
            least.\(build)

            """
    }
}
