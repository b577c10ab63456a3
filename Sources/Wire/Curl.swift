// SPDX-License-Identifier: MIT

import CCurl
import Glibc
import Synchronization

/// One libcurl handle with the connections it holds; the only place where Swift meets libcurl.
///
/// It frees itself once. It must stay with one actor on a ``BlockingExecutor``: libcurl allows only one
/// thread at a time per handle, and most of what is here waits. Only its ``Bell`` may be touched from
/// elsewhere.
///
/// Everything is driven through libcurl's *multi* interface, with a single transfer in it, since
/// `curl_multi_wakeup` is the one call that another thread may make: it ends any wait here at once.
///
/// Nothing comes from the environment: no proxy variables, no `.netrc`, no cookies, no signals.
struct Curl: ~Copyable {
    private let easy: UnsafeMutableRawPointer
    private let multi: UnsafeMutableRawPointer
    private let reason: UnsafeMutablePointer<CChar>
    private let scratch: UnsafeMutableRawBufferPointer
    private let ears = Ears()
    private let bell: Bell
    private var socket: curl_socket_t = -1

    /// The most that ``receive()`` returns at once, in bytes.
    static let chunk = 256 * 1024

    /// libcurl's own once-only preparation; a global is initialised once, whichever thread comes first.
    private static let preparation: CURLcode = curl_global_init(Int(CURL_GLOBAL_DEFAULT))

    init(bell: Bell) {
        precondition(Self.preparation == CURLE_OK, "libcurl could not be prepared")
        guard let easy = curl_easy_init(), let multi = curl_multi_init() else {
            preconditionFailure("libcurl found no memory for a handle")
        }
        self.easy = easy
        self.multi = multi
        self.bell = bell
        reason = .allocate(capacity: Int(CURL_ERROR_SIZE))
        reason.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        scratch = .allocate(byteCount: Self.chunk, alignment: 16)
        bell.attach(multi)
    }

    deinit {
        bell.detach()
        curl_multi_remove_handle(multi, easy)
        curl_easy_cleanup(easy)
        curl_multi_cleanup(multi)
        reason.deallocate()
        scratch.deallocate()
    }

    // MARK: A logged-in byte stream

    /// Dials, encrypts, greets and logs in; afterwards ``send(_:)`` and ``receive()`` carry the conversation.
    ///
    /// Returns everything the server said meanwhile, line by line, without the secret. `mechanisms` are the
    /// SASL mechanisms to choose from, as `AUTH=…;AUTH=…`; `nil` leaves the choice to libcurl.
    mutating func dial(
        _ endpoint: Endpoint,
        login: Login?,
        mechanisms: String?,
        within patience: Duration
    ) throws(WireError) -> [String] {
        guard let url = endpoint.url else {
            throw WireError(.resolve, .other, peer: endpoint.name, reason: "not a host and port one can dial")
        }
        reset(for: patience, trust: endpoint.trust, protocols: "imap,imaps,smtp,smtps")
        set(CURLOPT_URL, url)
        set(CURLOPT_CONNECT_ONLY, 1)
        set(CURLOPT_USE_SSL, endpoint.security == .startTLS ? Int(CURLUSESSL_ALL.rawValue) : 0)
        if let login {
            set(CURLOPT_USERNAME, login.user)
            switch login.secret {
            case .password(let password): set(CURLOPT_PASSWORD, password)
            case .oauthToken(let token): set(CURLOPT_XOAUTH2_BEARER, token)
            }
            set(CURLOPT_LOGIN_OPTIONS, mechanisms)
            // SMTP servers always take the first response together with AUTH (RFC 4954 section 4): one round
            // trip less. For IMAP libcurl itself sees whether the server can (SASL-IR).
            set(CURLOPT_SASL_IR, endpoint.service == .smtp ? 1 : 0)
        }
        let ending = perform(until: .now + patience)
        let said = ears.lines.map { login?.masked($0) ?? $0 }
        if case .done(CURLE_OK) = ending {
            ccurl_get_socket(easy, CURLINFO_ACTIVESOCKET, &socket)
            return said
        }
        throw dialError(ending, endpoint, said: said)
    }

    /// Hands bytes to the connection without waiting; after ``Sent/full`` the same bytes, at the same
    /// address, must be offered again (OpenSSL remembers the record it has begun).
    borrowing func send(_ bytes: UnsafeRawBufferPointer) -> Sent {
        var count = 0
        reason.pointee = 0
        let code = curl_easy_send(easy, bytes.baseAddress, bytes.count, &count)
        if code == CURLE_OK, count > 0 { return .sent(count) }
        return code == CURLE_AGAIN || code == CURLE_OK ? .full : .failed(words(for: code))
    }

    enum Sent {
        case sent(Int)
        case full
        case failed(String)
    }

    /// Takes what has arrived, up to ``chunk`` bytes, without waiting.
    ///
    /// It asks until nothing is left: what TLS has already decrypted would not make the socket readable
    /// again.
    borrowing func receive() -> (bytes: [UInt8], then: Rest) {
        var filled = 0
        var rest = Rest.more
        reason.pointee = 0
        while filled < scratch.count {
            var count = 0
            let start = scratch.baseAddress.map { $0 + filled }
            let code = curl_easy_recv(easy, start, scratch.count - filled, &count)
            guard code == CURLE_OK, count > 0 else {
                rest = code == CURLE_OK ? .end : code == CURLE_AGAIN ? .nothing : .failed(words(for: code))
                break
            }
            filled += count
        }
        return (Array(UnsafeRawBufferPointer(rebasing: scratch[..<filled])), rest)
    }

    /// What follows the bytes that ``receive()`` took.
    ///
    /// A failure must be remembered: a socket reports it once, and then an orderly end.
    enum Rest {
        case more
        case nothing
        case end
        case failed(String)
    }

    /// Waits until the connection has input, or room for output, or somebody rings.
    borrowing func wait(input: Bool, output: Bool, until deadline: ContinuousClock.Instant) -> Waking {
        if bell.isClosed || Task.isCancelled { return .cancelled }
        let left = Self.milliseconds(until: deadline)
        guard left > 0 else { return .timedOut }
        var entry = curl_waitfd(
            fd: socket,
            events: Int16((input ? CURL_WAIT_POLLIN : 0) | (output ? CURL_WAIT_POLLOUT : 0)),
            revents: 0
        )
        // A ring, a signal or an error on the socket end the wait too: the caller tries again and finds out.
        guard curl_multi_poll(multi, &entry, 1, left, nil) == CURLM_OK else { return .cancelled }
        return bell.isClosed || Task.isCancelled ? .cancelled : .again
    }

    enum Waking {
        case again
        case timedOut
        case cancelled
    }

    // MARK: HTTP

    /// Carries one HTTP request to `request.url` and no further; redirects are left to the caller.
    ///
    /// Returns the response, and where it points to if it is a redirect. `peer` is the server as `host:port`,
    /// for errors.
    borrowing func exchange(
        _ request: HTTP.Request,
        url: String,
        peer: String,
        trust: Trust,
        until deadline: ContinuousClock.Instant
    ) throws(WireError) -> (response: HTTP.Response, location: String?) {
        reset(for: deadline - .now, trust: trust, protocols: "http,https")
        set(CURLOPT_URL, url)
        set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
        set(CURLOPT_ACCEPT_ENCODING, "gzip")
        ears.limit = request.limit
        // On a connection kept from before, libcurl repeats a request by itself when the server had just
        // closed it. What must not happen twice gets a connection of its own.
        set(CURLOPT_FRESH_CONNECT, request.isRepeatable ? 0 : 1)
        if request.method == "HEAD" {
            set(CURLOPT_NOBODY, 1)
        } else if request.body != nil || ["POST", "PUT", "PATCH"].contains(request.method) {
            let body = request.body ?? []
            set(CURLOPT_POST, 1)
            ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count))
            body.withUnsafeBytes { bytes in
                // libcurl copies here; a nil pointer would mean that it should ask a callback for the body.
                let start = bytes.baseAddress ?? UnsafeRawPointer(reason)
                _ = ccurl_set_pointer(easy, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
            }
        }
        if request.method != "HEAD" { set(CURLOPT_CUSTOMREQUEST, request.method) }
        var list: UnsafeMutablePointer<curl_slist>?
        for field in request.headers.fields {
            list = curl_slist_append(
                list,
                field.value.isEmpty ? "\(field.name);" : "\(field.name): \(field.value)"
            )
        }
        // libcurl would call every body a web form, and would wait for "100 Continue" before a larger one.
        for name in ["Content-Type", "Expect"] where request.headers[name] == nil {
            list = curl_slist_append(list, "\(name):")
        }
        if request.headers["User-Agent"] == nil { list = curl_slist_append(list, "User-Agent: poststelle") }
        ccurl_set_list(easy, CURLOPT_HTTPHEADER, list)
        defer {
            // Given up half-way, the transfer still uses the list.
            curl_multi_remove_handle(multi, easy)
            ccurl_set_list(easy, CURLOPT_HTTPHEADER, nil)
            curl_slist_free_all(list)
        }

        let ending = perform(until: deadline)
        guard case .done(CURLE_OK) = ending else {
            throw exchangeError(ending, peer: peer, bodySize: request.body?.count ?? 0)
        }
        var status = 0
        ccurl_get_long(easy, CURLINFO_RESPONSE_CODE, &status)
        var target: UnsafePointer<CChar>?
        ccurl_get_string(easy, CURLINFO_REDIRECT_URL, &target)
        let response = HTTP.Response(
            status: status,
            headers: HTTP.Headers(lines: ears.lines),
            body: ears.body
        )
        return (response, target.map { String(cString: $0) })
    }

    /// The parts of an HTTP address that decide where it leads, or `nil` when it is none or holds a user's
    /// name.
    static func origin(of url: String) -> HTTP.Origin? {
        guard let parsed = curl_url() else { return nil }
        defer { curl_url_cleanup(parsed) }
        guard curl_url_set(parsed, CURLUPART_URL, url, UInt32(CURLU_DISALLOW_USER)) == CURLUE_OK else {
            return nil
        }
        func part(_ part: CURLUPart) -> String? {
            var text: UnsafeMutablePointer<CChar>?
            guard curl_url_get(parsed, part, &text, UInt32(CURLU_DEFAULT_PORT)) == CURLUE_OK, let text else {
                return nil
            }
            defer { curl_free(text) }
            return String(cString: text)
        }
        guard let scheme = part(CURLUPART_SCHEME), scheme == "https" || scheme == "http",
            let host = part(CURLUPART_HOST), let port = part(CURLUPART_PORT)
        else { return nil }
        return HTTP.Origin(scheme: scheme, host: host.lowercased(), port: port)
    }

    // MARK: Inside

    /// Forgets the last transfer's options (not its connections) and sets what holds for every one.
    private borrowing func reset(for patience: Duration, trust: Trust, protocols: String) {
        curl_multi_remove_handle(multi, easy)
        curl_easy_reset(easy)
        ears.clear()
        reason.pointee = 0
        ccurl_set_pointer(easy, CURLOPT_ERRORBUFFER, reason)
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_PROTOCOLS_STR, protocols)
        set(CURLOPT_PROXY, "")
        set(CURLOPT_TCP_KEEPALIVE, 1)
        set(CURLOPT_TCP_KEEPIDLE, 60)
        set(CURLOPT_TCP_KEEPINTVL, 30)
        // A name look-up cannot be broken off; without this, giving up would wait for its end.
        set(CURLOPT_QUICK_EXIT, 1)
        // `perform` keeps the deadline; libcurl must know it too, to share it among a host's several
        // addresses.
        set(CURLOPT_CONNECTTIMEOUT_MS, Int(Self.milliseconds(until: .now + patience)))
        set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        set(CURLOPT_SSL_VERIFYPEER, trust == .anybody ? 0 : 1)
        set(CURLOPT_SSL_VERIFYHOST, trust == .anybody ? 0 : 2)
        if case .authorities(let file) = trust {
            set(CURLOPT_CAINFO, file)
            set(CURLOPT_CAPATH, nil)
        }
        // Without sinks of ours libcurl would print.
        let context = Unmanaged.passUnretained(ears).toOpaque()
        ccurl_set_sink(easy, CURLOPT_HEADERFUNCTION, hearLine)
        ccurl_set_pointer(easy, CURLOPT_HEADERDATA, context)
        ccurl_set_sink(easy, CURLOPT_WRITEFUNCTION, hearBody)
        ccurl_set_pointer(easy, CURLOPT_WRITEDATA, context)
    }

    private borrowing func set(_ option: CURLoption, _ value: Int) {
        let code = ccurl_set_long(easy, option, value)
        precondition(code == CURLE_OK, "this libcurl lacks option \(option.rawValue)")
    }

    private borrowing func set(_ option: CURLoption, _ value: String?) {
        let code = ccurl_set_string(easy, option, value)
        precondition(
            code == CURLE_OK,
            "this libcurl lacks option \(option.rawValue), or its value is too long"
        )
    }

    private enum Ending {
        case done(CURLcode)
        case timedOut
        case cancelled
    }

    /// Runs the configured transfer to its end, or until the deadline, a cancellation or a closing bell.
    ///
    /// A finished `CONNECT_ONLY` transfer stays in the multi handle: taking it out would close its
    /// connection.
    private borrowing func perform(until deadline: ContinuousClock.Instant) -> Ending {
        guard curl_multi_add_handle(multi, easy) == CURLM_OK else { return .done(CURLE_FAILED_INIT) }
        while true {
            if bell.isClosed || Task.isCancelled { return .cancelled }
            var running: Int32 = 0
            guard curl_multi_perform(multi, &running) == CURLM_OK else { return .done(CURLE_FAILED_INIT) }
            var waiting: Int32 = 0
            while let message = curl_multi_info_read(multi, &waiting) {
                if message.pointee.msg == CURLMSG_DONE { return .done(ccurl_message_result(message)) }
            }
            let left = Self.milliseconds(until: deadline)
            guard left > 0 else { return .timedOut }
            curl_multi_poll(multi, nil, 0, left, nil)
        }
    }

    private borrowing func dialError(_ ending: Ending, _ endpoint: Endpoint, said: [String]) -> WireError {
        var error = WireError(
            reachedStage(endpoint, said),
            .other,
            peer: endpoint.name,
            serverWords: Self.lastReply(of: said)
        )
        guard case .done(let code) = ending else {
            error.kind = if case .timedOut = ending { .timedOut } else { .cancelled }
            return error
        }
        error.reason = words(for: code)
        switch code {
        case CURLE_LOGIN_DENIED, CURLE_AUTH_ERROR:
            error.stage = .login
            // The same code says that the server refused and that it offered nothing libcurl can do. A token
            // is refused by a challenge that explains it (RFC 7628 section 3.2.2); libcurl hangs up at that
            // point.
            let challenge = error.serverWords.flatMap(Login.challenge)
            error.kind = challenge != nil || Self.isRefusal(error.serverWords) ? .loginDenied : .notOffered
            error.reason = challenge
        case CURLE_USE_SSL_FAILED:
            (error.stage, error.kind) = (.tls, .notOffered)
            error.reason = nil
        default:
            classify(code, into: &error)
        }
        return error
    }

    private borrowing func exchangeError(_ ending: Ending, peer: String, bodySize: Int) -> WireError {
        var uploaded: curl_off_t = 0
        var requested = 0
        ccurl_get_offset(easy, CURLINFO_SIZE_UPLOAD_T, &uploaded)
        ccurl_get_long(easy, CURLINFO_REQUEST_SIZE, &requested)
        var error = WireError(unreachedStage ?? .tls, .other, peer: peer)
        if requested > 0 { error.stage = uploaded < curl_off_t(bodySize) ? .send : .receive }
        guard case .done(let code) = ending else {
            error.kind = if case .timedOut = ending { .timedOut } else { .cancelled }
            return error
        }
        error.reason = words(for: code)
        if ears.isOverfull {
            error.kind = .tooLarge
            error.reason = "more than \(ears.limit) bytes"
        } else {
            classify(code, into: &error)
        }
        return error
    }

    /// What libcurl's code says about any kind of transfer.
    private borrowing func classify(_ code: CURLcode, into error: inout WireError) {
        switch code {
        case CURLE_OPERATION_TIMEDOUT:
            error.kind = .timedOut
        case CURLE_COULDNT_RESOLVE_HOST:
            error.stage = .resolve
        case CURLE_COULDNT_CONNECT:
            error.stage = .connect
            var number = 0
            ccurl_get_long(easy, CURLINFO_OS_ERRNO, &number)
            if number == Int(ECONNREFUSED) { error.kind = .refused }
        case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR:
            (error.stage, error.kind) = (.tls, .certificate)
        case CURLE_SSL_CONNECT_ERROR:
            error.stage = .tls
        case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE:
            error.kind = .closed
        default:
            break
        }
    }

    /// How far a failed dialling had come, by what libcurl has measured and the server has said.
    private borrowing func reachedStage(_ endpoint: Endpoint, _ said: [String]) -> WireError.Stage {
        if let unreachedStage { return unreachedStage }
        var encrypted: curl_off_t = 0
        ccurl_get_offset(easy, CURLINFO_APPCONNECT_TIME_T, &encrypted)
        if endpoint.security == .tls, encrypted == 0 { return .tls }
        return said.isEmpty ? .greeting : .login
    }

    /// The stage at which a transfer failed that has not even a TCP connection; `nil` when it has.
    private var unreachedStage: WireError.Stage? {
        var resolved: curl_off_t = 0
        var localPort = 0
        ccurl_get_offset(easy, CURLINFO_NAMELOOKUP_TIME_T, &resolved)
        // libcurl counts the TLS handshake as part of connecting, so its connect time would not tell.
        ccurl_get_long(easy, CURLINFO_LOCAL_PORT, &localPort)
        return localPort > 0 ? nil : resolved == 0 ? .resolve : .connect
    }

    /// libcurl's account of a failure: its detailed words if it left any, else the code's.
    private borrowing func words(for code: CURLcode) -> String {
        reason.pointee == 0 ? String(cString: curl_easy_strerror(code)) : String(cString: reason)
    }

    private static func milliseconds(until deadline: ContinuousClock.Instant) -> Int32 {
        let left = (deadline - .now).components
        guard left.seconds >= 0, left.attoseconds >= 0 else { return 0 }
        let (whole, overflow) = left.seconds.multipliedReportingOverflow(by: 1000)
        // Rounded up: a wait must not end just before its time and then spin.
        return overflow ? .max : Int32(clamping: whole + left.attoseconds / 1_000_000_000_000_000 + 1)
    }

    /// The last line, together with the lines before it that belong to the same SMTP reply (RFC 5321 4.2.1).
    private static func lastReply(of lines: [String]) -> String? {
        guard let last = lines.last else { return nil }
        let prefix = last.prefix(3) + "-"
        guard last.utf8.count >= 3, last.prefix(3).allSatisfy(\.isNumber) else { return last }
        let first = (lines.dropLast().lastIndex { !$0.hasPrefix(prefix) } ?? -1) + 1
        return lines[first...].joined(separator: "\n")
    }

    /// Whether a reply is an IMAP `NO`, `BAD` or `BYE`, or an SMTP 4xx or 5xx.
    private static func isRefusal(_ reply: String?) -> Bool {
        guard let reply else { return false }
        if let first = reply.first, reply.prefix(3).allSatisfy(\.isNumber) {
            return first == "4" || first == "5"
        }
        let words = reply.split(separator: " ", maxSplits: 2)
        return words.count > 1 && ["NO", "BAD", "BYE"].contains(words[1].uppercased())
    }
}

/// Ends a wait inside libcurl from any thread.
///
/// The lock makes it safe: a handle is attached exactly as long as it lives, and is never rung without the
/// lock.
final class Bell: Sendable {
    /// Sendable in truth: the pointer is only ever passed to `curl_multi_wakeup`, which any thread may call.
    private struct Rope: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer
    }

    private struct State {
        var rope: Rope?
        var isClosed = false
    }

    private let state = Mutex(State())

    /// Whether ``close()`` was called; it stays so.
    var isClosed: Bool { state.withLock { $0.isClosed } }

    /// Ends the wait that is going on, or else the next one.
    func ring() {
        state.withLock { state in
            if let rope = state.rope { curl_multi_wakeup(rope.multi) }
        }
    }

    /// Ends every wait from now on.
    func close() {
        state.withLock { $0.isClosed = true }
        ring()
    }

    fileprivate func attach(_ multi: UnsafeMutableRawPointer) {
        let rope = Rope(multi: multi)
        state.withLock { $0.rope = rope }
    }

    fileprivate func detach() {
        state.withLock { $0.rope = nil }
    }
}

/// What libcurl hears while it runs a transfer; filled by its callbacks, on the thread that runs it.
private final class Ears {
    /// Replies of a mail server, or header lines of an HTTP response, without their line endings.
    private(set) var lines: [String] = []
    private(set) var body: [UInt8] = []
    private(set) var isOverfull = false
    /// The most that ``body`` may hold; header lines are limited by ``mostLines`` and by libcurl.
    var limit = 0

    private static let mostLines = 512
    private static let longestLine = 8192

    func clear() {
        lines = []
        body = []
        isOverfull = false
        limit = 0
    }

    func hear(line bytes: UnsafeRawBufferPointer) {
        var line = bytes.prefix(Self.longestLine)
        while let last = line.last, last == 10 || last == 13 { line.removeLast() }
        let text = String(decoding: line, as: UTF8.self)
        // "100 Continue" and the like come before the response that counts.
        if text.hasPrefix("HTTP/") { lines = [] }
        if lines.count == Self.mostLines { lines.removeFirst() }
        lines.append(text)
    }

    func hear(body bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count <= limit - body.count else {
            isOverfull = true
            return false
        }
        body.append(contentsOf: bytes)
        return true
    }
}

private let hearLine: ccurl_sink = { bytes, _, count, context in
    guard let context, let bytes else { return 0 }
    Unmanaged<Ears>.fromOpaque(context).takeUnretainedValue().hear(line: .init(start: bytes, count: count))
    return count
}

private let hearBody: ccurl_sink = { bytes, _, count, context in
    guard let context, let bytes else { return 0 }
    let ears = Unmanaged<Ears>.fromOpaque(context).takeUnretainedValue()
    return ears.hear(body: .init(start: bytes, count: count)) ? count : 0
}
