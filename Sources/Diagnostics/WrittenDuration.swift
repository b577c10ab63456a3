// SPDX-License-Identifier: MIT

/// A duration as people write it: `90 s`, `10 min`, `4h`, `3 days`, `2 weeks`, `1 h 30 min`.
///
/// Whole numbers with units, biggest to smallest in any number of parts, with or without a space between; a
/// single `0` needs no unit. A day is 24 hours. The longest duration is ten years.
package struct WrittenDuration: Sendable, Hashable {
    /// The duration that was written.
    package let duration: Duration

    /// What is wrong with a duration, so that a complaint can point at it.
    package enum Fault: Error, Hashable {
        /// It is not made of numbers and units at all.
        case malformed
        /// A number stands without a unit.
        case unitMissing
        /// The unit is not known; `offset` counts Unicode scalars from the beginning of the text.
        case unknownUnit(String, offset: Int)
        /// It is longer than ten years.
        case tooLong
    }

    /// Examples for the help of a complaint.
    package static let help = "write it like `90 s`, `10 min`, `4 h`, `3 days` or `2 weeks`"

    /// The names of the units, the commonest of each unit first.
    static let units: [(seconds: Int64, names: [String])] = [
        (1, ["s", "sec", "second", "seconds"]),
        (60, ["min", "m", "mins", "minute", "minutes"]),
        (3600, ["h", "hour", "hours"]),
        (86_400, ["days", "day", "d"]),
        (604_800, ["weeks", "week", "w"]),
    ]

    private static let longest: Int64 = 3653 * 86_400

    /// Reads `text`; throws the first fault in it.
    package init(_ text: String) throws(Fault) {
        var rest = text.unicodeScalars[...]
        var seconds: Int64 = 0
        var parts = 0
        func skipSpaces() { rest = rest.drop { $0 == " " || $0 == "\u{A0}" } }

        skipSpaces()
        while !rest.isEmpty {
            let digits = rest.prefix { ("0"..."9").contains($0) }
            guard !digits.isEmpty else { throw .malformed }
            rest = rest.dropFirst(digits.count)
            skipSpaces()
            let offset = text.unicodeScalars.distance(from: text.startIndex, to: rest.startIndex)
            let unit = String(rest.prefix { $0.properties.isAlphabetic })
            rest = rest.dropFirst(unit.unicodeScalars.count)
            skipSpaces()
            parts += 1
            if unit.isEmpty {
                guard rest.isEmpty else { throw .malformed }
                guard parts == 1, digits.allSatisfy({ $0 == "0" }) else { throw .unitMissing }
                break
            }
            guard let factor = Self.units.first(where: { $0.names.contains(unit.lowercased()) })?.seconds
            else {
                throw .unknownUnit(unit, offset: offset)
            }
            guard let number = Int64(String(digits)), number <= Self.longest else { throw .tooLong }
            let (product, overflows) = number.multipliedReportingOverflow(by: factor)
            guard !overflows, product <= Self.longest - seconds else { throw .tooLong }
            seconds += product
        }
        guard parts > 0 else { throw .malformed }
        duration = .seconds(seconds)
    }
}
