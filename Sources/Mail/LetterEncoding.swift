// SPDX-License-Identifier: MIT

extension Letter {
    /// The letter's bytes, RFC 5322 and RFC 2045.
    ///
    /// CRLF line ends, 7-bit unless ``needsSMTPUTF8``, no line over 998 bytes. The same letter gives the same
    /// bytes each time. No value can add a header: control characters in them become blanks.
    package func encoded() -> [UInt8] {
        var head = HeaderWriter()
        head.addresses("From", [from])
        head.addresses("To", [to])
        if let replyTo { head.addresses("Reply-To", [replyTo]) }
        head.text("Subject", subject)
        head.verbatim("Date", MailDate.text(date, secondsFromGMT: secondsFromGMT))
        head.ids("Message-ID", [messageID])
        if let inReplyTo { head.ids("In-Reply-To", [inReplyTo]) }
        if !references.isEmpty { head.ids("References", references) }
        switch origin {
        case .automaticReply: head.verbatim("Auto-Submitted", "auto-replied")
        case .automatic: head.verbatim("Auto-Submitted", "auto-generated")
        case .person: break
        }
        // Not "All", which would suppress the bounces that we need.
        if origin != .person { head.verbatim("X-Auto-Response-Suppress", "OOF, AutoReply, RN, NRN") }
        if let importance {
            head.verbatim("Importance", importance.rawValue)
            let number = [Importance.high: "1", .normal: "3", .low: "5"][importance]
            head.verbatim("X-Priority", number ?? "3")
        }
        for header in headers { head.text(header.name, header.value) }
        head.verbatim("MIME-Version", "1.0")

        let body = LetterPart(text: text)
        guard !attachments.isEmpty else { return head.bytes + body.bytes }
        let parts = [body] + attachments.map(LetterPart.init)
        let boundary = boundary(for: parts)
        head.verbatim("Content-Type", "multipart/mixed; boundary=\"\(boundary)\"")
        var bytes = head.bytes + [0x0D, 0x0A]
        for part in parts {
            bytes += Array("--\(boundary)\r\n".utf8) + part.bytes
            if !bytes.hasSuffix([0x0D, 0x0A]) { bytes += [0x0D, 0x0A] }
        }
        return bytes + Array("--\(boundary)--\r\n".utf8)
    }

    /// Whether only a server with SMTPUTF8 (RFC 6531) can take it: an address is not ASCII.
    package var needsSMTPUTF8: Bool {
        [from, to, replyTo].contains { $0.map { !$0.address.utf8.allSatisfy { $0 < 0x80 } } ?? false }
    }

    /// A line that stands in no part, the same for the same letter.
    private func boundary(for parts: [LetterPart]) -> String {
        var number: UInt64 = 0xCBF2_9CE4_8422_2325
        func mix(_ byte: UInt8) { number = (number ^ UInt64(byte)) &* 0x100_0000_01B3 }
        messageID.utf8.forEach(mix)
        for part in parts { part.bytes.forEach(mix) }
        // "=_" occurs neither in base64 nor in quoted-printable; the rest is looked at.
        while true {
            let boundary = "=_" + String(number, radix: 36)
            let line = Array("--\(boundary)".utf8)
            if !parts.contains(where: { $0.isPlain && $0.bytes.contains(line) }) { return boundary }
            mix(0)
        }
    }
}

/// One part of a letter with its `Content-*` headers.
private struct LetterPart {
    var bytes: [UInt8]
    /// Whether the content stands there as it is.
    var isPlain = false

    /// A text: 7-bit as it is, else quoted-printable.
    init(text: String) {
        let clean = PlainText.cleaned(Array(text.utf8))
        var head = HeaderWriter()
        if clean.isSendable {
            let isASCII = "us-ascii"
            head.verbatim("Content-Type", "text/plain; charset=\(isASCII)")
            head.verbatim("Content-Transfer-Encoding", "7bit")
            bytes = head.bytes + [0x0D, 0x0A] + clean.withCRLF
            isPlain = true
        } else {
            head.verbatim("Content-Type", "text/plain; charset=utf-8")
            head.verbatim("Content-Transfer-Encoding", "quoted-printable")
            bytes = head.bytes + [0x0D, 0x0A] + Self.quotedPrintable(clean)
        }
        if !bytes.hasSuffix([0x0D, 0x0A]) { bytes += [0x0D, 0x0A] }
    }

    /// A file: base64, but a 7-bit message as the message it is, RFC 2046 section 5.2.1.
    init(_ attachment: Letter.Attachment) {
        var head = HeaderWriter()
        let isMessage = attachment.type.lowercased() == "message/rfc822"
        let lines = isMessage ? attachment.bytes.withCRLF : []
        isPlain = isMessage && lines.isSendable && !lines.contains(0)
        var type = attachment.type.lowercased().filter {
            $0.isASCII && ($0.isLetter || $0.isNumber || "/+.-_".contains($0))
        }
        var name = attachment.name
        // A transfer encoding is forbidden on message/rfc822, and not every server takes 8 bits.
        if isMessage, !isPlain {
            type = "application/octet-stream"
            name = "original.eml"
        }
        if type.split(separator: "/").count != 2 || type.hasPrefix("multipart/") || type.hasPrefix("/") {
            type = "application/octet-stream"
        }
        head.verbatim("Content-Type", type)
        head.parameter("Content-Disposition", "attachment", "filename", name)
        head.verbatim("Content-Transfer-Encoding", isPlain ? "7bit" : "base64")
        bytes = head.bytes + [0x0D, 0x0A] + (isPlain ? lines : Self.base64(attachment.bytes))
        if !bytes.hasSuffix([0x0D, 0x0A]) { bytes += [0x0D, 0x0A] }
    }

    /// RFC 2045 section 6.7: lines of at most 76 characters, blanks at line ends encoded.
    private static func quotedPrintable(_ text: [UInt8]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count * 5 / 4)
        var column = 0
        for (index, byte) in text.enumerated() {
            if byte == 0x0A {
                bytes += [0x0D, 0x0A]
                column = 0
                continue
            }
            let isAtEnd = index + 1 == text.count || text[index + 1] == 0x0A
            let isBlank = byte == 0x20 || byte == 0x09
            let isPlain =
                byte < 0x80 && byte != 0x3D && (!isBlank || !isAtEnd) && (byte >= 0x20 || byte == 0x09)
            let width = isPlain ? 1 : 3
            if column + width > (isAtEnd ? 76 : 75) {
                bytes += [0x3D, 0x0D, 0x0A]
                column = 0
            }
            if isPlain {
                bytes.append(byte)
            } else {
                bytes += [0x3D, hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            }
            column += width
        }
        return bytes
    }

    private static let hexadecimal = Array("0123456789ABCDEF".utf8)

    /// RFC 2045 section 6.8, lines of 76 characters.
    private static func base64(_ content: [UInt8]) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count * 4 / 3 + content.count / 28 + 8)
        var index = 0
        var column = 0
        while index < content.count {
            let count = min(3, content.count - index)
            var group = UInt32(content[index]) << 16
            if count > 1 { group |= UInt32(content[index + 1]) << 8 }
            if count > 2 { group |= UInt32(content[index + 2]) }
            for place in 0..<4 {
                bytes.append(place <= count ? alphabet[Int(group >> UInt32(18 - 6 * place) & 63)] : 0x3D)
            }
            index += 3
            column += 4
            if column == 76 {
                bytes += [0x0D, 0x0A]
                column = 0
            }
        }
        return bytes
    }
}

extension [UInt8] {
    fileprivate func hasSuffix(_ suffix: [UInt8]) -> Bool {
        count >= suffix.count && self[(count - suffix.count)...].elementsEqual(suffix)
    }

    /// 7-bit, no line over 998 bytes without its end, RFC 5322 section 2.1.1.
    fileprivate var isSendable: Bool {
        var length = 0
        for byte in self {
            if byte >= 0x80 { return false }
            length = byte == 0x0A || byte == 0x0D ? 0 : length + 1
            if length > 998 { return false }
        }
        return true
    }

    /// With every line end as CRLF.
    fileprivate var withCRLF: [UInt8] {
        var lines: [UInt8] = []
        lines.reserveCapacity(count + count / 32)
        var previous: UInt8 = 0
        for byte in self {
            if byte == 0x0A {
                if previous != 0x0D { lines.append(0x0D) }
                lines.append(0x0A)
            } else {
                if previous == 0x0D { lines.append(0x0A) }
                lines.append(byte)
            }
            previous = byte
        }
        if previous == 0x0D { lines.append(0x0A) }
        return lines
    }
}
