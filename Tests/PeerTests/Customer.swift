// SPDX-License-Identifier: MIT
import Foundation
import Service
import Diagnostics
import Synchronization

/// One of the customers, who has one order whose parcel is on its way.
struct Customer {
    static let count = 20
    /// Words that only customers' mails and orders contain.
    static let marks = [
        "Wilhelmine", "Zanderbek", "kunde.example", "Paket", "Rechnung", "00340434161094042557",
    ]

    enum Question {
        /// Where the parcel is: an answer is ready for that.
        case parcel
        /// That and something else: a person's work.
        case parcelAndInvoice
    }

    let number: Int

    init(_ number: Int) { self.number = number }

    var address: String { "zanderbek\(number)@kunde.example" }
    var messageID: String { "q\(number)@kunde.example" }
    var orderNumber: String { "2026-\(1000 + number)" }

    func mail(_ question: Question, to mailbox: String, at date: Date, headers: [String] = []) -> String {
        let text =
            switch question {
            case .parcel:
                "Guten Tag,\n\nwo bleibt mein Paket? Bestellnummer \(orderNumber).\n\nWilhelmine Zanderbek"
            case .parcelAndInvoice:
                "Hallo,\nwo bleibt mein Paket \(orderNumber)? Außerdem brauche ich noch eine Rechnung auf meine Firma."
            }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss Z"
        let lines =
            [
                "From: Wilhelmine Zanderbek <\(address)>", "To: \(mailbox)@shop.example",
                "Subject: Wo bleibt mein Paket?", "Date: \(formatter.string(from: date))",
                "Message-ID: <\(messageID)>", "MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8",
                "Content-Transfer-Encoding: 8bit",
            ] + headers
        return lines.joined(separator: "\r\n") + "\r\n\r\n" + text.replacing("\n", with: "\r\n") + "\r\n"
    }

    /// A line of the orders file.
    var order: String {
        func time(_ hours: Double) -> String {
            PeerClock.start.addingTimeInterval(hours * 3600).formatted(.iso8601)
        }
        return #"{"number": "\#(orderNumber)", "placed": "\#(time(-72))", "status": "open", "customer": {"#
            + #""name": "Wilhelmine Zanderbek", "email": "\#(address)", "language": "de"}, "#
            + #""total": {"amount": "59.80", "currency": "EUR"}, "#
            + #""items": [{"sku": "A", "name": "Assam 250 g", "quantity": 2}], "#
            + #""payments": [{"status": "paid", "amount": "59.80", "at": "\#(time(-72))"}], "parcels": [{"#
            + #""carrier": "dhl", "tracking": "00340434161094042557", "status": "moving", "at": "\#(time(-30))", "#
            + #""expected": "\#(time(48).prefix(10))", "items": ["A"], "events": [{"at": "\#(time(-5))", "#
            + #""text": "sortiert", "place": "Hamburg"}]}], "updated": "\#(time(-0.2))"}"#
    }
}

/// A clock that stands until a test moves it.
final class PeerClock: Sendable {
    /// A Tuesday morning.
    static let start = Date(timeIntervalSince1970: 1_795_510_800)

    private let time = Mutex(start)

    var now: Date { time.withLock { $0 } }

    func set(_ date: Date) { time.withLock { $0 = date } }
}

/// The shipped rules, read and trained once for all tests: that takes a second.
enum SharedPlaybook {
    struct Faulty: Error { var complaints: String }

    static let playbook = Result {
        var settings = Settings.unnamed
        settings.orderNumbers = ["2026-\\d{4,6}"]
        let box = ComplaintBox()
        let rules = RuleFolder(
            folders: [FileManager.default.currentDirectoryPath + "/rules"],
            modelCache: nil
        )
        guard let playbook = rules.playbook(for: settings, box: box) else {
            throw Faulty(complaints: "\(box.complaints)")
        }
        return playbook
    }
}
