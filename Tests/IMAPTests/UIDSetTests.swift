// SPDX-License-Identifier: MIT

import IMAP
import Testing

@Suite("Sets of UIDs")
struct UIDSetTests {
    @Test(
        "A set is written in its shortest form, whatever order it came in",
        arguments: [
            ("1", "1"), ("5:2", "2:5"), ("1,2,3", "1:3"), ("3,1,2,9", "1:3,9"), ("7:*", "7:*"),
            ("*:7", "7:*"),
            ("*", "*"), ("1:4,3:9,10", "1:10"), ("4294967294,4294967295", "4294967294:*"), ("5:5", "5"),
        ]
    )
    func written(text: String, expected: String) {
        #expect(UIDSet(parsing: text)?.description == expected)
    }

    @Test(
        "What is no set is refused",
        arguments: ["", "0", "1,", ",1", "1:", "a", "1:2:3", "4294967296", "-1", "1 2", "1:0"]
    )
    func refused(text: String) {
        #expect(UIDSet(parsing: text) == nil)
    }

    @Test("A set knows its members, its size and its ends")
    func members() {
        let uids = set("2:4,9")
        #expect(
            [1, 2, 4, 5, 8, 9, 10].map { uids.contains($0) } == [
                false, true, true, false, false, true, false,
            ]
        )
        #expect(uids.count == 4)
        #expect(Array(uids) == [2, 3, 4, 9])
        #expect((uids.first, uids.last) == (2, 9))
        #expect(UIDSet().isEmpty && UIDSet().first == nil && Array(UIDSet()).isEmpty)
        #expect(UIDSet([9, 2, 3, 4, 3]) == uids)
        #expect(UIDSet(4, through: 2) == set("2:4"))
    }

    @Test("The last message that a server adds to an answer for `n:*` is recognised as not asked for")
    func openEnd() {
        let asked = UIDSet(from: 4712)
        #expect(!asked.contains(4711))
        #expect(asked.contains(4712))
        #expect(asked.description == "4712:*")
        #expect(asked.count == 4_294_962_584)
    }

    @Test("Sets are joined and subtracted")
    func algebra() {
        var uids = set("1:3")
        uids.insert(4)
        uids.insert(9)
        uids.insert(7)
        #expect(uids == set("1:4,7,9"))
        uids.formUnion(set("5:6,20:*"))
        #expect(uids == set("1:7,9,20:*"))
        #expect(uids.subtracting(set("2,4:6,9:21")) == set("1,3,7,22:*"))
        #expect(uids.subtracting(set("1:*")).isEmpty)
        #expect(uids.subtracting(UIDSet()) == uids)
        #expect(set("1:10").subtracting(set("3,5:20")) == set("1:2,4"))
    }

    @Test("Windows are cut from the front, also from a set no memory could hold")
    func windows() {
        var uids = set("1:3,10:4294967294")
        #expect(uids.removeFirst(2) == set("1:2"))
        #expect(uids.removeFirst(3) == set("3,10:11"))
        #expect(uids.first == 12)
        var few = set("4,6")
        #expect(few.removeFirst(500) == set("4,6"))
        #expect(few.isEmpty)
        #expect(few.removeFirst(500).isEmpty)
    }

    @Test("Random sets agree with a plain set of numbers (seed 7)")
    func oracle() {
        var random = SeededNumbers(seed: 7)
        for _ in 0..<300 {
            let one = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                UInt32.random(in: 1...40, using: &random)
            }
            let two = (0..<Int.random(in: 0...20, using: &random)).map { _ in
                UInt32.random(in: 1...40, using: &random)
            }
            let left = UIDSet(one.compactMap { UID($0) })
            let right = UIDSet(two.compactMap { UID($0) })
            var union = left
            union.formUnion(right)
            #expect(Set(left.map(\.value)) == Set(one))
            #expect(Set(union.map(\.value)) == Set(one).union(two))
            #expect(left.subtracting(right).map(\.value) == Set(one).subtracting(two).sorted())
            #expect(left.isEmpty || UIDSet(parsing: left.description) == left)
        }
    }
}
