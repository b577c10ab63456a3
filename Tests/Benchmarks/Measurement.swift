// SPDX-License-Identifier: MIT
import Glibc

/// What one run of one program took.
struct Measurement: Sendable, Codable {
    /// Who did it, such as `poststelle` or `mbsync`.
    var name: String
    /// How many messages or letters.
    var count: Int
    /// Seconds by the clock.
    var wall: Double
    /// Seconds of processor time, user and system.
    var cpu: Double
    /// The most memory the process ever had in hand, shared libraries included, in bytes; `nil` where nobody looked.
    var peak: Int?
    /// What of it was the process' own at the end, in bytes.
    var own: Int?

    var perSecond: Double { Double(count) / max(wall, 1e-9) }
    /// Processor time for each message.
    var microseconds: Double { cpu * 1e6 / Double(max(count, 1)) }
}

/// Measures this process from its start on.
struct Stopwatch {
    private let wall = ContinuousClock.now
    private let cpu = Self.processorTime

    /// What was used since, with the peak of the whole process.
    func measurement(_ name: String, count: Int) -> Measurement {
        Measurement(
            name: name,
            count: count,
            wall: wall.duration(to: .now).seconds,
            cpu: Self.processorTime - cpu,
            peak: Self.memory("VmHWM:"),
            own: Self.memory("RssAnon:")
        )
    }

    /// Seconds of this process and of its children that have ended.
    private static var processorTime: Double {
        var own = rusage(), children = rusage()
        getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &own)
        getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &children)
        return own.processorTime + children.processorTime
    }

    /// A line of `/proc/self/status`, proc(5), in bytes.
    ///
    /// `ru_maxrss` will not do: after an exec it still holds what the starting process had.
    private static func memory(_ line: String) -> Int? {
        guard let file = fopen("/proc/self/status", "r") else { return nil }
        defer { fclose(file) }
        var buffer = [CChar](repeating: 0, count: 256)
        while fgets(&buffer, Int32(buffer.count), file) != nil {
            let text = String(
                decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) },
                as: UTF8.self
            )
            guard text.hasPrefix(line) else { continue }
            return Int(text.filter(\.isNumber)).map { $0 * 1024 }
        }
        return nil
    }
}

extension rusage {
    /// User and system time in seconds.
    var processorTime: Double {
        Double(ru_utime.tv_sec + ru_stime.tv_sec) + Double(ru_utime.tv_usec + ru_stime.tv_usec) / 1e6
    }
}

extension Duration {
    var seconds: Double { Double(components.seconds) + Double(components.attoseconds) / 1e18 }
}

extension [Double] {
    /// The middle value, of an even number the lower one of the two; 0 of none.
    var median: Double { isEmpty ? 0 : sorted()[(count - 1) / 2] }
}

/// Why there is no figure, in a sentence.
struct NotMeasured: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}
