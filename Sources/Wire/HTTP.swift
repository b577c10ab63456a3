// SPDX-License-Identifier: MIT

/// Asks HTTP servers, one request at a time, with limits on time and size.
///
/// Connections are kept and used again for requests that may be repeated. Nothing is remembered but
/// connections: no cookies, no credentials, nothing from the environment. Certificates are verified. Requests
/// through one `HTTP` take turns, so each platform gets its own.
///
/// A status such as 404 or 500 is a response, not an error.
package actor HTTP {
    private let trust: Trust
    private let executor = BlockingExecutor(label: "http")
    private let bell = Bell()
    private var curl: Curl?

    private static let mostRedirects = 5

    package nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// A client that believes the certificates `trust` names.
    package init(trust: Trust = .system) {
        self.trust = trust
    }

    /// Sends `request` and returns the whole response.
    ///
    /// A redirect is followed only for GET and HEAD, only to the same scheme, host and port (the request's
    /// headers hold credentials), and at most five times. Any other redirect is an error of kind
    /// `redirected`.
    ///
    /// - Throws: A ``WireError``; its stage is `receive` if and only if the server may have acted on the
    /// request.
    package func request(_ request: Request) async throws(WireError) -> Response {
        let bell = bell
        let result: Result<Response, WireError> = await withTaskCancellationHandler {
            exchange(request)
        } onCancel: {
            bell.ring()
        }
        return try result.get()
    }

    private func exchange(_ request: Request) -> Result<Response, WireError> {
        guard let origin = Curl.origin(of: request.url) else {
            return .failure(
                WireError(
                    .resolve,
                    .other,
                    peer: "HTTP",
                    reason: "not an http or https address without a user"
                )
            )
        }
        if let fault = request.fault {
            return .failure(WireError(.resolve, .other, peer: origin.name, reason: fault))
        }
        let deadline = ContinuousClock.now + request.patience
        var url = request.url
        if curl == nil { curl = Curl(bell: bell) }
        do throws(WireError) {
            for _ in 0...Self.mostRedirects {
                let answer = try curl?.exchange(
                    request,
                    url: url,
                    peer: origin.name,
                    trust: trust,
                    until: deadline
                )
                guard let answer else { break }
                guard let location = answer.location else { return .success(answer.response) }
                let target = Curl.origin(of: location)
                guard target == origin, request.method == "GET" || request.method == "HEAD" else {
                    let place = target.map { "\($0.scheme)://\($0.name)" } ?? "no http address"
                    let reason = "status \(answer.response.status), to \(place)"
                    return .failure(WireError(.receive, .redirected, peer: origin.name, reason: reason))
                }
                url = location
            }
        } catch {
            return .failure(error)
        }
        let reason = "more than \(Self.mostRedirects) times"
        return .failure(WireError(.receive, .redirected, peer: origin.name, reason: reason))
    }

    /// What decides where an HTTP address leads.
    struct Origin: Hashable {
        var scheme: String
        var host: String
        var port: String

        var name: String { "\(host):\(port)" }
    }
}

extension HTTP {
    /// A request to an HTTP server.
    package struct Request: Sendable {
        /// The method in capitals, such as `GET` or `POST`.
        package var method: String
        /// An absolute `http:` or `https:` address without user and password.
        package var url: String
        /// Header fields; `User-Agent` is added where missing.
        package var headers: Headers
        /// What is sent after the headers.
        package var body: [UInt8]?
        /// The time for everything together, from the name look-up to the last byte of the response.
        package var patience: Duration
        /// The most bytes that the response's body may have, after decompression.
        package var limit: Int

        /// A request; by default a GET with 30 seconds and 16 MiB.
        package init(
            _ method: String = "GET",
            _ url: String,
            headers: Headers = [:],
            body: [UInt8]? = nil,
            within patience: Duration = .seconds(30),
            limit: Int = 16 << 20
        ) {
            self.method = method
            self.url = url
            self.headers = headers
            self.body = body
            self.patience = patience
            self.limit = limit
        }

        /// Whether sending it twice does no harm (RFC 9110 section 9.2.1).
        var isRepeatable: Bool { ["GET", "HEAD", "OPTIONS"].contains(method) }

        /// Why this cannot be sent as it is; a line break in a header would begin another header.
        var fault: String? {
            guard !method.isEmpty, method.utf8.allSatisfy({ (0x41...0x5A).contains($0) }) else {
                return "the method is not a word in capitals"
            }
            for field in headers.fields {
                let isToken = field.name.utf8.allSatisfy { byte in
                    byte > 0x20 && byte < 0x7F && !"\"(),/:;<=>?@[\\]{}".utf8.contains(byte)
                }
                guard isToken, !field.name.isEmpty else { return "a header's name is not a token" }
                guard field.value.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F || $0 == 9 }) else {
                    return "header `\(field.name)` contains a line break or another control character"
                }
            }
            return nil
        }
    }

    /// What an HTTP server answered.
    package struct Response: Sendable {
        /// The status code, such as 200.
        package var status: Int
        /// The header fields of the last response.
        package var headers: Headers
        /// The body, decompressed.
        package var body: [UInt8]
    }

    /// Header fields in their order; names are compared without regard to case (RFC 9110 section 5.1).
    package struct Headers: Sendable, Hashable, ExpressibleByDictionaryLiteral {
        /// One header field.
        package struct Field: Sendable, Hashable {
            /// The name as it was written.
            package var name: String
            /// The value without blanks around it.
            package var value: String
        }

        /// All fields, in order, repeated ones too.
        package var fields: [Field]

        /// Fields as they stand in the source.
        package init(dictionaryLiteral elements: (String, String)...) {
            fields = elements.map(Field.init)
        }

        /// Reads header lines; the status line and whatever has no colon are left out.
        init(lines: [String]) {
            fields = lines.compactMap { line in
                guard !line.hasPrefix("HTTP/"), let colon = line.firstIndex(of: ":") else { return nil }
                var value = line[line.index(after: colon)...].drop { $0 == " " || $0 == "\t" }
                while let last = value.last, last == " " || last == "\t" { value.removeLast() }
                return Field(name: String(line[..<colon]), value: String(value))
            }
        }

        /// The first value of the field called `name`; setting replaces all of them.
        package subscript(name: String) -> String? {
            get { fields.first { $0.name.lowercased() == name.lowercased() }?.value }
            set {
                fields.removeAll { $0.name.lowercased() == name.lowercased() }
                if let newValue { fields.append(Field(name: name, value: newValue)) }
            }
        }
    }
}
