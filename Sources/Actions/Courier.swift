// SPDX-License-Identifier: MIT
/// A door through which letters leave the house.
package protocol Courier: Sendable {
    /// Tries to deliver each letter once and says what became of each, in the same order.
    ///
    /// Letters given together may share a connection and travel at the same time.
    func deliver(_ parcels: [Consignment]) async -> [Delivery]
}

/// A letter on its way out, as bytes.
package struct Consignment: Sendable, Hashable {
    package var key: Effect.Key
    /// The envelope's sender: the watched mailbox, so that bounces are seen.
    package var sender: String
    package var recipient: String
    package var bytes: [UInt8]

    package init(key: Effect.Key, sender: String, recipient: String, bytes: [UInt8]) {
        self.key = key
        self.sender = sender
        self.recipient = recipient
        self.bytes = bytes
    }
}

/// What became of one attempt.
package enum Delivery: Sendable, Hashable {
    /// The server took responsibility; its words.
    case delivered(String)
    /// It may succeed later.
    case retry(String)
    /// It will never succeed.
    case rejected(String)
    /// Nobody can know: the letter was handed over and no answer came.
    case unknown(String)

    /// The server's words or ours, for the person who looks.
    package var words: String {
        switch self {
        case .delivered(let words), .retry(let words), .rejected(let words), .unknown(let words): words
        }
    }
}
