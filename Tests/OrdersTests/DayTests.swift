// SPDX-License-Identifier: MIT
import Foundation
import Testing

@testable import Orders

@Suite("Days of the calendar")
struct DayTests {
    static let known: [(text: String, number: Int, weekday: Int)] = [
        ("1970-01-01", 0, 4), ("1969-12-31", -1, 3), ("2000-02-29", 11_016, 2), ("2000-03-01", 11_017, 3),
        ("2026-11-21", 20_778, 6), ("2026-11-22", 20_779, 7), ("2026-11-23", 20_780, 1),
        ("1900-03-01", -25_508, 4), ("0001-01-01", -719_162, 1), ("9999-12-31", 2_932_896, 5),
    ]

    @Test("Days are counted from 1970 in both directions, and know their weekday", arguments: known)
    func numbers(text: String, number: Int, weekday: Int) {
        let day = day(text)
        #expect(day.number == number)
        #expect(day.weekday == weekday)
        #expect(Day(number: number) == day)
        #expect(day.description == text)
    }

    @Test("Every day of eight centuries follows the one before it")
    func everyDay() {
        var before = Day(year: 1599, month: 12, day: 31)
        while before.year < 2400 {
            let next = before.adding(days: 1)
            #expect(next > before && next.number == before.number + 1 && Day(next.description) == next)
            before = next
        }
        #expect(before == Day(year: 2400, month: 1, day: 1))
    }

    @Test(
        "A day is read from a day or a full time, as written there",
        arguments: [
            ("2026-11-24", "2026-11-24"), ("2026-11-24T23:59:00-08:00", "2026-11-24"),
            ("2026-11-24 23:59", "2026-11-24"), ("2024-02-29", "2024-02-29"),
        ]
    )
    func reading(text: String, day: String) {
        #expect(Day(text)?.description == day)
    }

    @Test(
        "What is no day is not taken for one",
        arguments: [
            "", "2026", "2026-11", "2026-11-31", "2025-02-29", "1900-02-29", "2026-00-10", "2026-13-10",
            "2026-11-00",
            "26-11-24", "2026-1-24", "24.11.2026", "2026-11-245", "2026-11-24abc", "+202-11-24", "2026-+1-24",
            "2026/11/24", "٢٠٢٦-١١-٢٤", "-202-11-24",
        ]
    )
    func refusing(text: String) {
        #expect(Day(text) == nil)
    }

    static let clocks: [(text: String, day: String, hour: Int, minute: Int)] = [
        ("2026-11-20T23:00:00Z", "2026-11-21", 0, 0), ("2026-11-20T22:59:59Z", "2026-11-20", 23, 59),
        ("2026-06-20T22:00:00Z", "2026-06-21", 0, 0), ("2026-10-25T00:30:00Z", "2026-10-25", 2, 30),
        ("2026-10-25T01:30:00Z", "2026-10-25", 2, 30), ("2026-03-29T00:59:00Z", "2026-03-29", 1, 59),
        ("2026-03-29T01:00:00Z", "2026-03-29", 3, 0), ("1969-12-31T22:30:00Z", "1969-12-31", 23, 30),
    ]

    @Test("The shop's day and clock follow its zone over changes of summer time", arguments: clocks)
    func local(text: String, expected: String, hour: Int, minute: Int) {
        let local = promise.calendar.local(moment(text))
        #expect(local.day == day(expected) && local.hour == hour && local.minute == minute)
    }

    @Test("A shop whose settings name nothing but holidays still gets an answer")
    func holidays() {
        let start = day("2026-11-21")
        let calendar = ShopCalendar(zone: .gmt, holidays: Set((0...800).map { start.adding(days: $0) }))
        #expect(calendar.day(2, workingDaysAfter: start) > start)
    }
}
