// SPDX-License-Identifier: MIT
package import FoundationEssentials

/// The shop's one time zone and its working days.
package struct ShopCalendar: Sendable, Hashable {
    package var zone: TimeZone
    /// Days on which nobody works although the week says so.
    package var holidays: Set<Day>
    /// ISO 8601 numbers of the working weekdays; Monday is 1.
    package var workingWeekdays: Set<Int>

    package init(zone: TimeZone, holidays: Set<Day> = [], workingWeekdays: Set<Int> = [1, 2, 3, 4, 5]) {
        precondition(!workingWeekdays.isEmpty, "a shop that never works can promise nothing")
        self.zone = zone
        self.holidays = holidays
        self.workingWeekdays = workingWeekdays
    }

    /// The day and the time of day in the shop's zone; moments outside the years 1 to 9999 count as the nearest.
    package func local(_ date: Date) -> (day: Day, hour: Int, minute: Int) {
        let moment = max(
            Self.years.lowerBound,
            min(Self.years.upperBound, date.timeIntervalSince1970.rounded(.down))
        )
        let date = Date(timeIntervalSince1970: moment)
        let seconds = Int(moment) + zone.secondsFromGMT(for: date)
        let dayNumber = seconds >= 0 ? seconds / 86_400 : (seconds - 86_399) / 86_400
        let rest = seconds - dayNumber * 86_400
        return (Day(number: dayNumber), rest / 3600, rest % 3600 / 60)
    }

    /// 0001-01-02 to 9999-12-30: whatever an export says, a day in any zone has four digits for its year.
    private static let years = -62_135_510_400.0...253_402_127_999.0

    /// The day in the shop's zone.
    package func day(of date: Date) -> Day { local(date).day }

    /// Whether the shop works on this day.
    package func isWorkingDay(_ day: Day) -> Bool {
        workingWeekdays.contains(day.weekday) && !holidays.contains(day)
    }

    /// The day that is `count` working days after `day`, which itself does not count.
    ///
    /// With a `count` of 0 it is `day` itself, or the next working day where nobody works on it.
    package func day(_ count: Int, workingDaysAfter day: Day) -> Day {
        if count <= 0, isWorkingDay(day) { return day }
        var result = day
        var left = max(count, 1)
        // A year of holidays would be a mistake in the settings, not a reason to search for ever.
        var searched = 0
        while left > 0, searched < 400 {
            result = result.adding(days: 1)
            searched += 1
            if isWorkingDay(result) { left -= 1 }
        }
        return result
    }
}
