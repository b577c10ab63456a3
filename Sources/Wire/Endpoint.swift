// SPDX-License-Identifier: MIT

/// A mail server's address, and how the connection to it is protected.
package struct Endpoint: Sendable, Hashable {
    /// Which language is spoken there; it decides how libcurl greets and logs in.
    package var service: Service
    /// A host name, an IPv4 address, or an IPv6 address with or without brackets.
    package var host: String
    /// The TCP port, 1 to 65535.
    package var port: Int
    /// How the connection is encrypted.
    package var security: Security
    /// Whose certificates are believed; without meaning where ``security`` is ``Security/none``.
    package var trust: Trust
    /// The name this machine gives itself in the EHLO that libcurl sends (SMTP only); `nil`: its host name.
    package var clientName: String?

    /// An address; `port` is by default the registered one for this service and security (RFC 8314 section
    /// 3).
    package init(
        _ service: Service,
        host: String,
        port: Int? = nil,
        security: Security = .tls,
        trust: Trust = .system,
        clientName: String? = nil
    ) {
        self.service = service
        self.host = host
        self.port = port ?? Self.registeredPort(service, security)
        self.security = security
        self.trust = trust
        self.clientName = clientName
    }

    /// The mail protocols that libcurl can log in to.
    package enum Service: String, Sendable, Hashable {
        case imap, smtp
    }

    /// How a connection is encrypted.
    package enum Security: String, Sendable, Hashable {
        /// TLS from the first byte.
        case tls
        /// STARTTLS before the login; a server that does not offer it is an error, never plain text.
        case startTLS
        /// Nothing is encrypted: for loopback only.
        case none
    }

    private static func registeredPort(_ service: Service, _ security: Security) -> Int {
        switch (service, security) {
        case (.imap, .tls): 993
        case (.imap, _): 143
        case (.smtp, .tls): 465
        case (.smtp, .startTLS): 587
        case (.smtp, .none): 25
        }
    }

    /// `host:port`, as it stands in error messages.
    package var name: String { host.contains(":") ? "[\(bareHost)]:\(port)" : "\(host):\(port)" }

    /// What libcurl is asked to dial, or `nil` when host or port cannot be part of an address.
    var url: String? {
        let host = bareHost
        guard (1...65535).contains(port), !host.isEmpty, host.utf8.allSatisfy(Self.mayStandInHost) else {
            return nil
        }
        let scheme = security == .tls ? service.rawValue + "s" : service.rawValue
        let path = service == .smtp ? clientName.map(Self.escaped) ?? "" : ""
        return "\(scheme)://\(host.contains(":") ? "[\(host)]" : host):\(port)/\(path)"
    }

    private var bareHost: String {
        host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : host
    }

    /// Everything that could end the host part of a URL stays out; letters beyond ASCII are IDN, libcurl's
    /// work.
    private static func mayStandInHost(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), 0x80...: true
        case UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: ":"): true
        default: false
        }
    }

    /// Percent-encodes all but letters, digits, `.` and `-` (RFC 3986 section 2.1).
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            if byte < 0x80, byte != UInt8(ascii: "_"), byte != UInt8(ascii: ":"), mayStandInHost(byte) {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}

/// Whose certificates are believed when a server identifies itself.
package enum Trust: Sendable, Hashable {
    /// The authorities that the operating system trusts.
    case system
    /// Only the authorities in this PEM file: a house's own authority, or a test's.
    case authorities(file: String)
    /// Anybody: encrypted, but open to whoever sits in between. Only for a person who asked for it by name.
    case anybody
}
