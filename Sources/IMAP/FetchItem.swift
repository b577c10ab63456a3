// SPDX-License-Identifier: MIT

/// What to ask about messages (RFC 9051, section 6.4.5).
///
/// Text is always asked for with `PEEK`: reading must not set `\Seen`, so there is no other way here.
package enum FetchItem: Sendable, Hashable {
    case uid
    case flags
    case internalDate
    case size
    /// The modification sequence (RFC 7162).
    case modSeq
    case envelope
    case bodyStructure
    /// The text of this section, or a stretch of it in bytes.
    case text(Section, Range<UInt32>? = nil)

    /// The whole message as it is.
    package static let message = FetchItem.text(.whole)
    /// All of its header.
    package static let header = FetchItem.text(.header)

    /// A section of a message's text (RFC 9051, section 6.4.5.1).
    package enum Section: Sendable, Hashable {
        case whole
        case header
        /// Some fields of the header, by name.
        case headerFields([String])
        /// All behind the header.
        case body
        /// A part by its place in the MIME structure: `[2, 1]` is the first part of the second.
        case part([Int])
        /// The MIME header of a part.
        case partHeader([Int])
    }

    func encode(into command: inout CommandEncoder) throws(IMAPError) {
        switch self {
        case .uid: command.write("UID")
        case .flags: command.write("FLAGS")
        case .internalDate: command.write("INTERNALDATE")
        case .size: command.write("RFC822.SIZE")
        case .modSeq: command.write("MODSEQ")
        case .envelope: command.write("ENVELOPE")
        case .bodyStructure: command.write("BODYSTRUCTURE")
        case .text(let section, let stretch):
            command.write("BODY.PEEK[")
            try Self.encode(section, into: &command)
            command.write("]")
            guard let stretch else { return }
            guard !stretch.isEmpty else { throw .unsendable("an empty stretch of a message") }
            command.write("<\(stretch.lowerBound).\(stretch.count)>")
        }
    }

    private static func encode(_ section: Section, into command: inout CommandEncoder) throws(IMAPError) {
        switch section {
        case .whole: break
        case .header: command.write("HEADER")
        case .body: command.write("TEXT")
        case .part(let place): command.write(try written(place))
        case .partHeader(let place): command.write("\(try written(place)).MIME")
        case .headerFields(let names):
            guard !names.isEmpty else { throw .unsendable("a list of no header fields") }
            for (index, name) in names.enumerated() {
                command.write(index == 0 ? "HEADER.FIELDS (" : " ")
                try command.atom(name, as: "header field")
            }
            command.write(")")
        }
    }

    private static func written(_ place: [Int]) throws(IMAPError) -> String {
        guard !place.isEmpty, place.allSatisfy({ $0 > 0 }) else {
            throw .unsendable("the part \(place) of a message")
        }
        return place.map(String.init).joined(separator: ".")
    }
}
