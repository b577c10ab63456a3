// SPDX-License-Identifier: MIT

/// What a mail server announced in its answer to EHLO, as far as we make use of it.
package struct SMTPCapabilities: Sendable, Hashable {
    /// Commands may be sent before the answers to earlier ones came (RFC 2920).
    package var pipelining = false

    /// A letter may be sent with BDAT, its length said beforehand (RFC 3030).
    package var chunking = false

    /// Bytes above 127 may stand in the letter's body (RFC 6152).
    package var eightBitMIME = false

    /// Bytes above 127 may stand in addresses and headers (RFC 6531).
    package var smtpUTF8 = false

    /// Answers carry a second code such as `5.1.1` at the start of their text (RFC 2034).
    package var enhancedStatusCodes = false

    /// The size of a letter may be said beforehand (RFC 1870).
    package var size = false

    /// The most bytes a letter may have; nil where the server names no limit.
    package var sizeLimit: Int?

    /// A server that announced nothing, as after HELO.
    package init() {}

    /// Reads the answer to EHLO; unknown keywords and odd parameters are passed over (RFC 5321, 4.1.1.1).
    init(ehlo reply: SMTPReply) {
        for line in reply.lines.dropFirst() {
            let words = line.dropFirst(4).split(whereSeparator: { $0 == " " || $0 == "\t" })
            guard let keyword = words.first else { continue }
            switch keyword.uppercased() {
            case "PIPELINING": pipelining = true
            case "CHUNKING": chunking = true
            case "8BITMIME": eightBitMIME = true
            case "SMTPUTF8": smtpUTF8 = true
            case "ENHANCEDSTATUSCODES": enhancedStatusCodes = true
            case "SIZE":
                size = true
                // Zero means that there is no fixed limit (RFC 1870, 4).
                if words.count > 1, let limit = Int(words[1]), limit > 0 { sizeLimit = limit }
            default: break
            }
        }
    }
}
