// SPDX-License-Identifier: MIT
import Foundation
import Glibc
import Synchronization
import TestSupport

/// A distance to a server: everything that passes comes out later, in each direction, with no limit to how much
/// is under way.
final class DelayProxy: Sendable {
    /// The port on 127.0.0.1 that stands for the far server.
    let port: Int
    private let listener: Int32
    private let target: Int
    private let delay: Duration

    /// - Parameters:
    ///   - target: The near server's port on 127.0.0.1.
    ///   - roundTrip: There and back together.
    /// - Throws: The system's reason.
    init(to target: Int, roundTrip: Duration) throws {
        self.target = target
        delay = roundTrip / 2
        port = FreePort.pick()
        listener = try Self.socketOnLoopback(port) { descriptor, address, size in
            var reuse: Int32 = 1
            setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &reuse, socklen_t(MemoryLayout<Int32>.size))
            return bind(descriptor, address, size) == 0 && listen(descriptor, 16) == 0
        }
        Thread.detachNewThread { [self] in
            while true {
                let near = accept(listener, nil, nil)
                guard near >= 0 else { return }
                do {
                    try carry(near)
                } catch {
                    close(near)
                }
            }
        }
    }

    /// Takes no more connections.
    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    private func carry(_ near: Int32) throws {
        let far = try Self.socketOnLoopback(target) { connect($0, $1, $2) == 0 }
        for descriptor in [near, far] {
            var isOn: Int32 = 1
            setsockopt(
                descriptor,
                Int32(IPPROTO_TCP),
                TCP_NODELAY,
                &isOn,
                socklen_t(MemoryLayout<Int32>.size)
            )
        }
        // Both directions end before the descriptors are closed: a number must not be given anew meanwhile.
        let directions = DispatchGroup()
        for (source, sink) in [(near, far), (far, near)] {
            let way = Way()
            directions.enter()
            Thread.detachNewThread { [delay] in way.fill(from: source, delay) }
            Thread.detachNewThread {
                way.empty(into: sink)
                directions.leave()
            }
        }
        directions.notify(queue: .global()) {
            close(near)
            close(far)
        }
    }

    private static func socketOnLoopback(
        _ port: Int,
        _ use: (Int32, UnsafePointer<sockaddr>, socklen_t) -> Bool
    ) throws -> Int32 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr = in_addr(s_addr: UInt32(0x7F00_0001).bigEndian)
        let worked = withUnsafePointer(to: address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                use(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard worked else {
            let reason = String(cString: strerror(errno))
            close(descriptor)
            throw NotMeasured("port \(port): \(reason)")
        }
        return descriptor
    }
}

/// One direction of a connection: bytes and the moment they are due.
private final class Way: Sendable {
    private let waiting = Mutex<[(due: ContinuousClock.Instant, bytes: [UInt8])]>([])
    private let filled = DispatchSemaphore(value: 0)

    /// Reads until the end; no bytes stand for it.
    func fill(from source: Int32, _ delay: Duration) {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(source, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            let bytes = Array(buffer.prefix(max(count, 0)))
            waiting.withLock { $0.append((.now + delay, bytes)) }
            filled.signal()
            if bytes.isEmpty { return }
        }
    }

    func empty(into sink: Int32) {
        while true {
            filled.wait()
            let (due, bytes) = waiting.withLock { $0.removeFirst() }
            let left = ContinuousClock.now.duration(to: due)
            if left > .zero { usleep(UInt32(left.seconds * 1e6)) }
            var rest = bytes[...]
            while !rest.isEmpty {
                let written = rest.withUnsafeBytes {
                    send(sink, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if written < 0, errno == EINTR { continue }
                guard written > 0 else { break }
                rest = rest.dropFirst(written)
            }
            guard bytes.isEmpty else { continue }
            shutdown(sink, Int32(SHUT_WR))
            return
        }
    }
}
