// SPDX-License-Identifier: MIT

/// When a server received a message, as IMAP writes it: `17-Jul-1996 02:44:25 -0700` (RFC 9051, date-time).
///
/// Two are the same when the moment is: servers tell the same date in another zone than it was given in.
package struct InternalDate: Sendable, Hashable, CustomStringConvertible {
    /// Seconds since 1970-01-01 00:00 UTC.
    package let seconds: Int64
    /// The server's distance from UTC, in minutes, east positive.
    package let zoneMinutes: Int

    /// That moment, written in a zone within a day of UTC and in the years 1 to 9999.
    package init?(seconds: Int64, zoneMinutes: Int = 0) {
        // 0001-01-02 to 9999-12-29: a zone can add or take a day.
        guard seconds >= -62_135_510_400, seconds < 253_402_128_000, abs(zoneMinutes) < 24 * 60 else {
            return nil
        }
        self.seconds = seconds
        self.zoneMinutes = zoneMinutes
    }

    /// Reads IMAP's spelling, with a one-digit day too; nothing when it is anything else.
    package init?(parsing text: some StringProtocol) {
        let fields = Array(text.utf8).split(separator: Ascii.space)
        guard fields.count == 3 else { return nil }
        let date = fields[0].split(separator: Ascii.minus, omittingEmptySubsequences: false)
        let time = fields[1].split(separator: Ascii.colon, omittingEmptySubsequences: false)
        guard date.count == 3, time.count == 3,
            let day = Ascii.number(date[0], as: Int64.self),
            let month = Self.months.firstIndex(of: Ascii.uppercased(date[1])),
            date[2].count == 4, let year = Ascii.number(date[2], as: Int64.self),
            let hour = Ascii.number(time[0], as: Int64.self), hour < 24,
            let minute = Ascii.number(time[1], as: Int64.self), minute < 60,
            let second = Ascii.number(time[2], as: Int64.self), second <= 60,
            day >= 1, day <= 31, let zone = Self.zone(fields[2])
        else { return nil }
        let days = Self.days(year: year, month: Int64(month) + 1, day: day)
        let local = days * 86_400 + hour * 3600 + minute * 60 + second
        self.init(seconds: local - Int64(zone) * 60, zoneMinutes: zone)
    }

    package var description: String {
        let (year, month, day, rest) = calendar
        let zone = abs(zoneMinutes)
        return Self.padded(day, 2, with: " ") + "-" + Self.written(month) + "-" + Self.padded(year, 4)
            + " " + Self.padded(rest / 3600, 2) + ":" + Self.padded(rest / 60 % 60, 2) + ":"
            + Self.padded(rest % 60, 2) + (zoneMinutes < 0 ? " -" : " +")
            + Self.padded(Int64(zone / 60), 2) + Self.padded(Int64(zone % 60), 2)
    }

    package static func == (left: InternalDate, right: InternalDate) -> Bool { left.seconds == right.seconds }

    package func hash(into hasher: inout Hasher) { hasher.combine(seconds) }

    /// The day alone, `17-Jul-1996`, as SEARCH takes it; a day of the server's calendar.
    var day: String {
        let (year, month, day, _) = calendar
        return "\(day)-" + Self.written(month) + "-" + Self.padded(year, 4)
    }

    private static let months = [
        "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
    ]

    private static func written(_ month: Int64) -> String {
        let name = months[Int(month) - 1]
        return name.prefix(1) + name.dropFirst().lowercased()
    }

    private static func padded(_ number: Int64, _ width: Int, with filler: Character = "0") -> String {
        let digits = String(number)
        return String(repeating: filler, count: max(0, width - digits.count)) + digits
    }

    private static func zone(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard bytes.count == 5, let sign = bytes.first, sign == Ascii.plus || sign == Ascii.minus,
            let digits = Ascii.number(bytes.dropFirst(), as: Int.self), digits % 100 < 60
        else { return nil }
        let minutes = digits / 100 * 60 + digits % 100
        return sign == Ascii.minus ? -minutes : minutes
    }

    // Years are counted from March, so that the leap day is the last of its year, in eras of 400 years, which
    // all have 146,097 days. 719,468 days lie between 0000-03-01 and 1970-01-01.
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = (year >= 0 ? year : year - 399) / 400
        let ofEra = year - era * 400
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    private var calendar: (year: Int64, month: Int64, day: Int64, rest: Int64) {
        let local = seconds + Int64(zoneMinutes) * 60
        let rest = (local % 86_400 + 86_400) % 86_400
        let shifted = (local - rest) / 86_400 + 719_468
        let era = shifted / 146_097
        let ofEra = shifted - era * 146_097
        let yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let fromMarch = (5 * ofYear + 2) / 153
        let month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, ofYear - (153 * fromMarch + 2) / 5 + 1, rest)
    }
}
