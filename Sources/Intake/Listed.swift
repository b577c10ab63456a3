// SPDX-License-Identifier: MIT
import FoundationEssentials
import IMAP
import Mail

/// A message as a cheap look at the server shows it.
struct Listed: Sendable, Hashable {
    var uid: UID
    /// In bytes; nothing if the server does not tell.
    var size: Int?
    /// INTERNALDATE; nothing if the server does not tell.
    var arrived: Date?
    /// The first Message-ID, without brackets; empty if it was not asked for or there is none.
    var messageID = ""

    init(uid: UID, size: Int? = nil, arrived: Date? = nil) {
        self.uid = uid
        self.size = size
        self.arrived = arrived
    }

    /// Takes over what an answer says.
    mutating func learn(_ message: FetchedMessage) {
        if let size = message.size { self.size = Int(clamping: size) }
        if let date = message.internalDate { arrived = Date(date) }
        for section in message.sections where section.name.hasPrefix("HEADER.FIELDS") {
            guard case .bytes(let bytes) = section.content else { continue }
            messageID = Self.messageID(in: bytes) ?? ""
        }
    }

    /// What is needed to recognise the message under another number; nothing if the server left out a part.
    var sketch: MessageSketch? {
        guard let size, let arrived, !messageID.isEmpty else { return nil }
        return MessageSketch(messageID: messageID, size: size, arrived: arrived)
    }

    /// The id in a header that holds the field `Message-ID` alone, RFC 5322 section 3.6.4.
    private static func messageID(in header: [UInt8]) -> String? {
        guard let colon = header.firstIndex(of: UInt8(ascii: ":")) else { return nil }
        // Folded lines are one value, and blanks inside of an id mean nothing.
        let value = header[(colon + 1)...].filter { $0 > 0x20 }
        guard let open = value.firstIndex(of: UInt8(ascii: "<")),
            let close = value[open...].firstIndex(of: UInt8(ascii: ">"))
        else {
            return value.isEmpty ? nil : String(decoding: value, as: UTF8.self)
        }
        return String(decoding: value[(open + 1)..<close], as: UTF8.self)
    }
}

extension Date {
    /// The moment a server names.
    init(_ date: InternalDate) {
        self.init(timeIntervalSince1970: Double(date.seconds))
    }
}
