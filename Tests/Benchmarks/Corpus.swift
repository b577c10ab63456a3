// SPDX-License-Identifier: MIT
import Foundation

/// Mails as a small shop gets them, made up: the same ones from the same seed, but for their dates.
///
/// Half ask where their order is, a quarter has another concern, the rest are replies with quotes, newsletters
/// and notices of absence; seven in ten German. 1.5 to 6 KB each: plain text in 8 bit and quoted-printable, text
/// with HTML beside it, some with a small picture. Each is made from its own number alone.
struct Corpus: Sendable {
    /// The shop's address and domain, which the settings of the measurements name as well.
    static let domain = "laden.example"
    static let address = "support@laden.example"

    var seed: UInt64
    /// The moment all dates are counted back from.
    var base: Date

    /// What a mail is about.
    private enum Topic {
        case whereIsIt, concern, newsletter, outOfOffice
    }

    /// A customer with one order, both made from the mail's number.
    private struct Customer {
        var words: CorpusWords
        var language: String
        var name: String
        var address: String
        var order: String
    }

    private func customer(_ index: Int) -> Customer {
        var dice = Dice(seed: seed ^ UInt64(index) &* 0x5851_f42d_4c95_7f2d)
        let isGerman = dice.falls(70)
        let words = isGerman ? CorpusWords.german : .english
        let first = dice.pick(words.firstNames), last = dice.pick(words.lastNames)
        return Customer(
            words: words,
            language: isGerman ? "de" : "en",
            name: "\(first) \(last)",
            address: "kunde\(index)@post\(index % 97).example",
            order: "2026-\(100_000 + index)"
        )
    }

    // MARK: - Mails

    /// Mail number `index`, with CRLF line ends.
    func mail(_ index: Int) -> [UInt8] {
        var customer = customer(index)
        let words = customer.words
        var dice = Dice(seed: ~seed ^ UInt64(index) &* 0x2545_f491_4f6c_dd1d)
        let topic: Topic =
            switch Int.random(in: 0..<100, using: &dice) {
            case 0..<55: .whereIsIt
            case 55..<85: .concern
            case 85..<96: .newsletter
            default: .outOfOffice
            }
        // A newsletter of somebody who has an order here would be a customer's.
        if topic == .newsletter { customer.address = "news\(index)@werbung\(index % 97).example" }
        let concern = words.concerns[Int.random(in: words.concerns.indices, using: &dice)]
        let subject: String
        switch topic {
        case .whereIsIt: subject = dice.pick(words.whereSubjects)
        case .concern: subject = concern.subject
        case .newsletter: subject = dice.pick(words.newsletter)
        case .outOfOffice: subject = words.outOfOffice.subject
        }
        func filled(_ sentence: String) -> String {
            sentence.replacing("#", with: customer.order).replacing("~", with: dice.pick(words.articles))
        }
        var paragraphs: [String]
        switch topic {
        case .whereIsIt:
            // One in five names no number: the address alone leads to the order.
            let sentence = dice.pick(words.whereIsIt)
            paragraphs = [dice.falls(80) ? filled(sentence) : sentence.replacing(" #", with: "")]
        case .concern: paragraphs = concern.sentences.map(filled)
        case .newsletter: paragraphs = (0..<8).map { _ in dice.pick(words.newsletter) }
        case .outOfOffice: paragraphs = [words.outOfOffice.text]
        }
        if topic == .whereIsIt || topic == .concern {
            for _ in 0..<Int.random(in: 0...3, using: &dice) {
                paragraphs.append(filled(dice.pick(words.background)))
            }
            paragraphs = [dice.pick(words.greetings), paragraphs.joined(separator: " ")]
            paragraphs.append(dice.pick(words.closings) + "\n" + customer.name)
            if dice.falls(25) { paragraphs.append("-- \n\(customer.name)\n\(words.smallPrint)") }
        }
        var header = trace(customer, index, &dice)
        header += identity(customer, subject: filled(subject), index)
        if topic == .newsletter {
            header.append("List-Unsubscribe: <https://post\(index % 97).example/weg/\(index)>")
            header.append("Precedence: bulk")
        }
        if topic == .outOfOffice { header.append("Auto-Submitted: auto-replied") }
        if topic == .whereIsIt || topic == .concern, dice.falls(30) {
            header.append("In-Reply-To: <bestaetigung.\(index)@\(Self.domain)>")
            header.append("References: <bestaetigung.\(index)@\(Self.domain)>")
            let quote = words.quoted.map { "> \($0)" }.joined(separator: "\n>\n")
            paragraphs.append("\(words.quoteHead)\n\(quote)")
        }
        let hasPicture = topic == .concern && dice.falls(20)
        let body = MailBody(paragraphs: paragraphs, boundary: "=_\(index).\(seed)")
        let text =
            topic == .newsletter || dice.falls(35)
            ? body.alternative : dice.falls(50) ? body.plain : body.quoted
        let lines = header + ["MIME-Version: 1.0"] + (hasPicture ? body.withPicture(text, &dice) : text)
        return Array(lines.joined(separator: "\r\n").utf8)
    }

    /// What the servers on the way wrote above a mail.
    private func trace(_ customer: Customer, _ index: Int, _ dice: inout Dice) -> [String] {
        let domain = customer.address.split(separator: "@").last.map(String.init) ?? ""
        let date = Self.date(base.addingTimeInterval(Double(-index % 7200)))
        let signature = MailBody.random(256, &dice)
        return [
            "Return-Path: <\(customer.address)>",
            "Authentication-Results: mx.\(Self.domain);\r\n dkim=pass header.d=\(domain) header.s=k1;\r\n"
                + " spf=pass smtp.mailfrom=\(customer.address);\r\n dmarc=pass (p=quarantine) header.from=\(domain)",
            "Received: from mout.\(domain) (mout.\(domain) [203.0.113.\(index % 250)])\r\n by mx.\(Self.domain) "
                + "(Postfix) with ESMTPS id \(String(index, radix: 16))F00D\r\n for <\(Self.address)>; \(date)",
            "Received: from client.\(domain) ([198.51.100.\(index % 250)]) by smtp.\(domain)\r\n"
                + " with ESMTPSA (Nemesis) id \(index)M; \(date)",
            "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=\(domain); s=k1;\r\n"
                + " h=From:To:Subject:Date:Message-ID; bh=\(MailBody.random(32, &dice).joined());\r\n b="
                + signature.joined(separator: "\r\n "),
        ]
    }

    private func identity(_ customer: Customer, subject: String, _ index: Int) -> [String] {
        [
            "From: \(MailBody.header(customer.name)) <\(customer.address)>", "To: \(Self.address)",
            "Subject: \(MailBody.header(subject))",
            "Date: \(Self.date(base.addingTimeInterval(Double(-index % 7200))))",
            "Message-ID: <\(index).\(seed)@\(customer.address.split(separator: "@").last ?? "")>",
        ]
    }

    /// RFC 5322, section 3.3, in UTC; done by hand, since a formatter takes longer than the rest of the mail.
    private static func date(_ date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        var buffer = [CChar](repeating: 0, count: 48)
        let length = strftime(&buffer, buffer.count, "%a, %d %b %Y %H:%M:%S +0000", &parts)
        return String(decoding: buffer.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    // MARK: - Orders

    /// The order of mail number `index`'s writer, one line of JSON; `nil` for one in five, who has none.
    func order(_ index: Int) -> String? {
        let customer = customer(index)
        var dice = Dice(seed: seed &+ UInt64(index) &* 0x9fb2_1c65_1e98_df25)
        guard !dice.falls(20) else { return nil }
        func time(_ hours: Double) -> String { Self.iso(base.addingTimeInterval(hours * 3600)) }
        let status = dice.pick([
            "handed_over", "moving", "moving", "out_for_delivery", "delivered", "label_made",
        ])
        return
            #"{"number": "\#(customer.order)", "platform": "files", "placed": "\#(time(-72))", "status": "open", "#
            + #""customer": {"name": "\#(customer.name)", "email": "\#(customer.address)", "relay": null, "#
            + #""language": "\#(customer.language)"}, "total": {"amount": "59.80", "currency": "EUR"}, "#
            + #""items": [{"sku": "TK-8", "name": "Teekanne 0,8 l", "quantity": 1, "price": "39.80"}, "#
            + #"{"sku": "AS-2", "name": "Assam 250 g", "quantity": 2, "price": "10.00"}], "#
            + #""payments": [{"id": "p1", "status": "paid", "amount": "59.80", "at": "\#(time(-72))", "#
            + #""method": "paypal", "link": null}], "refunds": [], "returns": [], "#
            + #""parcels": [{"carrier": "dhl", "tracking": "0034043416109\#(1_000_000 + index)", "#
            + #""status": "\#(status)", "at": "\#(time(-20))", "expected": "\#(time(40).prefix(10))", "items": [], "#
            + #""events": [{"at": "\#(time(-30))", "code": "AA", "text": "eingeliefert", "place": "Husum"}, "#
            + #"{"at": "\#(time(-20))", "code": "EE", "text": "bearbeitet", "place": "Hamburg"}]}], "#
            + #""expected_shipping": null, "updated": "\#(time(-0.1))"}"#
    }

    private static func iso(_ date: Date) -> String { date.formatted(.iso8601) }
}
