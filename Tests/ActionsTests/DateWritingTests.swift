// SPDX-License-Identifier: MIT
import Foundation
import Orders
import Testing

@testable import Actions

@Suite("Days and times in words")
struct DateWritingTests {
    struct Row: Sendable {
        var now: String
        var date: String
        var german: String
        var english: String
    }

    static let rows = [
        Row(
            now: "2026-11-21T10:04:00+01:00",
            date: "2026-11-21T09:50:59+01:00",
            german: "heute, 09:50 Uhr",
            english: "today, 09:50"
        ),
        Row(
            now: "2026-11-21T00:00:00+01:00",
            date: "2026-11-20T23:59:59+01:00",
            german: "gestern, 23:59 Uhr",
            english: "yesterday, 23:59"
        ),
        Row(
            now: "2026-11-20T23:59:59+01:00",
            date: "2026-11-20T00:00:00+01:00",
            german: "heute, 00:00 Uhr",
            english: "today, 00:00"
        ),
        Row(
            now: "2026-11-21T10:04:00+01:00",
            date: "2026-11-19T23:00:00Z",
            german: "gestern, 00:00 Uhr",
            english: "yesterday, 00:00"
        ),
        Row(
            now: "2026-11-21T10:04:00+01:00",
            date: "2026-11-19T10:04:00+01:00",
            german: "Donnerstag, 19. November, 10:04 Uhr",
            english: "Thursday, 19 November, 10:04"
        ),
        Row(
            now: "2026-11-21T10:04:00+01:00",
            date: "2026-11-22T00:00:00+01:00",
            german: "Sonntag, 22. November, 00:00 Uhr",
            english: "Sunday, 22 November, 00:00"
        ),
        // Yesterday is the day before, also over a year and when a day has 23 or 25 hours.
        Row(
            now: "2027-01-01T00:30:00+01:00",
            date: "2026-12-31T08:00:00+01:00",
            german: "gestern, 08:00 Uhr",
            english: "yesterday, 08:00"
        ),
        Row(
            now: "2027-01-02T00:30:00+01:00",
            date: "2026-12-31T08:00:00+01:00",
            german: "Donnerstag, 31. Dezember 2026, 08:00 Uhr",
            english: "Thursday, 31 December 2026, 08:00"
        ),
        Row(
            now: "2026-10-26T00:10:00+01:00",
            date: "2026-10-25T00:05:00+02:00",
            german: "gestern, 00:05 Uhr",
            english: "yesterday, 00:05"
        ),
        Row(
            now: "2026-10-25T03:30:00+01:00",
            date: "2026-10-25T02:30:00+02:00",
            german: "heute, 02:30 Uhr",
            english: "today, 02:30"
        ),
        Row(
            now: "2027-03-29T00:10:00+02:00",
            date: "2027-03-28T03:00:00+02:00",
            german: "gestern, 03:00 Uhr",
            english: "yesterday, 03:00"
        ),
        Row(
            now: "2027-03-28T23:50:00+02:00",
            date: "2027-03-28T00:10:00+01:00",
            german: "heute, 00:10 Uhr",
            english: "today, 00:10"
        ),
    ]

    @Test("A moment is told by the shop's clock and calendar", arguments: rows)
    func moment(row: Row) {
        let now = ActionsTests.moment(row.now)
        let date = ActionsTests.moment(row.date)
        let german = DateWriting(language: "de", calendar: berlin, now: now)
        let english = DateWriting(language: "en", calendar: berlin, now: now)
        #expect(TextLayout.wrapped(german.moment(date), columns: 72) == row.german)
        #expect(TextLayout.wrapped(english.moment(date), columns: 72) == row.english)
    }

    @Test("Every month and weekday has its name; another year is told")
    func names() {
        let german = DateWriting(language: "de", calendar: berlin, now: now)
        let english = DateWriting(language: "en", calendar: berlin, now: now)
        func plain(_ text: String) -> String { text.replacing("\u{A0}", with: " ") }
        let months = (1...12).map { plain(german.day(Day(year: 2026, month: $0, day: 3))) }
        #expect(months.first == "3. Januar" && months[2] == "3. März" && months.last == "3. Dezember")
        #expect(Set(months).count == 12)
        let days = (23...29).map { plain(english.weekday(Day(year: 2026, month: 11, day: $0))) }
        #expect(days.first == "Monday, 23 November" && days.last == "Sunday, 29 November")
        #expect(plain(german.weekday(Day(year: 2027, month: 1, day: 5))) == "Dienstag, 5. Januar 2027")
    }
}
