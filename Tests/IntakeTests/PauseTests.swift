// SPDX-License-Identifier: MIT
@testable import Intake
import Testing

@Suite("Pauses before trying again")
struct PauseTests {
    @Test(
        "They grow from a second to five minutes, begin anew after a good connection, and are longer for a login"
    )
    func growth() {
        var backOff = BackOff(IMAPSource.Pauses())
        let pauses = (1...11).map { _ in backOff.next(after: .trouble, share: 0) }
        #expect(pauses == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300].map { .seconds($0) })
        #expect(backOff.next(after: .login, share: 0) == .seconds(30))
        #expect(backOff.next(after: .login, share: 0) == .seconds(60))
        #expect(backOff.next(after: .throttled, share: 0) == .seconds(120))
        backOff.reset()
        #expect(backOff.next(after: .throttled, share: 0) == .seconds(120))
    }

    @Test("Two accounts that failed together do not come back together")
    func spread() {
        var one = BackOff(IMAPSource.Pauses())
        var other = BackOff(IMAPSource.Pauses())
        #expect(one.next(after: .trouble, share: 0) == .seconds(1))
        #expect(other.next(after: .trouble, share: 0.5) == .milliseconds(1125))
    }

    @Test("A place in a list moves only over what is settled without a gap")
    func cursor() {
        var cursor = Cursor([3, 5, 8, 9], settled: [5])
        #expect(cursor.last == nil)
        cursor.settle(9)
        #expect(cursor.last == nil && cursor.isSettled(9) && !cursor.isSettled(8))
        cursor.settle(3)
        #expect(cursor.last == 5)
        cursor.settle(8)
        #expect(cursor.last == 9 && cursor.isSettled(3))
    }
}
