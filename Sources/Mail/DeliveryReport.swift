// SPDX-License-Identifier: MIT

/// Reads reports that a letter did not arrive: RFC 3464, and the common ones from before it.
enum DeliveryReport {
    /// The longest report that is read, in bytes.
    private static let limit = 64 * 1024

    /// What a message's parts report; `nil` if it is no report of a failure or delay.
    static func bounce(
        in parts: [MIMEPart],
        of header: HeaderFields,
        subject: String,
        from: Message.Address?,
        returnPath: Message.ReturnPath,
        text: [UInt8]
    ) -> Message.Bounce? {
        var bounce: Message.Bounce?
        let groups = parts.first(where: isStandard).map { recipients($0, header.bytes) } ?? []
        if !groups.isEmpty {
            for found in groups.compactMap(recipient) where isWorse(found, than: bounce) { bounce = found }
        } else if isFromMailer(from, returnPath) {
            bounce = failedRecipients(header) ?? traditional(text, subject: subject)
        }
        guard bounce != nil else { return nil }
        if bounce?.letter == nil { bounce?.letter = enclosedID(parts, header.bytes) ?? quotedID(text) }
        return bounce
    }

    // MARK: RFC 3464

    private static func isStandard(_ part: MIMEPart) -> Bool {
        part.type == "message/delivery-status" || part.type == "message/global-delivery-status"
    }

    /// The groups of fields about recipients: one follows another, after that about the message itself.
    private static func recipients(_ report: MIMEPart, _ mail: [UInt8]) -> [HeaderFields] {
        let bytes = MIME.content(of: report, in: mail, limit: limit)
        var groups: [HeaderFields] = []
        var start = 0
        for _ in 0..<200 where start < bytes.count {
            let group = HeaderFields(bytes, from: start)
            if group.has("action") { groups.append(group) }
            start = max(group.bodyStart, start + 1)
        }
        return groups
    }

    private static func recipient(_ group: HeaderFields) -> Message.Bounce? {
        guard let action = group.text("action") else { return nil }
        let diagnostic = group.text("diagnostic-code") ?? ""
        let status = group.text("status").flatMap(statusCode) ?? statusCode(diagnostic)
        let kind: Message.Bounce.Kind
        switch AutomaticSigns.keyword(Array(action.utf8)) {
        // The second and third are what some servers write against the standard.
        case "failed", "failure", "error":
            kind = isSoft(status: status, diagnostic: diagnostic) ? .soft : .hard
        case "delayed": kind = .delayed
        default: return nil
        }
        let written = group.text("original-recipient") ?? group.text("final-recipient") ?? ""
        let fallback = group.text("final-recipient") ?? ""
        return Message.Bounce(
            kind: kind,
            address: address(typed: written) ?? address(typed: fallback),
            status: status
        )
    }

    private static func isWorse(_ bounce: Message.Bounce, than other: Message.Bounce?) -> Bool {
        let order: [Message.Bounce.Kind] = [.delayed, .soft, .hard]
        guard let other else { return true }
        return (order.firstIndex(of: bounce.kind) ?? 0) > (order.firstIndex(of: other.kind) ?? 0)
    }

    /// `rfc822; somebody@example.com`.
    private static func address(typed text: String) -> String? {
        let value = text.split(separator: ";", maxSplits: 1).last.map(String.init) ?? text
        return firstAddress(in: value)
    }

    // MARK: Before RFC 3464

    /// `mailer-daemon` or the empty sender: nobody else's words make a bounce.
    private static func isFromMailer(_ from: Message.Address?, _ returnPath: Message.ReturnPath) -> Bool {
        if returnPath == .null { return true }
        guard let from else { return false }
        let local = from.address.utf8.prefix { $0 != 0x40 }.map(\.asciiLowercased)
            .filter { $0 != 0x2D && $0 != 0x5F && $0 != 0x2E }
        return local.begins(with: "mailerdaemon") || local.begins(with: "postmaster")
            || local.begins(with: "mdaemon") || local.begins(with: "mailsystem")
            || local.begins(with: "maildelivery")
    }

    /// Exim names them in a header.
    private static func failedRecipients(_ header: HeaderFields) -> Message.Bounce? {
        guard let list = header.text("x-failed-recipients"), let address = firstAddress(in: list) else {
            return nil
        }
        return Message.Bounce(kind: .hard, address: address)
    }

    private static let subjects = [
        "undeliver", "returned mail", "mail delivery fail", "mail delivery problem", "delivery failure",
        "delivery status notification", "delivery notification", "failure notice", "failed mail",
        "mail failure",
        "message not delivered", "nondeliverable", "non remis", "delivery report", "mail system error",
        "unzustellbar", "nicht zustellbar", "nicht zugestellt", "zustellung fehlgeschlagen",
        "fehlgeschlagene zustellung",
        "zustellfehler", "unbestellbar", "mail could not be delivered", "undelivered", "delivery has failed",
        "warning: could not send", "warning: message", "delayed", "not delivered", "non-delivery",
        "mail failed", "failure delivery", "delivery warning", "delivery failed",
    ]

    private static let delays = [
        "still trying", "will keep trying", "warning message only", "delayed", "wird weiter",
    ]

    /// A subject of the known ones and, in the text, whom it could not reach and why.
    private static func traditional(_ text: [UInt8], subject: String) -> Message.Bounce? {
        let subject = subject.lowercased()
        guard subjects.contains(where: { subject.contains($0) }) else { return nil }
        let words = String(decoding: text.prefix(16 * 1024), as: UTF8.self)
        let status = statusCode(words)
        let lowered = words.prefix(4000).lowercased()
        let isDelay =
            !lowered.contains("permanent")
            && (subject.contains("warning") || subject.contains("delay")
                || delays.contains { lowered.contains($0) })
        let kind: Message.Bounce.Kind =
            isDelay ? .delayed : isSoft(status: status, diagnostic: words) ? .soft : .hard
        return Message.Bounce(
            kind: kind,
            address: firstAddress(in: words, skipsSystems: true),
            status: status
        )
    }

    // MARK: Words

    private static func isSoft(status: String?, diagnostic: String) -> Bool {
        if let status { return status.hasPrefix("4") }
        // "smtp; 452 mailbox full"
        let code = diagnostic.split(whereSeparator: { !$0.isNumber }).first { $0.count == 3 }
        return code?.first == "4"
    }

    /// The first enhanced status code of class 4 or 5, RFC 3463, in a text.
    static func statusCode(_ text: String) -> String? {
        for word in text.split(whereSeparator: { !($0 == "." || $0.isASCII && $0.isNumber) }) {
            let parts = word.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, parts[0] == "4" || parts[0] == "5" else { continue }
            if (1...3).contains(parts[1].count), (1...3).contains(parts[2].count) { return String(word) }
        }
        return nil
    }

    /// The first `local@domain` in a text.
    private static func firstAddress(in text: String, skipsSystems: Bool = false) -> String? {
        for word in text.split(whereSeparator: { " \t\n<>()[]\"',;:".contains($0) }) where word.contains("@")
        {
            let trimmed = word.hasSuffix(".") ? word.dropLast() : word
            let parts = trimmed.split(separator: "@", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[1].contains("."), !parts[1].hasSuffix(".") else {
                continue
            }
            // "Please contact postmaster@…" stands in many of them before the one that matters.
            if skipsSystems, AutomaticSigns.isSystem(String(trimmed)) { continue }
            return MIME.normalisedAddress(String(trimmed))
        }
        return nil
    }

    /// The `Message-ID` of the enclosed letter, or of its headers alone.
    private static func enclosedID(_ parts: [MIMEPart], _ mail: [UInt8]) -> String? {
        for part in parts {
            let enclosed: HeaderFields
            if part.isMessage {
                enclosed = HeaderFields(mail, from: part.content.lowerBound, to: part.content.upperBound)
            } else if part.type == "text/rfc822-headers" || part.type == "message/global-headers" {
                enclosed = HeaderFields(MIME.content(of: part, in: mail, limit: limit))
            } else {
                continue
            }
            if let id = MessageIDs.first(in: enclosed.first("message-id").map(enclosed.unfolded)) {
                return id
            }
        }
        return nil
    }

    /// The `Message-ID` of a letter that stands in the text of a report.
    private static func quotedID(_ text: [UInt8]) -> String? {
        let lines = TextLines(Array(text.prefix(limit)))
        for line in 0..<lines.count where lines.begins(line, with: "message-id:") {
            let value = Array(lines.bytes[lines.lines[line].dropFirst(11)])
            if let id = MessageIDs.first(in: value) { return id }
        }
        return nil
    }
}
