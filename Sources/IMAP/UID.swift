// SPDX-License-Identifier: MIT

/// The number of a message within one folder (RFC 9051, section 2.3.1.1).
///
/// UIDs only grow. They mean something together with the folder and its ``UIDValidity`` alone.
package struct UID: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// The number itself: 1 to 4,294,967,295.
    package let value: UInt32

    /// The UID with this number, or nothing for 0, which no message has.
    package init?(_ value: UInt32) {
        guard value > 0 else { return nil }
        self.value = value
    }

    init(unchecked value: UInt32) {
        self.value = value
    }

    package var description: String { String(value) }

    package static func < (left: UID, right: UID) -> Bool { left.value < right.value }
}

extension UID: ExpressibleByIntegerLiteral {
    /// A UID written in the source; 0 is a mistake of the programmer.
    package init(integerLiteral value: UInt32) {
        precondition(value > 0, "no message has the UID 0")
        self.init(unchecked: value)
    }
}

/// The generation of a folder's UIDs: when it changes, every remembered UID is void (RFC 9051, 2.3.1.1).
package struct UIDValidity: Sendable, Hashable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    /// The number itself.
    package let value: UInt32

    /// The generation with this number.
    package init(_ value: UInt32) {
        self.value = value
    }

    /// A generation written in the source.
    package init(integerLiteral value: UInt32) {
        self.init(value)
    }

    package var description: String { String(value) }
}
