// SPDX-License-Identifier: MIT
import Actions
import Diagnostics
import Foundation
import Mail
import Orders
import Service

/// The shop that all stories happen in, with the rules that are shipped.
enum Teeladen {
    static let support = "support@teeladen.example"
    static let team = "team@teeladen.example"

    /// Saturday, 21 November 2026, ten o'clock in Berlin: when every story begins.
    static let start = Date(timeIntervalSince1970: 1_795_251_600)

    static let shop = Shop(
        name: "Teeladen Nord",
        language: "de",
        promise: ShopPromise(calendar: ShopCalendar(zone: TimeZone(identifier: "Europe/Berlin") ?? .gmt)),
        mode: .send,
        mailboxes: [Mailbox(name: "support", addresses: [support], trust: .server("mx.teeladen.example"))],
        teams: ["service": team],
        defaultTeam: "service"
    )

    /// The shipped rules, read once; the trained model is kept for the next run.
    static let playbook: Result<Playbook, Faulty> = {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().path(percentEncoded: false)
        var settings = Settings.unnamed
        settings.shop = shop
        settings.orderNumbers = ["2026-\\d{4,6}"]
        let cache = root + ".build"
        let box = ComplaintBox()
        let folder = RuleFolder(
            folders: [root + "rules"],
            modelCache: FileManager.default.isWritableFile(atPath: cache) ? cache + "/stories.model" : nil
        )
        guard let playbook = folder.playbook(for: settings, box: box) else {
            return .failure(Faulty(description: box.complaints.render()))
        }
        return .success(playbook)
    }()

    /// The shipped rules cannot be read.
    struct Faulty: Error, CustomStringConvertible {
        var description: String
    }

    /// An order with one parcel that is on its way and announced for Tuesday.
    static func order(_ number: String, of email: String, language: String = "de") -> Order {
        var order = Order(
            number: number,
            customer: Order.Customer(name: "Katrin Brandl", email: email, language: language)
        )
        order.placed = start.addingTimeInterval(-5 * 86_400)
        order.items = [Order.Item(sku: "AS-250", name: "Assam 250 g", quantity: 3)]
        order.payments = [Order.Payment(status: .paid, at: order.placed)]
        order.parcels = [
            Parcel(
                carrier: "dhl",
                tracking: "00340434161094042557",
                status: .moving,
                at: start.addingTimeInterval(-3600),
                expected: Day(year: 2026, month: 11, day: 24)
            )
        ]
        order.updated = start.addingTimeInterval(-600)
        return order
    }
}

/// A mail as it lies in the shop's mailbox, written by a story.
struct Post: Sendable {
    /// Behind `From:`, with or without a name.
    var from: String
    var to = Teeladen.support
    var subject: String
    /// Without angle brackets.
    var id: String
    /// What the mailbox's server says about the sender's domain.
    var dmarc: String? = "pass"
    /// Further header lines.
    var headers: [String] = []
    var body: String

    /// RFC 5322, CRLF.
    var raw: [UInt8] {
        var lines: [String] = []
        if let dmarc {
            let domain = from.split(separator: "@").last.map { $0.filter { $0 != ">" } } ?? ""
            lines.append("Authentication-Results: mx.teeladen.example; dmarc=\(dmarc) header.from=\(domain)")
        }
        lines += [
            "From: \(from)", "To: \(to)", "Subject: \(subject)", "Message-ID: <\(id)>",
            "Date: Sat, 21 Nov 2026 09:58:00 +0100", "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit",
        ]
        lines += headers
        let text = lines.joined(separator: "\n") + "\n\n" + body + "\n"
        return Array(text.replacing("\n", with: "\r\n").utf8)
    }
}
