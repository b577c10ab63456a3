// SPDX-License-Identifier: MIT
package import FoundationEssentials
package import Orders

/// Days and times in words, in one language and the shop's time zone.
package struct DateWriting: Sendable {
    private let isGerman: Bool
    private let calendar: ShopCalendar
    private let now: Date

    package init(language: String, calendar: ShopCalendar, now: Date) {
        isGerman = language == "de"
        self.calendar = calendar
        self.now = now
    }

    /// `16. November`, with the year where it is another one.
    package func day(_ day: Day) -> String {
        let year = day.year == calendar.day(of: now).year ? "" : " \(day.year)"
        return isGerman
            ? "\(day.day).\(Self.glue)\(Self.germanMonths[day.month - 1])\(year)"
            : "\(day.day)\(Self.glue)\(Self.englishMonths[day.month - 1])\(year)"
    }

    /// `Dienstag, 24. November`.
    package func weekday(_ day: Day) -> String {
        let name = (isGerman ? Self.germanDays : Self.englishDays)[day.weekday - 1]
        return "\(name), \(self.day(day))"
    }

    /// The day of a moment, `Dienstag, 24. November`.
    package func weekdayOf(_ date: Date) -> String {
        weekday(calendar.day(of: date))
    }

    /// `heute, 10:04 Uhr`, `gestern, …`, or the weekday and day with the time.
    package func moment(_ date: Date) -> String {
        let local = calendar.local(date)
        let clock = Self.two(local.hour) + ":" + Self.two(local.minute)
        let time = isGerman ? "\(clock) Uhr" : clock
        let label =
            switch calendar.day(of: now).number - local.day.number {
            case 0: isGerman ? "heute" : "today"
            case 1: isGerman ? "gestern" : "yesterday"
            default: weekday(local.day)
            }
        return "\(label), \(time)"
    }

    /// Holds a day and its month on one line; ``TextLayout`` makes it a blank.
    private static let glue = "\u{A0}"

    private static func two(_ number: Int) -> String {
        number < 10 ? "0\(number)" : "\(number)"
    }

    private static let germanDays = [
        "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag",
    ]
    private static let englishDays = [
        "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday",
    ]
    private static let germanMonths = [
        "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober",
        "November", "Dezember",
    ]
    private static let englishMonths = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
        "November", "December",
    ]
}
