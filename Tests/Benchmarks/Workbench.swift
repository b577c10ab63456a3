// SPDX-License-Identifier: MIT
import Foundation
import Glibc
import TestSupport

/// What all measurements share: how much is measured, the servers, and a folder on a real disk.
///
/// The servers keep their mail in memory where there is `/dev/shm`, so that their disk is not what is measured;
/// whatever is compared (ledger, Maildir) lies on the disk, where a commit costs what it costs.
struct Workbench: Sendable {
    var count: Int
    var rounds: Int
    var seed: UInt64
    /// The moment the dates of the corpus are counted back from.
    let base = Date()
    /// On the disk; the mail servers' user may enter it.
    let disk: TemporaryFolder
    /// The shipped rules.
    let rules: String

    /// - Parameters:
    ///   - count: How many mails.
    ///   - rounds: How often each is measured.
    ///   - seed: The corpus' seed.
    ///   - place: A folder on a real disk that every user may enter.
    ///   - rules: The folder of the shipped rules.
    /// - Throws: The system's reason.
    init(count: Int, rounds: Int, seed: UInt64, place: String, rules: String) throws {
        self.count = count
        self.rounds = rounds
        self.seed = seed
        self.rules = URL(filePath: rules).path
        // Temporary folders are made where this variable says at that moment.
        setenv("TMPDIR", place, 1)
        disk = try TemporaryFolder(openToAll: true)
        setenv("TMPDIR", access("/dev/shm", W_OK) == 0 ? "/dev/shm" : place, 1)
        try disk.write(MailServers.password + "\n", to: "credentials/mail-password")
    }

    var corpus: Corpus { Corpus(seed: seed, base: base) }

    /// The first mails of the corpus.
    func mails(_ count: Int) -> [[UInt8]] { (0..<count).map(corpus.mail) }

    /// Runs a part of ours in a process of its own, so that its memory and processor time are its own.
    ///
    /// - Parameters:
    ///   - job: Which part.
    ///   - folder: Where its ledger is, or will be.
    ///   - count: How many messages.
    ///   - options: Further arguments of ``Work``.
    /// - Returns: What it measured.
    /// - Throws: The part's last words.
    func ours(_ job: Work.Job, in folder: String, count: Int, _ options: [String] = []) async throws
        -> [Measurement]
    {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
        let arguments =
            [program, "work", job.rawValue, "--folder", folder, "--count", "\(count)", "--seed", "\(seed)"]
            + ["--base", "\(base.timeIntervalSince1970)", "--rules", rules, "--model", disk.path("model")]
            + ["--credentials", disk.path] + options
        let run = try await MeasuredProgram.run(job.rawValue, arguments, count: count, folder: disk.path)
        return try JSONDecoder().decode([Measurement].self, from: Data(run.output))
    }

    /// A new folder on the disk.
    ///
    /// One with many files is not removed before the end: for half a minute ext4 does not give away the inodes of
    /// files that were just removed, and looks at each of them whenever a new one is made. The next round of a
    /// program with one file for each mail would take five times as long.
    func folder(_ name: String) throws -> String {
        let path = disk.path("\(name)-\(UInt32.random(in: 0...(.max)))")
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        return path
    }

    /// Removes a folder with a ledger.
    func remove(_ path: String) {
        do {
            try FileManager.default.removeItem(atPath: path)
        } catch {
            tell("\(path) stays for the moment: \(error)", on: 2)
        }
    }

    /// A folder with a ledger in which the first mails of the corpus are admitted and all orders are known.
    func admitted(_ count: Int) async throws -> String {
        let path = disk.path("admitted-\(count)")
        if access(path, F_OK) != 0 {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            _ = try await ours(.admit, in: path, count: count)
        }
        return path
    }

    /// A copy of a folder, for a round that changes it.
    func copy(of path: String, _ name: String) throws -> String {
        let copy = disk.path("\(name)-\(UInt32.random(in: 0...(.max)))")
        try FileManager.default.copyItem(atPath: path, toPath: copy)
        // What was just written is not to be paid for by the next measurement.
        sync()
        return copy
    }

    /// Runs all competitors in turn, round after round, so that a busy machine is unfair to all alike.
    ///
    /// - Returns: For each competitor its rounds.
    func inTurn(_ competitors: [() async throws -> Measurement]) async throws -> [[Measurement]] {
        var rounds = [[Measurement]](repeating: [], count: competitors.count)
        for round in 0..<self.rounds {
            // Whoever went first goes last next time.
            for place in competitors.indices {
                let index = (place + round) % competitors.count
                rounds[index].append(try await competitors[index]())
            }
        }
        return rounds
    }
}

/// Writes lines at once, also where somebody else reads them: results on descriptor 1, everything else on 2.
func tell(_ words: String, on descriptor: Int32 = 1) {
    _ = (words + "\n").withCString { write(descriptor, $0, strlen($0)) }
}
