// SPDX-License-Identifier: MIT

/// A time on the clock, to the minute, from 00:00 to 23:59, in whatever zone the shop has.
package struct TimeOfDay: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// Hours since midnight, 0 to 23.
    package let hour: Int
    /// Minutes since the full hour, 0 to 59.
    package let minute: Int

    /// The time that `text` says, such as `07:30` or `7:30`; nil where it says none.
    package init?(written text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), hour < 24, minute < 60
        else { return nil }
        self.hour = hour
        self.minute = minute
    }

    /// The time as `07:30`.
    package var description: String {
        "\(hour < 10 ? "0" : "")\(hour):\(minute < 10 ? "0" : "")\(minute)"
    }

    /// Earlier in the day.
    package static func < (one: TimeOfDay, other: TimeOfDay) -> Bool {
        (one.hour, one.minute) < (other.hour, other.minute)
    }
}
