// SPDX-License-Identifier: MIT

extension Message {
    /// The most visible text that is read of one mail, in bytes; the rest is left out and noted in ``damage``.
    package static let textLimit = 1024 * 1024

    /// Reads a mail, which never fails: what is broken is read as well as it can be.
    ///
    /// Time and memory grow with the mail and are bounded: nesting of parts to 20, parts to 1,000, the header
    /// to 256 KB, text to ``textLimit``.
    ///
    /// - Parameters:
    ///   - bytes: The mail as it was fetched, RFC 5322 and RFC 2045, with any line ends.
    ///   - mailbox: Where it came in: its addresses and whose verdicts may be believed.
    ///   - digest: ``digest`` if it is known already, from ``MailDigest/of(_:)``; computed otherwise.
    package init(parsing bytes: [UInt8], in mailbox: Mailbox, digest: String? = nil) {
        self.init()
        let header = HeaderFields(bytes)
        damage = header.damage
        self.digest = digest ?? MailDigest.of(header)
        let writers = readHeader(header)

        let root = MIME.structure(of: header, damage: &damage)
        let parts = root.isMultipart ? root.flattened : [root]
        var body = BodyText(mail: bytes)
        body.read(root)
        damage += body.damage
        let lines = TextLines(body.text)
        text = String(decoding: body.text, as: UTF8.self)
        ownWords = String(decoding: OwnWords.of(lines), as: UTF8.self)
        attachments = Self.attachments(parts, mail: bytes)

        bounce = DeliveryReport.bounce(
            in: parts,
            of: header,
            subject: subject,
            from: from,
            returnPath: returnPath,
            text: body.text
        )
        automatic =
            bounce != nil || root.type == "multipart/report"
            ? .bounce
            : AutomaticSigns.reason(header, from: from, returnPath: returnPath, subject: subject)
        forwarded =
            bounce != nil
            ? nil
            : Forwarded.read(
                subject: subject,
                lines: lines,
                parts: parts,
                mail: bytes,
                isAutomatic: automatic != nil
            )
        authentication = Authentication.verdict(
            header,
            domain: writers == 1 ? from?.domain : nil,
            trust: mailbox.trust
        )
        isSpam = SpamSigns.areIn(header)
    }

    /// Reads the fields people see; the result is how many writers the mail names.
    private mutating func readHeader(_ header: HeaderFields) -> Int {
        func addresses(_ name: StaticString) -> [Address] {
            header.all(name).flatMap { MIME.addresses(header.unfolded($0)) }
        }
        let writers = addresses("from")
        from = writers.first
        if from == nil { damage.append("no sender that can be read") }
        replyTo = addresses("reply-to")
        to = addresses("to")
        cc = addresses("cc")
        if let field = header.first("subject") { subject = MIME.decodedText(header.unfolded(field)) }
        if let field = header.first("date") {
            date = MailDate.date(header.unfolded(field))
            if date == nil { damage.append("the date cannot be read") }
        }
        messageID = MessageIDs.first(in: header.first("message-id").map(header.unfolded))
        references = MessageIDs.references(of: header)
        if let field = header.first("return-path") {
            let path = header.text(field).filter { $0 != "<" && $0 != ">" && $0 != " " }
            returnPath = path.isEmpty ? .null : MIME.normalisedAddress(path).map { .address($0) } ?? .unknown
        }
        return max(writers.count, header.all("from").count)
    }

    /// Every part but the texts; a text's other form, HTML beside plain, is no file to anybody.
    private static func attachments(_ parts: [MIMEPart], mail: [UInt8]) -> [Attachment] {
        parts.enumerated().compactMap { index, part in
            guard !part.isMultipart, !part.isBodyText else { return nil }
            let name = part.fileName ?? defaultName(part, index)
            return Attachment(name: name, type: part.type, size: MIME.size(of: part, in: mail))
        }
    }

    private static func defaultName(_ part: MIMEPart, _ index: Int) -> String {
        if part.isMessage { return "message.eml" }
        let endings = [
            "image/jpeg": "jpg", "image/png": "png", "image/gif": "gif", "application/pdf": "pdf",
            "text/calendar": "ics", "text/vcard": "vcf", "application/ms-tnef": "dat", "text/html": "html",
            "text/plain": "txt",
        ]
        return "part-\(index).\(endings[part.type] ?? "bin")"
    }
}

extension Message.Address {
    /// The part behind the last `@`, in lower case.
    package var domain: String {
        guard let at = address.utf8.lastIndex(of: 0x40) else { return "" }
        return String(address[address.utf8.index(after: at)...])
    }
}
