// SPDX-License-Identifier: MIT
import Foundation
import Glibc
import TestSupport

/// A program that is run to its end while its time is taken: a peer, or a part of this one.
///
/// It gets a process group of its own, so that `ProcessGuard` can end it if this process is killed meanwhile.
enum MeasuredProgram {
    /// What it took, and what it wrote to descriptor 1.
    struct Run: Sendable {
        var usage: Measurement
        var output: [UInt8]
    }

    /// Runs it.
    ///
    /// - Parameters:
    ///   - name: How it is called in the tables.
    ///   - arguments: The program's path first.
    ///   - count: How many messages it is given.
    ///   - folder: Where its output may be kept meanwhile.
    /// - Returns: Processor time with that of its own children; its memory is not known.
    /// - Throws: The last words of a program that did not leave with status 0.
    static func run(_ name: String, _ arguments: [String], count: Int, folder: String) async throws -> Run {
        try await onOwnThread {
            let output = folder + "/output", complaints = folder + "/complaints"
            let watch = ContinuousClock.now
            let pid = try start(arguments, output: output, complaints: complaints)
            ProcessGuard.watch(pid)
            var status: Int32 = 0
            var used = rusage()
            while wait4(pid, &status, 0, &used) < 0, errno == EINTR {}
            let wall = watch.duration(to: .now).seconds
            ProcessGuard.forget(pid)
            guard status == 0 else {
                let words = FileManager.default.contents(atPath: complaints) ?? Data()
                throw NotMeasured(
                    "\(name) ended with \(status): \(String(decoding: words.suffix(1_000), as: UTF8.self))"
                )
            }
            let usage = Measurement(name: name, count: count, wall: wall, cpu: used.processorTime)
            return Run(usage: usage, output: Array(FileManager.default.contents(atPath: output) ?? Data()))
        }
    }

    private static func start(_ arguments: [String], output: String, complaints: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        posix_spawn_file_actions_addopen(&actions, 2, complaints, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
        var words = arguments.map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, arguments[0], &actions, &attributes, &words, environ)
        guard failure == 0 else {
            throw NotMeasured("\(arguments[0]): \(String(cString: strerror(failure)))")
        }
        return pid
    }

    /// The path of an installed program.
    ///
    /// - Throws: A sentence that names the Debian packages to install.
    static func path(of program: String) throws -> String {
        guard let path = ChildProcess.find(program) else {
            let packages = MailServers.peerPackages.joined(separator: " ")
            throw NotMeasured(
                "\(program) is not installed: apt-get install \(packages)"
            )
        }
        return path
    }
}
