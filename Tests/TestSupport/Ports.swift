// SPDX-License-Identifier: MIT

import Glibc
import Synchronization

/// Free TCP ports of the loopback address.
package enum FreePort {
    private static let given = Mutex<Set<Int>>([])

    /// A port nobody listens on now and this process has not been given before.
    ///
    /// It lies below the range from which the system takes the ports of outgoing connections, so that none
    /// of these can take it before the server does. Another process still may: servers are started again
    /// with other ports when theirs is taken.
    ///
    /// - Returns: The port.
    package static func pick() -> Int {
        while true {
            let port = Int.random(in: 20_000..<32_000)
            guard given.withLock({ $0.insert(port).inserted }) else { continue }
            let probe = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            defer { close(probe) }
            var address = sockaddr_in(loopbackPort: port)
            if address.withSocketAddress({ bind(probe, $0, $1) }) == 0 { return port }
        }
    }
}

/// A blocking TCP connection to a loopback port, for tests that speak a protocol by hand.
///
/// Every read gives up after the connection's limit. Use it on a thread of its own (``onOwnThread(_:)``).
package final class LoopbackConnection {
    private let descriptor: Int32
    private var unread: [UInt8] = []

    /// Connects.
    ///
    /// - Parameters:
    ///   - port: The port on 127.0.0.1.
    ///   - seconds: The limit of every read.
    /// - Throws: The system's reason, such as a refused connection.
    package init(port: Int, seconds: Int = 10) throws {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var limit = timeval(tv_sec: seconds, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        var address = sockaddr_in(loopbackPort: port)
        guard address.withSocketAddress({ connect(descriptor, $0, $1) }) == 0 else {
            throw ChildProcess.Failure(description: "port \(port): \(String(cString: strerror(errno)))")
        }
    }

    /// Whether somebody accepts connections on a port.
    ///
    /// - Parameter port: The port on 127.0.0.1.
    /// - Returns: `false` when the connection is refused.
    package static func isAccepted(onPort port: Int) -> Bool {
        (try? LoopbackConnection(port: port)) != nil
    }

    /// Sends a text as it is.
    ///
    /// - Parameter text: With its line endings.
    /// - Throws: The system's reason.
    package func send(_ text: String) throws {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { throw ChildProcess.Failure(description: String(cString: strerror(errno))) }
            rest = rest.dropFirst(sent)
        }
    }

    /// Reads one line.
    ///
    /// - Returns: The line without its ending, or `nil` when the peer has closed the connection.
    /// - Throws: When nothing came within the limit.
    package func line() throws -> String? {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                let line = unread[..<end]
                unread.removeFirst(end + 1)
                let ending = line.last == UInt8(ascii: "\r") ? 1 : 0
                return String(decoding: line.dropLast(ending), as: UTF8.self)
            }
            var buffer = [UInt8](repeating: 0, count: 16_384)
            let count = recv(descriptor, &buffer, buffer.count, 0)
            if count == 0 || (count < 0 && errno == ECONNRESET) { return nil }
            guard count > 0 else { throw ChildProcess.Failure(description: String(cString: strerror(errno))) }
            unread += buffer[..<count]
        }
    }

    /// Reads lines up to the first that satisfies `isLast`.
    ///
    /// - Parameter isLast: Recognises the line to stop at, such as a tagged response.
    /// - Returns: All lines, that one included; without it when the peer closed the connection.
    /// - Throws: When nothing came within the limit.
    package func lines(through isLast: (String) -> Bool) throws -> [String] {
        var lines: [String] = []
        while let line = try line() {
            lines.append(line)
            if isLast(line) { break }
        }
        return lines
    }

    deinit { close(descriptor) }
}

extension sockaddr_in {
    fileprivate init(loopbackPort port: Int) {
        self.init()
        sin_family = sa_family_t(AF_INET)
        sin_port = in_port_t(port).bigEndian
        sin_addr = in_addr(s_addr: UInt32(0x7f00_0001).bigEndian)
    }

    fileprivate mutating func withSocketAddress<Value>(
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Value
    ) -> Value {
        withUnsafePointer(to: &self) { address in
            address.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
