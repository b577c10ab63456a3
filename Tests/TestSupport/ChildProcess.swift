// SPDX-License-Identifier: MIT

import Foundation
import Glibc
import Synchronization

/// A program started by a test, in a session of its own.
///
/// The program gets pipes for its output, its own process group, no inherited descriptors and default signal
/// handling. It runs until it ends by itself, is signalled, or the *test process* ends, in whatever way
/// (``ProcessGuard``); forgetting the object does not end it. What is left of its process group when it ends
/// is killed. A process id is only ever signalled while it certainly is ours: before it has been reaped.
package final class ChildProcess: Sendable {
    /// The process id, which is also the id of the program's session and process group.
    package let pid: Int32
    /// The program's path, for messages.
    package let executable: String

    private let state = Mutex(State())

    private struct State {
        var ending: Ending?
        var standardOutput: [UInt8] = []
        var standardError: [UInt8] = []
        var openStreams = 2
    }

    /// How a program ended.
    package enum Ending: Sendable, Hashable {
        /// It left by itself with this status.
        case exited(Int32)
        /// It was ended by this signal.
        case signalled(Int32)
    }

    /// What a finished program left behind.
    package struct Output: Sendable {
        /// How it ended.
        package var ending: Ending
        /// Everything written to descriptor 1.
        package var standardOutput: [UInt8]
        /// Everything written to descriptor 2.
        package var standardError: [UInt8]

        /// Descriptor 1 as UTF-8.
        package var text: String { String(decoding: standardOutput, as: UTF8.self) }
        /// Descriptor 2 as UTF-8.
        package var errorText: String { String(decoding: standardError, as: UTF8.self) }
        /// Whether it left with status 0.
        package var succeeded: Bool { ending == .exited(0) }
    }

    /// Why a program could not be started or did not do what the test waited for.
    package struct Failure: Error, CustomStringConvertible {
        /// What happened, with the program's own words where there are some.
        package var description: String
    }

    /// Starts a program.
    ///
    /// - Parameters:
    ///   - executable: A path, or a name to be looked up by ``find(_:)``.
    ///   - arguments: The arguments after the program's name.
    ///   - environment: Replaces the inherited environment; `nil` inherits it.
    ///   - folder: The working folder; `nil` is the test's own.
    ///   - input: Written to the program's descriptor 0, which is closed afterwards.
    /// - Throws: ``Failure`` when the program does not exist or cannot be started.
    package init(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String]? = nil,
        folder: String? = nil,
        input: [UInt8] = []
    ) throws {
        guard let path = executable.contains("/") ? executable : Self.find(executable) else {
            throw Failure(description: "\(executable): not installed")
        }
        let inputPipe = try Pipe(), outputPipe = try Pipe(), errorPipe = try Pipe()
        let descriptors = [inputPipe.reader, outputPipe.writer, errorPipe.writer]
        let started = Result {
            try Self.spawn(path, arguments, environment, folder, descriptors: descriptors)
        }
        for descriptor in descriptors { close(descriptor) }
        if case .failure = started {
            for descriptor in [inputPipe.writer, outputPipe.reader, errorPipe.reader] { close(descriptor) }
        }
        pid = try started.get()
        self.executable = path
        ProcessGuard.watch(pid)
        Thread.detachNewThread { Self.feed(input, into: inputPipe.writer) }
        Thread.detachNewThread { self.collect(outputPipe.reader, into: \.standardOutput) }
        Thread.detachNewThread { self.collect(errorPipe.reader, into: \.standardError) }
        Thread.detachNewThread { self.reap() }
    }

    /// Runs a program to its end.
    ///
    /// - Parameters:
    ///   - executable: A path, or a name to be looked up by ``find(_:)``.
    ///   - arguments: The arguments after the program's name.
    ///   - environment: Replaces the inherited environment; `nil` inherits it.
    ///   - folder: The working folder; `nil` is the test's own.
    ///   - input: What it reads from descriptor 0.
    ///   - limit: How long it may take; it is killed afterwards.
    /// - Returns: How it ended and what it wrote.
    /// - Throws: ``Failure`` when it could not be started or took longer.
    @discardableResult
    package static func run(
        _ executable: String,
        _ arguments: [String] = [],
        environment: [String: String]? = nil,
        folder: String? = nil,
        input: [UInt8] = [],
        within limit: Duration = .seconds(30)
    ) async throws -> Output {
        let child = try ChildProcess(
            executable,
            arguments,
            environment: environment,
            folder: folder,
            input: input
        )
        do {
            let ending = try await child.wait(within: limit)
            return Output(
                ending: ending,
                standardOutput: child.standardOutput,
                standardError: child.standardError
            )
        } catch {
            child.kill()
            throw error
        }
    }

    /// How the program ended; `nil` while it runs.
    package var ending: Ending? { state.withLock { $0.ending } }

    /// What has been written to descriptor 1 so far.
    package var standardOutput: [UInt8] { state.withLock { $0.standardOutput } }

    /// What has been written to descriptor 2 so far.
    package var standardError: [UInt8] { state.withLock { $0.standardError } }

    /// Waits until the program has ended and all its output has been read.
    ///
    /// - Parameter limit: How long to wait.
    /// - Returns: How it ended.
    /// - Throws: ``Failure`` when it still runs after `limit`; it is not ended by that.
    @discardableResult
    package func wait(within limit: Duration = .seconds(30)) async throws -> Ending {
        let ending = try await eventually("the end of \(executable)", within: limit) { self.ending }
        // A descendant in a session of its own may hold the pipes open for ever: the output is not waited
        // for longer than a second.
        let patience = ContinuousClock.now + .seconds(1)
        while state.withLock({ $0.openStreams }) > 0, ContinuousClock.now < patience {
            try await Task.sleep(for: .milliseconds(1))
        }
        return ending
    }

    /// Waits until the program has written `words` to descriptor 1 or 2.
    ///
    /// - Parameters:
    ///   - words: The text to look for, anywhere in the output so far.
    ///   - limit: How long to wait.
    /// - Throws: ``Failure`` with the output so far when the words did not come or the program ended first.
    package func waitForOutput(_ words: String, within limit: Duration = .seconds(10)) async throws {
        let needle = Array(words.utf8)
        try await eventually("`\(words)` from \(executable)", within: limit) {
            // An ended program's last words may still be on their way through the pipe.
            if self.ending != nil { try await self.wait() }
            let running = self.ending == nil
            let (output, errors) = self.state.withLock { ($0.standardOutput, $0.standardError) }
            if output.firstRange(of: needle) != nil || errors.firstRange(of: needle) != nil { return true }
            guard running else {
                let said = String(decoding: output + errors, as: UTF8.self)
                throw Failure(description: "\(self.executable) ended without saying `\(words)`: \(said)")
            }
            return nil
        }
    }

    /// Sends a signal to the program; nothing happens when it has ended.
    ///
    /// - Parameter signal: `SIGTERM`, `SIGHUP`, `SIGSTOP`, ….
    package func send(_ signal: Int32) {
        state.withLock { if $0.ending == nil { _ = Glibc.kill(pid, signal) } }
    }

    /// Kills the program's whole process group at once (`SIGKILL`).
    package func kill() {
        state.withLock { if $0.ending == nil { _ = Glibc.kill(-pid, SIGKILL) } }
    }

    /// Process ids of the program's session that still run; zombies do not count.
    package var runningSession: [Int32] { Self.running(inSession: pid) }

    /// Process ids that still run in a session; zombies do not count.
    ///
    /// - Parameter session: The ``pid`` of a child, perhaps one that has ended.
    /// - Returns: The ids, in no order.
    package static func running(inSession session: Int32) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { candidate in
            guard let stat = FileManager.default.contents(atPath: "/proc/\(candidate)/stat") else {
                return false
            }
            // proc(5): `pid (name) state ppid pgrp session …`; the name may hold blanks and parentheses.
            let rest = String(decoding: stat, as: UTF8.self).split(separator: ")").last ?? ""
            let fields = rest.split(separator: " ")
            guard fields.count > 3 else { return false }
            return fields[3] == String(session) && fields[0] != "Z" && fields[0] != "X"
        }
    }

    /// The path of an installed program.
    ///
    /// - Parameter program: A name without a folder.
    /// - Returns: The first match in `PATH` and the folders of system programs, or `nil`.
    package static func find(_ program: String) -> String? {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
        let folders =
            path.split(separator: ":").map(String.init) + ["/usr/sbin", "/usr/bin", "/sbin", "/bin"]
        return folders.map { "\($0)/\(program)" }.first { access($0, X_OK) == 0 }
    }

    /// The path of a program of this package, built beside the running tests.
    ///
    /// - Parameter name: The product's name, such as `poststelle`.
    /// - Returns: Its path in the build folder.
    /// - Throws: ``Failure`` when it is not there.
    package static func builtProduct(_ name: String) throws -> String {
        let folder = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
        let path = folder.appending(path: name).path
        guard access(path, X_OK) == 0 else {
            throw Failure(description: "no built `\(name)` in \(folder.path): run `swift build` first")
        }
        return path
    }
}

extension ChildProcess {
    private struct Pipe {
        let reader: Int32
        let writer: Int32

        init() throws {
            var ends: [Int32] = [-1, -1]
            // Not atomic, since Swift does not see `pipe2`; our own children close what they inherit anyway.
            guard pipe(&ends) == 0, ends.allSatisfy({ fcntl($0, F_SETFD, FD_CLOEXEC) == 0 }) else {
                throw Failure(description: "no pipe: \(String(cString: strerror(errno)))")
            }
            (reader, writer) = (ends[0], ends[1])
        }
    }

    /// `posix_spawn` with everything a test does not want to inherit taken away.
    ///
    /// - Throws: ``Failure`` with the system's reason.
    static func spawn(
        _ path: String,
        _ arguments: [String],
        _ environment: [String: String]?,
        _ folder: String?,
        descriptors: [Int32]
    ) throws -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in descriptors.enumerated() {
            posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
        }
        _ = GNUSpawn.addCloseFrom(&actions, Int32(descriptors.count))
        if let folder { _ = folder.withCString { GNUSpawn.addChangeFolder(&actions, $0) } }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t(), all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = GNUSpawn.setSession | Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        posix_spawnattr_setflags(&attributes, Int16(flags))

        let variables = environment ?? ProcessInfo.processInfo.environment
        var argv = ([path] + arguments).map { strdup($0) } + [nil]
        var envp = variables.map { strdup("\($0)=\($1)") } + [nil]
        defer { for string in argv + envp { free(string) } }
        var pid: pid_t = 0
        let failure = posix_spawn(&pid, path, &actions, &attributes, &argv, &envp)
        guard failure == 0 else {
            throw Failure(description: "\(path) could not be started: \(String(cString: strerror(failure)))")
        }
        return pid
    }

    private static func feed(_ input: [UInt8], into descriptor: Int32) {
        // A program that does not read its input must not end the tests by SIGPIPE. The signal goes to the
        // writing thread, so it is enough to block it here.
        var mask = sigset_t()
        sigemptyset(&mask)
        sigaddset(&mask, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &mask, nil)
        var rest = input[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { break }
            rest = rest.dropFirst(written)
        }
        close(descriptor)
    }

    private func collect(_ descriptor: Int32, into stream: any WritableKeyPath<State, [UInt8]> & Sendable) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            state.withLock { $0[keyPath: stream] += buffer[..<count] }
        }
        close(descriptor)
        state.withLock { $0.openStreams -= 1 }
    }

    private func reap() {
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WEXITED | WNOWAIT) < 0, errno == EINTR {}
        state.withLock {
            // The leader is still a zombie here: its id, and so the group's, cannot belong to anybody else.
            _ = Glibc.kill(-pid, SIGKILL)
            var status: Int32 = 0
            while waitpid(pid, &status, 0) < 0, errno == EINTR {}
            let signal = status & 0x7f
            $0.ending = signal == 0 ? .exited((status >> 8) & 0xff) : .signalled(signal)
        }
        ProcessGuard.forget(pid)
    }
}

/// The parts of glibc's `posix_spawn` that its headers show only to programs with `_GNU_SOURCE`.
///
/// Swift imports glibc without it. They exist since glibc 2.34; Debian 12 has 2.36.
private enum GNUSpawn {
    /// `POSIX_SPAWN_SETSID` of `spawn.h`: the child leads a new session.
    static let setSession: Int32 = 0x80

    typealias AddCloseFrom =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, Int32) -> Int32
    typealias AddChangeFolder =
        @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> Int32

    /// The child closes all descriptors from this number on.
    static let addCloseFrom = find("posix_spawn_file_actions_addclosefrom_np", as: AddCloseFrom.self)
    /// The child changes its working folder.
    static let addChangeFolder = find("posix_spawn_file_actions_addchdir_np", as: AddChangeFolder.self)

    private static func find<Function>(_ name: String, as type: Function.Type) -> Function {
        guard let symbol = dlsym(dlopen(nil, RTLD_NOW), name) else {
            preconditionFailure("glibc has no \(name)")
        }
        return unsafeBitCast(symbol, to: type)
    }
}
