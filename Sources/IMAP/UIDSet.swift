// SPDX-License-Identifier: MIT

/// A set of UIDs, kept as ranges: a mailbox of a million messages is often a single one.
///
/// The ranges are ascending and never touch, so equal sets compare equal and print alike. The upper bound
/// 4,294,967,295 stands for `*`, the last message of the folder, in both directions.
///
/// A server answers `n:*` with the last message even if its UID is *below* n, since `n:*` and `*:n` mean the
/// same to it (RFC 9051, section 9, seq-range). `UIDSet(from: n)` does not contain that message: whoever asks
/// for it must drop every answer for which ``contains(_:)`` is false.
package struct UIDSet: Sendable, Hashable {
    /// The ranges, ascending, with a gap between each two.
    package private(set) var ranges: [ClosedRange<UInt32>] = []

    /// The empty set.
    package init() {}

    /// The set of one UID.
    package init(_ uid: UID) {
        ranges = [uid.value...uid.value]
    }

    /// All UIDs between two, both included, in either order.
    package init(_ first: UID, through last: UID) {
        ranges = [first < last ? first.value...last.value : last.value...first.value]
    }

    /// That message and all later ones, `uid:*`.
    ///
    /// The type's description tells how the answer surprises.
    package init(from uid: UID) {
        ranges = [uid.value...UInt32.max]
    }

    /// The set of these UIDs, in any order, with or without repetitions.
    package init(_ uids: some Sequence<UID>) {
        var builder = Builder()
        for uid in uids { builder.add(uid.value...uid.value) }
        self = builder.finished()
    }

    /// Reads `1:3,5,9:*`; nothing when it is not such a list.
    ///
    /// `5:2` means `2:5`.
    package init?(parsing text: some StringProtocol) {
        var scan = RangeList(bytes: Array(text.utf8))
        guard let ranges = scan.ranges() else { return nil }
        self.init(ranges: ranges)
    }

    init(ranges: [ClosedRange<UInt32>]) {
        var builder = Builder()
        for range in ranges { builder.add(range) }
        self = builder.finished()
    }

    /// Whether there is no UID in it.
    package var isEmpty: Bool { ranges.isEmpty }

    /// How many UIDs it has; a set with `*` counts up to 4,294,967,295.
    package var count: Int {
        ranges.reduce(0) { $0 + Int($1.upperBound - $1.lowerBound) + 1 }
    }

    /// The lowest UID.
    package var first: UID? { ranges.first.map { UID(unchecked: $0.lowerBound) } }

    /// The highest UID.
    package var last: UID? { ranges.last.map { UID(unchecked: $0.upperBound) } }

    /// Whether the set has this UID.
    ///
    /// Takes time logarithmic in the number of ranges.
    package func contains(_ uid: UID) -> Bool {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < uid.value { low = middle + 1 } else { high = middle }
        }
        return low < ranges.count && ranges[low].contains(uid.value)
    }

    /// Adds one UID; cheap when it is higher than all others.
    package mutating func insert(_ uid: UID) {
        formUnion(UIDSet(uid))
    }

    /// Adds all UIDs of another set.
    package mutating func formUnion(_ other: UIDSet) {
        var builder = Builder(ranges: ranges)
        ranges = []
        for range in other.ranges { builder.add(range) }
        self = builder.finished()
    }

    /// The UIDs of this set that the other does not have.
    package func subtracting(_ other: UIDSet) -> UIDSet {
        var rest: [ClosedRange<UInt32>] = []
        var index = 0
        for range in ranges {
            var low = range.lowerBound
            var isOpen = true
            while index < other.ranges.count, other.ranges[index].upperBound < low { index += 1 }
            var cut = index
            while isOpen, cut < other.ranges.count, other.ranges[cut].lowerBound <= range.upperBound {
                let hole = other.ranges[cut]
                if hole.lowerBound > low { rest.append(low...(hole.lowerBound - 1)) }
                isOpen = hole.upperBound < range.upperBound
                if isOpen { low = hole.upperBound + 1 }
                cut += 1
            }
            if isOpen { rest.append(low...range.upperBound) }
        }
        return UIDSet(ranges: rest)
    }

    /// Takes the lowest `count` UIDs out of the set: a window for one `UID FETCH`.
    ///
    /// The set is not expanded, so a server that claims four thousand million messages costs nothing.
    package mutating func removeFirst(_ count: Int) -> UIDSet {
        precondition(count > 0, "an empty window would loop for ever")
        var window: [ClosedRange<UInt32>] = []
        var missing = count
        var used = 0
        while missing > 0, used < ranges.count {
            let range = ranges[used]
            let size = Int(range.upperBound - range.lowerBound) + 1
            guard size > missing else {
                window.append(range)
                missing -= size
                used += 1
                continue
            }
            let end = range.lowerBound + UInt32(missing - 1)
            window.append(range.lowerBound...end)
            ranges[used] = (end + 1)...range.upperBound
            missing = 0
        }
        ranges.removeFirst(used)
        return UIDSet(ranges: window)
    }
}

extension UIDSet: Sequence {
    /// Walks the UIDs in ascending order without expanding the ranges.
    package struct Iterator: IteratorProtocol {
        private let ranges: [ClosedRange<UInt32>]
        private var index = 0
        private var value: UInt32 = 0

        init(_ ranges: [ClosedRange<UInt32>]) {
            self.ranges = ranges
            value = ranges.first?.lowerBound ?? 0
        }

        package mutating func next() -> UID? {
            guard index < ranges.count else { return nil }
            let uid = UID(unchecked: value)
            if value < ranges[index].upperBound {
                value += 1
            } else {
                index += 1
                if index < ranges.count { value = ranges[index].lowerBound }
            }
            return uid
        }
    }

    package func makeIterator() -> Iterator { Iterator(ranges) }

    /// The number of ranges, since counting the UIDs of `1:*` by walking would never end.
    package var underestimatedCount: Int { ranges.count }
}

extension UIDSet: CustomStringConvertible {
    /// The set as IMAP writes it, `1:3,5,9:*`; empty for the empty set, which IMAP cannot express.
    package var description: String {
        ranges.map { range in
            let upper = range.upperBound == .max ? "*" : String(range.upperBound)
            return range.count == 1 ? upper : "\(range.lowerBound):\(upper)"
        }.joined(separator: ",")
    }
}

/// Collects ranges in the order they come and puts them right at the end, if that is needed at all.
private struct Builder {
    private var ranges: [ClosedRange<UInt32>]
    private var isOrdered = true

    init(ranges: [ClosedRange<UInt32>] = []) {
        self.ranges = ranges
    }

    mutating func add(_ range: ClosedRange<UInt32>) {
        guard let last = ranges.last, isOrdered else {
            ranges.append(range)
            return
        }
        if range.lowerBound < last.lowerBound {
            isOrdered = false
            ranges.append(range)
        } else if !join(range, to: last) {
            ranges.append(range)
        }
    }

    /// Joins a range to the last one where they overlap or touch.
    private mutating func join(_ range: ClosedRange<UInt32>, to last: ClosedRange<UInt32>) -> Bool {
        guard last.upperBound == .max || range.lowerBound <= last.upperBound + 1 else { return false }
        ranges[ranges.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
        return true
    }

    consuming func finished() -> UIDSet {
        guard isOrdered else {
            let sorted = ranges.sorted { $0.lowerBound < $1.lowerBound }
            return UIDSet(ranges: sorted)
        }
        return UIDSet(ordered: ranges)
    }
}

extension UIDSet {
    fileprivate init(ordered: [ClosedRange<UInt32>]) {
        ranges = ordered
    }
}

/// Reads `1:3,5,9:*` and keeps the order, which matters in COPYUID alone.
struct RangeList {
    let bytes: [UInt8]
    private var index = 0

    init(bytes: [UInt8]) {
        self.bytes = bytes
    }

    mutating func ranges() -> [ClosedRange<UInt32>]? {
        var ranges: [ClosedRange<UInt32>] = []
        repeat {
            guard let first = bound() else { return nil }
            var last = first
            if take(Ascii.colon) {
                guard let bound = bound() else { return nil }
                last = bound
            }
            ranges.append(min(first, last)...max(first, last))
        } while take(Ascii.comma)
        return index == bytes.count ? ranges : nil
    }

    private mutating func bound() -> UInt32? {
        if take(Ascii.star) { return .max }
        let start = index
        while index < bytes.count, Ascii.isDigit(bytes[index]) { index += 1 }
        guard let number = Ascii.number(bytes[start..<index], as: UInt32.self), number > 0 else { return nil }
        return number
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }
}
