// SPDX-License-Identifier: MIT

import Dispatch
import Glibc
import Synchronization

/// A small TCP server on loopback that says what a test tells it to say, including lies, silence and cuts.
///
/// It speaks no protocol by itself. Each connection runs the test's closure on a thread of its own; the
/// closure reads lines, writes bytes, and may cut the connection wherever it likes:
///
/// ```swift
/// try await ScriptedServer.with { connection in
///     try connection.write("* OK ready\r\n")
///     let tag = try connection.command("CAPABILITY").tag
///     try connection.write("* CAPABILITY IMAP4rev1\r\n\(tag) OK done\r\n")
///     connection.cut()
/// } during: { server in
///     let line = try await Line.open(…, port: server.port, …)
/// }
/// ```
///
/// or plays a list of steps: `ScriptedServer.with(steps: [.say("220 hi\r\n"), .expect("EHLO"), .cut]) { … }`.
/// Behaviour per connection: look at ``Connection/number`` (1 for the first one).
///
/// It ends at ``stop()`` or after its `lifetime`, whichever comes first; every read and write inside a
/// closure then throws ``Trouble/over``. Whatever a closure throws is kept in ``complaints``, so that a test
/// can demand `server.complaints.isEmpty`; a client that just goes away (``Trouble/gone``) is no complaint.
package final class ScriptedServer: Sendable {
    /// The port on 127.0.0.1 that the system chose for this server.
    package let port: Int

    private let state: State

    /// Starts listening on a free port of 127.0.0.1.
    ///
    /// - Parameters:
    ///   - lifetime: After this time everything ends by itself.
    ///   - handler: Runs once per connection, on a thread of its own; the connection is closed when it returns.
    /// - Throws: ``Trouble/system`` when no port can be had.
    package init(
        lifetime: Duration = .seconds(30),
        handler: @escaping @Sendable (Connection) throws -> Void
    ) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard listener >= 0 else { throw Trouble.system("socket", errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                bind(listener, generic, size) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, generic, &size) == 0
            }
        }
        guard bound else {
            let code = errno
            Glibc.close(listener)
            throw Trouble.system("bind", code)
        }
        port = Int(UInt16(bigEndian: address.sin_port))
        let state = State(listener: listener, end: .now + lifetime)
        self.state = state
        DispatchQueue(label: "scripted-server.accept").async { state.acceptAll(handler) }
    }

    /// Starts a server that plays the same `steps` on every connection.
    package convenience init(lifetime: Duration = .seconds(30), steps: [Step]) throws {
        try self.init(lifetime: lifetime) { connection in
            for step in steps { try connection.play(step) }
        }
    }

    /// Runs a server for the duration of `body` and stops it afterwards, also when `body` throws.
    package static func with<Outcome>(
        lifetime: Duration = .seconds(30),
        handler: @escaping @Sendable (Connection) throws -> Void,
        during body: (ScriptedServer) async throws -> Outcome
    ) async throws -> Outcome {
        let server = try ScriptedServer(lifetime: lifetime, handler: handler)
        defer { server.stop() }
        return try await body(server)
    }

    /// Plays the same `steps` on every connection for the duration of `body`.
    package static func with<Outcome>(
        lifetime: Duration = .seconds(30),
        steps: [Step],
        during body: (ScriptedServer) async throws -> Outcome
    ) async throws -> Outcome {
        let server = try ScriptedServer(lifetime: lifetime, steps: steps)
        defer { server.stop() }
        return try await body(server)
    }

    /// Ends the server: no new connections, open ones are cut, waiting closures get ``Trouble/over``.
    ///
    /// May be called from anywhere, more than once. It does not wait for the closures to return.
    package func stop() { state.stop() }

    /// How many connections have been accepted so far.
    package var connectionCount: Int { state.inner.withLock { $0.heard.count } }

    /// Everything the clients have said so far, one entry per connection, in the order of their coming.
    package var heard: [String] {
        state.inner.withLock { $0.heard.map { String(decoding: $0, as: UTF8.self) } }
    }

    /// The lines of all connections, one after the other, without their line endings.
    package var heardLines: [String] {
        heard.flatMap { $0.split(whereSeparator: \.isNewline).map(String.init) }
    }

    /// What the closures and steps complained about, such as an unexpected line.
    package var complaints: [String] { state.inner.withLock { $0.complaints } }

    /// One thing the server does in a script of steps.
    package enum Step: Sendable {
        /// Sends the text as it stands; line endings are not added.
        case say(String)
        /// Sends bytes as they stand.
        case bytes([UInt8])
        /// Reads a line and complains unless it begins with this text (ASCII case does not matter).
        case expect(String)
        /// Reads a line and complains unless the closure likes it.
        case expectLine(@Sendable (String) -> Bool)
        /// Reads an IMAP command and complains unless it is this one; `{tag}` in later ``answer(_:)`` is its
        /// tag.
        case command(String)
        /// Sends the text with `{tag}` replaced by the tag of the last ``command(_:)``.
        case answer(String)
        /// Reads and drops this many bytes.
        case swallow(Int)
        /// Says nothing for this long, but notices ``ScriptedServer/stop()``.
        case pause(Duration)
        /// Reads whatever comes, silently, until the client goes away.
        case listen
        /// Closes the connection at once and in order (FIN).
        case cut
        /// Closes the connection as a crashing host does (RST).
        case reset
    }

    /// Why a read or a write in a script did not happen.
    package enum Trouble: Error, Hashable {
        /// The client closed the connection.
        case gone
        /// The server was stopped, its lifetime is over, or the script cut the connection itself.
        case over
        /// The client said something else than the script expects.
        case unexpected(said: String, wanted: String)
        /// A system call failed; its name and `errno`.
        case system(String, Int32)
    }
}

extension ScriptedServer {
    /// One accepted connection, for the closure that plays the server's part in it.
    ///
    /// Not for use outside that closure.
    package final class Connection {
        /// Counts the server's connections from 1.
        package let number: Int

        private let descriptor: Int32
        private let state: State
        private var pending: [UInt8] = []
        private var position = 0
        private var isCut = false
        private var isReset = false
        private var tag = ""

        fileprivate init(number: Int, descriptor: Int32, state: State) {
            self.number = number
            self.descriptor = descriptor
            self.state = state
        }

        /// The next line without its line ending (CRLF or LF), read as UTF-8.
        ///
        /// - Throws: ``Trouble/gone`` when the client closed before the line was complete.
        package func readLine() throws -> String {
            var searched = position
            while true {
                if let end = pending[searched...].firstIndex(of: 10) {
                    var line = pending[position..<end]
                    if line.last == 13 { line.removeLast() }
                    position = end + 1
                    return String(decoding: line, as: UTF8.self)
                }
                let behind = pending.count - position
                try fill()
                searched = position + behind
            }
        }

        /// Exactly `count` bytes, such as an announced literal.
        package func read(_ count: Int) throws -> [UInt8] {
            while pending.count - position < count { try fill() }
            defer { position += count }
            return Array(pending[position..<position + count])
        }

        /// Reads a line that must begin with `prefix` (ASCII case does not matter) and returns it whole.
        @discardableResult
        package func expect(_ prefix: String) throws -> String {
            let line = try readLine()
            guard line.lowercased().hasPrefix(prefix.lowercased()) else {
                throw Trouble.unexpected(said: line, wanted: prefix)
            }
            return line
        }

        /// Reads an IMAP command, which must be `name` (such as `UID FETCH`; empty for any); returns its tag
        /// and its arguments.
        package func command(_ name: String = "") throws -> (tag: String, arguments: String) {
            let line = try readLine()
            let parts = line.split(separator: " ", maxSplits: 1).map(String.init)
            let rest = parts.count > 1 ? parts[1] : ""
            guard rest.lowercased().hasPrefix(name.lowercased()) else {
                throw Trouble.unexpected(said: line, wanted: "TAG \(name)")
            }
            tag = parts.first ?? ""
            return (tag, String(rest.dropFirst(name.count).drop { $0 == " " }))
        }

        /// Sends text as it stands, all of it; waits while the client does not read.
        package func write(_ text: String) throws { try write(Array(text.utf8)) }

        /// Sends bytes as they stand, all of them; waits while the client does not read.
        package func write(_ bytes: [UInt8]) throws {
            var sent = 0
            while sent < bytes.count {
                try wait(for: Int16(POLLOUT))
                let count = bytes.withUnsafeBytes { buffer in
                    send(
                        descriptor,
                        buffer.baseAddress.map { $0 + sent },
                        bytes.count - sent,
                        Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
                    )
                }
                if count > 0 {
                    sent += count
                } else if errno != EAGAIN, errno != EINTR {
                    throw state.isOver ? Trouble.over : Trouble.gone
                }
            }
        }

        /// Says nothing for `duration`; ends early with ``Trouble/over`` when the server is stopped.
        package func pause(_ duration: Duration) throws {
            let until = ContinuousClock.now + duration
            while ContinuousClock.now < until {
                guard !isCut, !state.isOver else { throw Trouble.over }
                // Without wanted events `poll` reports only the end of the connection, such as `stop()`
                // brings.
                var entry = pollfd(fd: descriptor, events: 0, revents: 0)
                let left = min(state.milliseconds(until: until), state.millisecondsLeft)
                if poll(&entry, 1, left) > 0 { throw state.isOver ? Trouble.over : Trouble.gone }
            }
        }

        /// Reads whatever comes, silently, until the client goes away or the server is stopped.
        package func listen() throws {
            do {
                while true {
                    position = pending.count
                    try fill()
                }
            } catch Trouble.gone {}
        }

        /// Closes the connection in order, now; every later read or write throws ``Trouble/over``.
        ///
        /// Everything written before still reaches the client.
        package func cut() {
            guard !isCut else { return }
            isCut = true
            drain()
        }

        /// Takes in what the client has said but nobody read; closing with that unread would become a reset.
        fileprivate func drain() {
            guard !isReset else { return }
            shutdown(descriptor, Int32(SHUT_WR))
            var buffer = [UInt8](repeating: 0, count: 1 << 16)
            while recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT)) > 0 {}
        }

        /// Closes the connection as a crashing host does: the client gets "connection reset" (RST).
        ///
        /// It happens when the closure returns; every later read or write throws ``Trouble/over``.
        package func reset() {
            guard !isCut else { return }
            isCut = true
            isReset = true
            var option = linger(l_onoff: 1, l_linger: 0)
            setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        }

        /// Plays one step of a script.
        package func play(_ step: Step) throws {
            switch step {
            case .say(let text): try write(text)
            case .bytes(let bytes): try write(bytes)
            case .expect(let prefix): try expect(prefix)
            case .expectLine(let isRight):
                let line = try readLine()
                guard isRight(line) else {
                    throw Trouble.unexpected(said: line, wanted: "a line of another kind")
                }
            case .command(let name): _ = try command(name)
            case .answer(let text):
                let pieces = text.split(separator: "{tag}", omittingEmptySubsequences: false)
                try write(pieces.joined(separator: tag))
            case .swallow(let count): _ = try read(count)
            case .pause(let duration): try pause(duration)
            case .listen: try listen()
            case .cut: cut()
            case .reset: reset()
            }
        }

        /// Reads what has come into `pending`; waits for the first byte.
        private func fill() throws {
            if position > 1 << 16 {
                pending.removeFirst(position)
                position = 0
            }
            while true {
                try wait(for: Int16(POLLIN))
                var buffer = [UInt8](repeating: 0, count: 1 << 16)
                let count = recv(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT))
                if count > 0 {
                    pending.append(contentsOf: buffer[..<count])
                    state.note(buffer[..<count], of: number)
                    return
                }
                if count < 0, errno == EAGAIN || errno == EINTR { continue }
                throw state.isOver ? Trouble.over : Trouble.gone
            }
        }

        /// Waits until the socket is ready for `event`; throws when the server's time is over.
        private func wait(for event: Int16) throws {
            guard !isCut else { throw Trouble.over }
            while true {
                let left = state.millisecondsLeft
                guard left > 0 else { throw Trouble.over }
                var entry = pollfd(fd: descriptor, events: event, revents: 0)
                if poll(&entry, 1, left) > 0 { return }
            }
        }
    }
}

/// What the threads of one server share.
private final class State: Sendable {
    struct Inner {
        var isStopped = false
        var open: [Int: Int32] = [:]
        var heard: [[UInt8]] = []
        var complaints: [String] = []
    }

    let inner = Mutex(Inner())
    private let listener: Int32
    private let end: ContinuousClock.Instant

    init(listener: Int32, end: ContinuousClock.Instant) {
        self.listener = listener
        self.end = end
    }

    var isOver: Bool { inner.withLock { $0.isStopped } || ContinuousClock.now >= end }

    var millisecondsLeft: Int32 { isOver ? 0 : milliseconds(until: end) }

    func milliseconds(until instant: ContinuousClock.Instant) -> Int32 {
        let left = (instant - .now).components
        return Int32(clamping: max(0, left.seconds * 1000 + left.attoseconds / 1_000_000_000_000_000 + 1))
    }

    /// Accepts until stopped; then closes the listening socket, which nobody else does.
    func acceptAll(_ handler: @escaping @Sendable (ScriptedServer.Connection) throws -> Void) {
        while true {
            var entry = pollfd(fd: listener, events: Int16(POLLIN), revents: 0)
            let left = millisecondsLeft
            guard left > 0 else { break }
            guard poll(&entry, 1, left) > 0, !isOver else { continue }
            let descriptor = accept(listener, nil, nil)
            guard descriptor >= 0 else { continue }
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            // An answer written in pieces does not wait for the peer's delayed acknowledgement.
            var now: Int32 = 1
            setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &now, socklen_t(MemoryLayout<Int32>.size))
            let number: Int? = inner.withLock { inner in
                guard !inner.isStopped else { return nil }
                inner.heard.append([])
                inner.open[inner.heard.count] = descriptor
                return inner.heard.count
            }
            guard let number else {
                Glibc.close(descriptor)
                break
            }
            DispatchQueue(label: "scripted-server.connection").async {
                self.serve(number, descriptor, handler)
            }
        }
        Glibc.close(listener)
    }

    private func serve(
        _ number: Int,
        _ descriptor: Int32,
        _ handler: (ScriptedServer.Connection) throws -> Void
    ) {
        let connection = ScriptedServer.Connection(number: number, descriptor: descriptor, state: self)
        var complaint: String?
        do {
            try handler(connection)
        } catch ScriptedServer.Trouble.gone {
        } catch ScriptedServer.Trouble.over {
        } catch {
            complaint = "connection \(number): \(error)"
        }
        connection.drain()
        // Closing under the lock: `stop()` must never shut down a descriptor that already belongs to another.
        inner.withLock { inner in
            if let complaint { inner.complaints.append(complaint) }
            inner.open[number] = nil
            Glibc.close(descriptor)
        }
    }

    func note(_ bytes: ArraySlice<UInt8>, of number: Int) {
        inner.withLock { $0.heard[number - 1].append(contentsOf: bytes) }
    }

    func stop() {
        inner.withLock { inner in
            guard !inner.isStopped else { return }
            inner.isStopped = true
            shutdown(listener, Int32(SHUT_RDWR))
            for descriptor in inner.open.values { shutdown(descriptor, Int32(SHUT_RDWR)) }
        }
    }
}
