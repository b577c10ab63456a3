// SPDX-License-Identifier: MIT

/// A server's verdict or remark, with its own words: `OK`, `NO`, `BAD`, `BYE`, `PREAUTH` (RFC 9051, 7.1).
package struct StatusReply: Sendable, Hashable {
    /// Which of the five words it began with.
    package enum Kind: String, Sendable {
        case ok = "OK"
        case no = "NO"
        case bad = "BAD"
        /// The connection ends.
        case bye = "BYE"
        /// The greeting of a connection that needs no login.
        case preauth = "PREAUTH"
    }

    /// Which of the five words it began with.
    package var kind: Kind
    /// What programs are to understand.
    package var code: ResponseCode?
    /// The words for people, exactly as received, without the code and the line ending.
    package var text: String

    /// A verdict or remark.
    package init(_ kind: Kind, code: ResponseCode? = nil, text: String) {
        self.kind = kind
        self.code = code
        self.text = text
    }

    /// Whether it says that all went well.
    package var isOK: Bool { kind == .ok }
}

/// The machine-readable part of a ``StatusReply`` (RFC 9051, section 7.1; RFC 5530; RFC 4315; RFC 7162).
package enum ResponseCode: Sendable, Hashable {
    /// The text must be shown to a person.
    case alert
    /// What the server can do.
    case capability(Capabilities)
    /// Flags that can be changed for good.
    case permanentFlags([Flag])
    case readOnly
    case readWrite
    /// The folder does not exist, and creating it would help.
    case tryCreate
    case uidNext(UID)
    case uidValidity(UIDValidity)
    /// The number (not UID) of the first message that was never seen.
    case unseen(UInt32)
    /// Where appended messages landed.
    case appendUID(UIDValidity, UIDSet)
    /// Where copied or moved messages landed.
    case copyUID(CopiedUIDs)
    case highestModSeq(UInt64)
    /// The folder keeps no modification sequences.
    case noModSeq
    /// The folder open before is closed; what follows speaks of the next one.
    case closed
    /// Too many requests: come back later.
    case throttled
    /// The mailbox is full.
    case overQuota
    /// The folder is locked by another; try again.
    case inUse
    /// The server's own store is down; try again.
    case unavailable
    case nonExistent
    case noPermission
    case authenticationFailed
    /// Any other code: its name in capitals, and what stands behind it as text.
    case other(String, String)
}

/// Which message became which when they were copied or moved (RFC 4315, section 3).
package struct CopiedUIDs: Sendable, Hashable {
    /// The generation of UIDs in the folder they went to.
    package let uidValidity: UIDValidity
    // Order is meaning here: the first of one list became the first of the other.
    private let source: [ClosedRange<UInt32>]
    private let destination: [ClosedRange<UInt32>]

    init?(uidValidity: UIDValidity, source: [ClosedRange<UInt32>], destination: [ClosedRange<UInt32>]) {
        let size: ([ClosedRange<UInt32>]) -> Int = { $0.reduce(0) { $0 + $1.count } }
        guard size(source) == size(destination) else { return nil }
        self.uidValidity = uidValidity
        self.source = source
        self.destination = destination
    }

    /// The UID that a message got in the other folder.
    package func destination(of uid: UID) -> UID? {
        var position = 0
        for range in source {
            guard range.contains(uid.value) else {
                position += range.count
                continue
            }
            position += Int(uid.value - range.lowerBound)
            return element(at: position)
        }
        return nil
    }

    private func element(at position: Int) -> UID? {
        var rest = position
        for range in destination {
            guard rest >= range.count else { return UID(range.lowerBound + UInt32(rest)) }
            rest -= range.count
        }
        return nil
    }
}
