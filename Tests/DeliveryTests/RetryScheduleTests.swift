// SPDX-License-Identifier: MIT

import Testing

@testable import Delivery

@Suite("Retry schedule")
struct RetryScheduleTests {
    let schedule = RetrySchedule()

    @Test(
        "The wait doubles from one minute until it reaches two hours",
        arguments: [
            (-1, 60), (0, 60), (1, 60), (2, 120), (3, 240), (4, 480), (7, 3840), (8, 7200), (9, 7200),
            (Int.max, 7200),
        ]
    )
    func doubling(attempt: Int, seconds: Int) {
        let next = schedule.next(afterAttempt: attempt, age: .zero, seed: 0)
        #expect(next == .retry(after: .seconds(seconds)))
    }

    @Test("A longest wait that no doubling meets is still never exceeded")
    func oddLongest() {
        let schedule = RetrySchedule(firstWait: .seconds(40), longestWait: .seconds(100))
        #expect(schedule.next(afterAttempt: 2, age: .zero, seed: 0) == .retry(after: .seconds(80)))
        #expect(schedule.next(afterAttempt: 3, age: .zero, seed: 0) == .retry(after: .seconds(100)))
    }

    @Test(
        "The seed stretches the wait by up to a quarter, always by the same share",
        arguments: [
            (UInt64(0), 1024.0), (1, 1025), (128, 1152), (255, 1279), (256, 1024), (257, 1025), (.max, 1279),
        ]
    )
    func spread(seed: UInt64, seconds: Double) {
        let schedule = RetrySchedule(firstWait: .seconds(1024), longestWait: .seconds(4096))
        let first = schedule.next(afterAttempt: 1, age: .zero, seed: seed)
        #expect(first == .retry(after: .seconds(seconds)))
        let longest = schedule.next(afterAttempt: 9, age: .zero, seed: seed)
        #expect(longest == .retry(after: .seconds(seconds * 4)))
    }

    @Test("What would come back after three days is given up")
    func patience() {
        let days = Duration.seconds(3 * 86400)
        let wait = Duration.seconds(7200)
        #expect(schedule.next(afterAttempt: 40, age: days - wait, seed: 0) == .retry(after: wait))
        #expect(schedule.next(afterAttempt: 40, age: days - wait + .nanoseconds(1), seed: 0) == .giveUp)
        #expect(schedule.next(afterAttempt: 40, age: days - wait, seed: 1) == .giveUp)
        #expect(schedule.next(afterAttempt: 1, age: days, seed: 0) == .giveUp)
    }

    @Test("A clock that was set back does not end the attempts")
    func clockSetBack() {
        let next = schedule.next(afterAttempt: 1, age: .seconds(-86400), seed: 0)
        #expect(next == .retry(after: .seconds(60)))
        #expect(!schedule.isAlarming(age: .seconds(-86400)))
    }

    @Test("From four hours on somebody should be told")
    func alarm() {
        #expect(!schedule.isAlarming(age: .seconds(4 * 3600 - 1)))
        #expect(schedule.isAlarming(age: .seconds(4 * 3600)))
    }
}
