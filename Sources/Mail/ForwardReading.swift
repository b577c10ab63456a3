// SPDX-License-Identifier: MIT

extension Message.Forwarded {
    /// What a forward names as its original; `nil` unless the message is one.
    ///
    /// A forward is a subject that begins with a forward's prefix, a forward's head in the text that is not
    /// itself quoted, or a message that a person attached. An answer's prefix before that makes it an answer.
    static func read(
        subject: String,
        lines: TextLines,
        parts: [MIMEPart],
        mail: [UInt8],
        isAutomatic: Bool
    ) -> Message.Forwarded? {
        let prefix = Subject.prefix(of: subject[...])
        var head: QuotedMessage?
        for line in 0..<lines.count where !lines.isBlank(line) && !lines.isQuoted(line) {
            guard let found = QuotedMessage.heading(in: lines, at: line) else { continue }
            head = found
            break
        }
        let isMarked = head?.isForward == true
        let isPrefixed = prefix?.kind == .forward
        if !isMarked, !isPrefixed {
            guard !isAutomatic, let enclosed = parts.first(where: \.isMessage) else { return nil }
            return original(in: enclosed, mail)
        }
        if let head, head.from != nil || head.subject != nil {
            return Message.Forwarded(
                from: head.from.flatMap(person),
                subject: head.subject ?? prefix.map { String($0.rest) }
            )
        }
        if let enclosed = parts.first(where: \.isMessage) { return original(in: enclosed, mail) }
        return Message.Forwarded(subject: isPrefixed ? prefix.map { String($0.rest) } : nil)
    }

    private static func original(in part: MIMEPart, _ mail: [UInt8]) -> Message.Forwarded {
        let header = HeaderFields(mail, from: part.content.lowerBound, to: part.content.upperBound)
        return Message.Forwarded(
            from: header.first("from").flatMap { MIME.addresses(header.unfolded($0)).first },
            subject: header.first("subject").map { MIME.decodedText(header.unfolded($0)) }
        )
    }

    /// `Jörg Müller <joerg@example.de>`, also `[mailto:joerg@example.de]` as Outlook wrote.
    private static func person(_ text: String) -> Message.Address? {
        var text = text
        for (old, new) in [("[mailto:", "<"), ("<mailto:", "<"), ("]", ">"), ("*", "")] {
            text = text.replacing(old, with: new)
        }
        return MIME.addresses(Array(text.utf8)).first
    }
}
