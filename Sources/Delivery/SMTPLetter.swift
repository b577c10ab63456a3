// SPDX-License-Identifier: MIT

/// One letter as the SMTP dialogue takes it: an envelope with one receiver, and the bytes to be sent.
package struct SMTPLetter: Sendable, Hashable {
    /// The caller's own name for the letter; outcomes are told by it.
    package let tag: Int

    /// The envelope sender's address without angle brackets; empty for the null sender.
    package let sender: String

    /// The one receiver's address without angle brackets.
    package let recipient: String

    /// The message with CRLF line endings throughout, the last line ended.
    package let bytes: [UInt8]

    /// Whether the bytes hold any above 127.
    package let isEightBit: Bool

    /// Whether headers or addresses hold characters beyond ASCII.
    package let needsSMTPUTF8: Bool

    /// Creates a letter.
    ///
    /// Bare CR and bare LF are made CRLF: a server that takes them for line ends could otherwise be led to see
    /// the end of the letter, and further commands, inside the text.
    ///
    /// - Parameters:
    ///   - tag: The caller's own name for the letter.
    ///   - sender: The envelope sender without angle brackets; empty for the null sender.
    ///   - recipient: The receiver's address without angle brackets.
    ///   - bytes: The whole message, header and body.
    ///   - hasUTF8Headers: Whether header fields hold raw UTF-8; that addresses do is seen by itself.
    package init(tag: Int, sender: String, recipient: String, bytes: [UInt8], hasUTF8Headers: Bool = false) {
        self.tag = tag
        self.sender = sender
        self.recipient = recipient
        self.bytes = Self.isWellEnded(bytes) ? bytes : Self.withLineEndings(bytes)
        isEightBit = bytes.contains { $0 > 127 }
        needsSMTPUTF8 =
            hasUTF8Headers || sender.utf8.contains { $0 > 127 } || recipient.utf8.contains { $0 > 127 }
    }

    private static func isWellEnded(_ bytes: [UInt8]) -> Bool {
        var previous: UInt8 = 0
        for byte in bytes {
            guard (byte == UInt8(ascii: "\n")) == (previous == UInt8(ascii: "\r")) else { return false }
            previous = byte
        }
        return bytes.isEmpty || previous == UInt8(ascii: "\n")
    }

    private static func withLineEndings(_ bytes: [UInt8]) -> [UInt8] {
        var ended: [UInt8] = []
        ended.reserveCapacity(bytes.count + bytes.count / 32 + 2)
        var previous: UInt8 = 0
        for byte in bytes {
            switch byte {
            case UInt8(ascii: "\n"):
                if previous != UInt8(ascii: "\r") { ended += [UInt8(ascii: "\r"), byte] }
            case UInt8(ascii: "\r"):
                ended += [byte, UInt8(ascii: "\n")]
            default:
                ended.append(byte)
            }
            previous = byte
        }
        if ended.last != UInt8(ascii: "\n"), !ended.isEmpty {
            ended += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
        }
        return ended
    }
}

extension SMTPLetter {
    /// A fault of the letter that no second attempt over the same kind of connection can mend.
    struct Fault: Sendable, Hashable {
        var stage: DeliveryError.Stage
        var words: String
    }

    /// What forbids to send this envelope to any server at all.
    ///
    /// Addresses become part of command lines, so nothing may stand in them that ends or divides a line. A quoted
    /// local part with a space would be lawful and is refused as well: no customer has one, attackers do.
    func envelopeFault() -> Fault? {
        if !sender.isEmpty, let words = Self.addressFault(sender) {
            return Fault(stage: .sender, words: "the sender's address \(words)")
        }
        if let words = Self.addressFault(recipient) {
            return Fault(stage: .recipient, words: "the receiver's address \(words)")
        }
        return nil
    }

    /// What forbids to send this letter to a server with these capabilities.
    func fault(for server: SMTPCapabilities) -> Fault? {
        if needsSMTPUTF8, !server.smtpUTF8 {
            let isSender = sender.utf8.contains { $0 > 127 }
            let isRecipient = recipient.utf8.contains { $0 > 127 }
            let stage: DeliveryError.Stage = isSender ? .sender : isRecipient ? .recipient : .body
            let part = isSender ? "sender's address" : isRecipient ? "receiver's address" : "header"
            return Fault(
                stage: stage,
                words: "the \(part) holds characters beyond ASCII and the server lacks SMTPUTF8"
            )
        }
        if isEightBit, !server.eightBitMIME {
            return Fault(
                stage: .body,
                words: "the letter holds 8-bit bytes and the server lacks 8BITMIME; "
                    + "it must be written anew in 7 bits"
            )
        }
        if let limit = server.sizeLimit, bytes.count > limit {
            return Fault(
                stage: .body,
                words: "the letter has \(bytes.count) bytes and the server takes \(limit) at most"
            )
        }
        return nil
    }

    /// What is wrong with an address without angle brackets, as the end of a sentence; nil if it may be sent.
    static func addressFault(_ address: String) -> String? {
        for scalar in address.unicodeScalars {
            switch scalar {
            case "<", ">": return "holds an angle bracket"
            case " ", "\u{A0}", "\u{2028}", "\u{2029}": return "holds a space"
            default:
                if scalar.properties.generalCategory == .control { return "holds a control character" }
            }
        }
        // RFC 5321, 4.5.3.1: a path has 256 octets, two of which are the angle brackets.
        guard address.utf8.count <= 254 else { return "is longer than 254 bytes" }
        guard let at = address.lastIndex(of: "@") else { return "has no @" }
        guard at != address.startIndex, address.index(after: at) != address.endIndex else {
            return "lacks a part before or after the @"
        }
        return nil
    }
}
