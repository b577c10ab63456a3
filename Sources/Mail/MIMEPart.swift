// SPDX-License-Identifier: MIT

/// One node of a mail's tree of parts, RFC 2045: what it is and where its bytes are.
///
/// The tree holds no bytes. Contents are ranges of the whole mail and are decoded when somebody asks.
struct MIMEPart {
    /// `text/plain` and so on, lower case, without parameters.
    var type: String
    /// Parameters of `Content-Type`, names in lower case, values decoded.
    var parameters: [String: String] = [:]
    /// `attachment`, `inline`, …, lower case; `nil` without the header.
    var disposition: String?
    /// The file's name from either header, decoded, on one line.
    var fileName: String?
    /// Without angle brackets.
    var contentID: String?
    var encoding: Encoding = .none
    /// Where the encoded content is in the mail; empty for nodes with ``children``.
    var content: Range<Int> = 0..<0
    var children: [MIMEPart] = []

    /// How the content is encoded, RFC 2045 section 6.
    enum Encoding {
        /// 7bit, 8bit, binary, or anything unknown.
        case none
        case base64, quotedPrintable, uuencode
    }

    var isMultipart: Bool { type.hasPrefix("multipart/") }

    /// A text that is meant to be read in the message and not saved as a file.
    var isBodyText: Bool {
        guard type == "text/plain" || type == "text/html" else { return false }
        return disposition != "attachment" && (fileName == nil || disposition == "inline")
    }

    /// A whole message enclosed as it is, RFC 2046 section 5.2.1 and RFC 6532 section 3.7.
    var isMessage: Bool {
        type == "message/rfc822" || type == "message/global" || type == "message/rfc2822"
    }

    /// This part and all below it, in the order of the mail.
    var flattened: [MIMEPart] {
        var list: [MIMEPart] = []
        var open = [self]
        while let part = open.popLast() {
            list.append(part)
            open.append(contentsOf: part.children.reversed())
        }
        return list
    }
}
