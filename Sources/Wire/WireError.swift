// SPDX-License-Identifier: MIT

/// Why a connection, or a conversation over it, failed.
///
/// What to do follows from ``kind`` and ``stage`` alone; the words are for people and logs. They hold no
/// credentials and nothing of any message.
package struct WireError: Error, Sendable, Hashable {
    /// How far the conversation had come.
    package var stage: Stage
    /// What went wrong.
    package var kind: Kind
    /// The other side as `host:port`, never a whole URL, since those may carry tokens.
    package var peer: String
    /// The server's last reply, exactly as received without the final line ending; `nil` when it said
    /// nothing.
    ///
    /// Lines of one reply are separated by `\n`. Where the server echoed the secret, `***` stands in its
    /// place.
    package var serverWords: String?
    /// What this machine knows about the cause, in libcurl's or our own words.
    package var reason: String?

    /// An error from parts.
    package init(
        _ stage: Stage,
        _ kind: Kind,
        peer: String,
        serverWords: String? = nil,
        reason: String? = nil
    ) {
        self.stage = stage
        self.kind = kind
        self.peer = peer
        self.serverWords = serverWords
        self.reason = reason
    }

    /// The steps of a conversation, in their order.
    ///
    /// Up to ``login`` nothing of ours has reached the server. For ``HTTP``, ``send`` means that the request
    /// did not leave whole, ``receive`` that the server may have acted on it.
    package enum Stage: String, Sendable, Hashable {
        case resolve, connect, tls, greeting, login, send, receive
    }

    /// What went wrong.
    package enum Kind: String, Sendable, Hashable {
        /// Nothing happened within the time allowed.
        case timedOut
        /// Nobody listens at that port.
        case refused
        /// The other side ended the connection.
        case closed
        /// The server does not accept this user with this secret, or not now: read ``WireError/serverWords``.
        case loginDenied
        /// The server lacks what was demanded: STARTTLS, or any way to log in.
        case notOffered
        /// The server's certificate is not to be trusted.
        case certificate
        /// The HTTP server points to another place, and the request was not carried there.
        case redirected
        /// The HTTP response is larger than allowed.
        case tooLarge
        /// The task was cancelled, or this side closed the connection.
        case cancelled
        /// Something else; ``WireError/reason`` says what.
        case other
    }
}

extension WireError: CustomStringConvertible {
    /// One line for the log and for `status`: who, what, the server's words, what to do.
    package var description: String {
        var text = "\(peer) \(complaint)"
        if let reason { text += " (\(Self.oneLine(reason)))" }
        if let serverWords { text += "; it said `\(Self.oneLine(serverWords))`" }
        if let remedy { text += "; \(remedy)" }
        return text
    }

    private var complaint: String {
        switch (stage, kind) {
        case (.resolve, .timedOut): "cannot be reached: its name was not resolved in time"
        case (.resolve, .cancelled), (.connect, .cancelled), (.tls, .cancelled), (.greeting, .cancelled):
            "was left while connecting: it was given up on this side"
        case (.resolve, _): "cannot be reached: its name does not lead to an address"
        case (.connect, .refused): "refuses connections: nothing listens at that port"
        case (.connect, .timedOut): "cannot be reached: no answer to the connection attempt in time"
        case (.connect, _): "cannot be reached"
        case (_, .certificate): "could not prove who it is"
        case (.tls, .notOffered): "does not offer STARTTLS"
        case (.tls, .timedOut): "did not complete the TLS handshake in time"
        case (.tls, _): "could not agree on an encrypted connection"
        case (.greeting, .timedOut): "accepted the connection but did not greet in time"
        case (.greeting, .closed): "closed the connection before it was ready"
        case (.greeting, _): "did not greet as a mail server does"
        case (.login, .loginDenied): "refused the login"
        case (.login, .notOffered): "offers no way to log in that we know"
        case (.login, .timedOut): "did not answer the login in time"
        case (.login, .closed): "closed the connection during the login"
        case (.login, .cancelled): "was left during the login: it was given up on this side"
        case (.login, _): "could not be logged in to"
        case (.send, .timedOut): "did not take what we send in time"
        case (.receive, .timedOut): "said nothing in time"
        case (_, .closed): "closed the connection"
        case (_, .cancelled): "was left: the conversation was given up on this side"
        case (_, .redirected): "sends us to another place, which is not followed"
        case (_, .tooLarge): "answered with more than is allowed"
        case (.send, _): "could not be spoken to"
        case (.receive, _): "could not be understood"
        }
    }

    private var remedy: String? {
        switch (stage, kind) {
        case (_, .cancelled): nil
        case (.resolve, _): "check the host's name and this machine's DNS"
        case (.connect, .refused): "check host and port, and whether the server runs"
        case (.connect, _): "check host and port, the network and the firewall"
        case (_, .certificate):
            "check the host's name, its certificate, and the file of authorities if one is named"
        case (.tls, .notOffered): "use TLS from the start if the server has a port for it"
        case (.tls, _), (.greeting, .timedOut): "check that port and security (tls, starttls) belong together"
        case (.login, .loginDenied): "check user and password; some providers want an app password or OAuth"
        case (.login, .notOffered): "check port and security: many servers allow a login only after TLS"
        default: nil
        }
    }

    /// Servers choose these words: whatever could forge a second log line becomes a blank.
    private static func oneLine(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl =
                scalar.value < 0x20 || (0x7F..<0xA0).contains(scalar.value)
                || scalar.value == 0x2028 || scalar.value == 0x2029
            result.append(isControl ? " " : scalar)
        }
        return String(result)
    }
}
