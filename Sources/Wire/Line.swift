// SPDX-License-Identifier: MIT

/// A logged-in byte stream to a mail server: libcurl dials, encrypts and logs in, then the caller talks.
///
/// Bytes go out by ``send(_:within:)`` and come in by ``receive(within:)``, in order and unchanged. Calls
/// take turns; only ``close()`` and the cancellation of a waiting task come through at once. Waiting happens
/// on a thread that only this line uses, and only while something waits.
///
/// How it fails: every failure is a ``WireError``. A `receive` that timed out or was cancelled has lost
/// nothing, and the line can go on. A `send` that failed may have sent a part: nothing more can be sent, but
/// what the server said (such as why it closes) can still be received.
///
/// For IMAP, whatever the server sent in the same packet as the answer to the login stays inside libcurl: the
/// first command has to be one whose answer does not matter (`NOOP`), and capabilities are to be asked for
/// anew. For SMTP the dialogue begins with an EHLO of its own.
package actor Line {
    /// Where this line leads.
    package nonisolated let endpoint: Endpoint

    /// What the server said from its greeting to the end of the login, line by line, without the secret.
    ///
    /// For the log, not for decisions: a man in the middle could have said what came before TLS.
    package private(set) var openingLines: [String] = []

    private let executor: BlockingExecutor
    private let bell = Bell()
    private var curl: Curl?
    private var inbox: [UInt8] = []
    private var end: End?
    private var isTorn = false

    /// While sending, at most about this much of the server's answers is taken in, in bytes.
    ///
    /// A batch of commands must not be so large that its answers reach this size before it is sent.
    private static let inboxLimit = 16 << 20

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private init(_ endpoint: Endpoint) {
        self.endpoint = endpoint
        executor = BlockingExecutor(label: "line.\(endpoint.name)")
    }

    /// Dials `endpoint`, and logs in if there is a `login`.
    ///
    /// - Parameters:
    ///   - endpoint: The server, and how the way to it is protected.
    ///   - login: Who logs in; `nil` for a server that needs no login.
    ///   - patience: For everything together: name look-up, connection, TLS, greeting, login.
    /// - Returns: A line on which nothing has been said yet but what libcurl said.
    /// - Throws: A ``WireError`` of stage `resolve` to `login`; a refused login carries the server's words.
    package static func open(
        _ endpoint: Endpoint,
        login: Login? = nil,
        within patience: Duration = .seconds(30)
    ) async throws(WireError) -> Line {
        let line = Line(endpoint)
        try await line.dial(login, within: patience)
        return line
    }

    /// Sends all of `bytes`, waiting while the server does not take them.
    ///
    /// Meanwhile it keeps what the server says for ``receive(within:)``: two sides that only talk would wait
    /// for each other for ever.
    ///
    /// - Parameters:
    ///   - bytes: What is sent, unchanged.
    ///   - patience: For all of `bytes` together.
    /// - Throws: `timedOut`, `closed` or `cancelled`, of stage `send`.
    package func send(_ bytes: [UInt8], within patience: Duration) async throws(WireError) {
        if let error = await waking({ line in line.sendNow(bytes, until: .now + patience) }) { throw error }
    }

    /// What the server has sent: at least one byte, at most 256 KiB (or what a `send` has gathered).
    ///
    /// - Parameter patience: How long to wait for the first byte.
    /// - Returns: An empty array when the server has ended the connection, also at every later call. A crashed
    ///   server or somebody in between can end it too, even under TLS: only the dialogue knows whether it was complete.
    /// - Throws: `timedOut` when nothing came; `closed` when the connection broke; `cancelled`.
    package func receive(within patience: Duration) async throws(WireError) -> [UInt8] {
        try await waking { line in line.receiveNow(until: .now + patience) }.get()
    }

    /// Ends the connection; whoever waits for it gets `cancelled` at once.
    ///
    /// It says nothing to the server: a polite LOGOUT or QUIT is the dialogue's. May be called more than
    /// once.
    package nonisolated func close() async {
        bell.close()
        await hangUp()
    }

    // MARK: Inside

    /// Runs `body`, which may wait; cancelling the task rings the bell that ends the wait.
    private func waking<Outcome>(_ body: (isolated Line) -> Outcome) async -> Outcome {
        let bell = bell
        return await withTaskCancellationHandler {
            body(self)
        } onCancel: {
            bell.ring()
        }
    }

    private func dial(_ login: Login?, within patience: Duration) async throws(WireError) {
        if let fault = login?.fault {
            throw WireError(.login, .other, peer: endpoint.name, reason: fault)
        }
        openingLines = try await waking { line in line.dialNow(login, until: .now + patience) }.get()
    }

    private func dialNow(
        _ login: Login?,
        until deadline: ContinuousClock.Instant
    ) -> Result<[String], WireError> {
        // First what suits best. Left to itself libcurl prefers Kerberos, NTLM and the challenge mechanisms
        // wherever a server names them, and fails where the account has no such thing.
        var attempts: [String?] = [nil]
        switch login?.secret {
        case .password: attempts = ["AUTH=PLAIN;AUTH=LOGIN", nil]
        case .oauthToken: attempts = ["AUTH=OAUTHBEARER;AUTH=XOAUTH2"]
        case nil: break
        }
        var failure: WireError?
        for mechanisms in attempts {
            var curl = Curl(bell: bell)
            do throws(WireError) {
                let lines = try curl.dial(
                    endpoint,
                    login: login,
                    mechanisms: mechanisms,
                    within: deadline - .now
                )
                if login != nil, endpoint.service == .smtp, !lines.contains(where: { $0.hasPrefix("235") }) {
                    // Where a server offers no AUTH, libcurl goes on without logging in.
                    throw WireError(.login, .notOffered, peer: endpoint.name)
                }
                self.curl = consume curl
                return .success(lines)
            } catch {
                failure = error
                guard error.kind == .notOffered, error.stage == .login else { break }
            }
        }
        return .failure(failure ?? gone(.login))
    }

    private func sendNow(_ bytes: [UInt8], until deadline: ContinuousClock.Instant) -> WireError? {
        guard !bell.isClosed, curl != nil else { return gone(.send) }
        guard !isTorn else {
            return WireError(.send, .closed, peer: endpoint.name, reason: "an earlier sending failed")
        }
        // A server that has closed answers our bytes with a reset, which may wipe its last words.
        listen()
        let error: WireError? = bytes.withUnsafeBytes { bytes in
            var rest = UnsafeRawBufferPointer(rebasing: bytes[...])
            while !rest.isEmpty {
                switch curl?.send(rest) {
                case .sent(let count):
                    rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                case .full:
                    listen()
                    switch curl?.wait(input: hasRoom, output: true, until: deadline) {
                    case .again: break
                    case .timedOut: return WireError(.send, .timedOut, peer: endpoint.name)
                    case .cancelled, nil: return gone(.send)
                    }
                case .failed(let reason):
                    return WireError(.send, .closed, peer: endpoint.name, reason: reason)
                case nil:
                    return gone(.send)
                }
            }
            return nil
        }
        if error != nil {
            isTorn = true
            listen()
        }
        return error
    }

    private var hasRoom: Bool { end == nil && inbox.count < Self.inboxLimit }

    /// Takes in what has come, without waiting, while something is being sent.
    private func listen() {
        var isMore = true
        while isMore, hasRoom { isMore = takeIn() }
    }

    /// Takes in one chunk of what has come, without waiting; returns whether there may be more.
    private func takeIn() -> Bool {
        guard let (bytes, rest) = curl?.receive() else { return false }
        // Handing over is cheaper than adding up.
        if inbox.isEmpty { inbox = bytes } else { inbox += bytes }
        switch rest {
        case .more: return true
        case .nothing: break
        case .end: end = .orderly
        case .failed(let reason): end = .broken(reason)
        }
        return false
    }

    private func receiveNow(until deadline: ContinuousClock.Instant) -> Result<[UInt8], WireError> {
        while !bell.isClosed, curl != nil {
            if inbox.isEmpty, end == nil { _ = takeIn() }
            if !inbox.isEmpty {
                defer { inbox = [] }
                return .success(inbox)
            }
            switch end {
            case .orderly:
                return .success([])
            case .broken(let reason):
                return .failure(WireError(.receive, .closed, peer: endpoint.name, reason: reason))
            case nil:
                break
            }
            switch curl?.wait(input: true, output: false, until: deadline) {
            case .again: continue
            case .timedOut: return .failure(WireError(.receive, .timedOut, peer: endpoint.name))
            case .cancelled, nil: return .failure(gone(.receive))
            }
        }
        return .failure(gone(.receive))
    }

    private func hangUp() {
        curl = nil
        inbox = []
    }

    /// How the server's side of the conversation ended.
    private enum End {
        case orderly
        case broken(String)
    }

    private func gone(_ stage: WireError.Stage) -> WireError {
        WireError(stage, .cancelled, peer: endpoint.name)
    }
}
