// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Intake
import Mail
import Service
import State
import Synchronization
import TestSupport
import Testing

@Suite("An IMAP server makes trouble", .serialized, .timeLimit(.minutes(1)))
struct IMAPPeerTests {
    @Test("A message that never comes whole goes to a person with what there is, and holds up nobody")
    func neverWhole() async throws {
        let mailbox = PeerMailbox()
        mailbox.change { contents in
            contents.fault = { moment, connection in
                let mails = mailbox.now.folders["INBOX"]?.mails ?? []
                guard moment.asksForTexts else { return false }
                let isAlone = moment.arguments.hasPrefix("2 ")
                for (index, mail) in mails.enumerated() where isAlone == (mail.uid == 2) || mail.uid == 2 {
                    try connection.write(
                        PeerMailbox.described(
                            mail,
                            at: index + 1,
                            moment.arguments,
                            literal: mail.uid == 2 ? 40 : nil
                        )
                    )
                }
                try connection.write("\(moment.tag) OK done\r\n")
                return true
            }
        }
        try await PeerShop.with(.impatient, mailboxes: [mailbox]) { shop in
            for customer in 1...3 { shop.ask(customer) }
            try await shop.running { try await shop.settled(3) }
            #expect(try await shop.outcomes() == [1: .answered, 2: .forwarded, 3: .answered])
        }
    }

    @Test("A server that says everything twice, backwards, and what nobody asked for, is heard once")
    func twice() async throws {
        let mailbox = PeerMailbox()
        mailbox.change { contents in
            contents.fault = { moment, connection in
                guard moment.verb == "UID FETCH" else { return false }
                let mails = mailbox.now.folders["INBOX"]?.mails ?? []
                let items = moment.arguments.drop { $0 != " " }
                for (index, mail) in (Array(mails.enumerated()) + Array(mails.enumerated())).reversed() {
                    try connection.write(PeerMailbox.described(mail, at: index + 1, String(items)))
                }
                let stray = PeerMailbox.Mail(
                    uid: 99,
                    raw: Customer(9).mail(.parcel, to: "support", at: PeerClock.start),
                    arrived: PeerClock.start
                )
                if moment.asksForTexts {
                    try connection.write(PeerMailbox.described(stray, at: 9, String(items)))
                }
                try connection.write("\(moment.tag) OK done\r\n")
                return true
            }
        }
        try await PeerShop.with(mailboxes: [mailbox]) { shop in
            for customer in 1...3 { shop.ask(customer) }
            try await shop.running {
                try await shop.settled(3)
                shop.ask(4)
                try await shop.settled(4)
            }
        }
    }

    @Test("New numbers for all messages: what is known is not answered again, what is new is")
    func renumbered() async throws {
        try await PeerShop.with { shop in
            for customer in 1...4 { shop.ask(customer, customer == 2 ? .parcelAndInvoice : .parcel) }
            try await shop.running { try await shop.settled(4) }
            shop.wait(60)
            shop.mailbox.change { contents in
                contents.folders["INBOX"]?.validity = 9
                // The old numbers are used again, for others.
                let mails = contents.folders["INBOX"]?.mails.reversed() ?? []
                contents.folders["INBOX"]?.mails = mails.enumerated().map { index, mail in
                    PeerMailbox.Mail(uid: UInt32(index + 1), raw: mail.raw, arrived: mail.arrived)
                }
            }
            shop.ask(5)
            try await shop.running { try await shop.settled(5) }
            #expect(
                try await shop.outcomes()
                    == [1: .answered, 2: .answered, 3: .forwarded, 4: .answered, 5: .answered]
            )
            #expect(shop.post.received.count == 5)
        }
    }

    @Test("A refused login is told in the server's words until it is right")
    func login() async throws {
        let mailbox = PeerMailbox { contents in
            contents.password = "Kamille"
            contents.refusal = "[AUTHENTICATIONFAILED] \(PeerMailbox.password) is not right"
        }
        try await PeerShop.with(mailboxes: [mailbox]) { shop in
            shop.ask(1)
            try await shop.running {
                let complaint = try await eventually("the complaint", within: .seconds(20)) {
                    try await shop.ledger.looks().first?.complaint
                }
                #expect(complaint.contains("refused the login"))
                #expect(complaint.contains("[AUTHENTICATIONFAILED] *** is not right"))
                // The administrator corrects the file; nothing is restarted.
                try shop.folder.write("Kamille\n", to: "credentials/mail-password")
                try await shop.settled(1)
            }
            let events = shop.log.lines.compactMap { $0.split(separator: " ").first }.filter {
                $0.hasPrefix("mailbox.")
            }
            #expect(events == ["mailbox.failing", "mailbox.back"])
        }
    }

    @Test("An account whose server hangs does not delay another one")
    func twoAccounts() async throws {
        let hangs = Mutex(true)
        let hanging = PeerMailbox { contents in
            contents.fault = { moment, connection in
                while moment.verb == "EXAMINE", hangs.withLock({ $0 }) {
                    try connection.pause(.milliseconds(10))
                }
                return false
            }
        }
        try await PeerShop.with(mailboxes: [hanging, PeerMailbox()], posts: [PeerPost(), PeerPost()]) {
            shop in
            shop.ask(1)
            shop.ask(2, at: 1)
            try await shop.running {
                try await eventually("the other one's answer", within: .seconds(20)) {
                    shop.posts[1].accepted.isEmpty ? nil : true
                }
                #expect(try await shop.ledger.books(mailbox: "support").total == 0)
                hangs.withLock { $0 = false }
                try await shop.settled(2)
            }
            #expect(
                shop.posts.map { $0.accepted.map(\.recipient) } == [
                    [Customer(1).address], [Customer(2).address],
                ]
            )
        }
    }

    @Test("An account whose letters are taken slowly does not delay another one's")
    func twoPosts() async throws {
        let hangs = Mutex(true)
        let slow = PeerPost { _ in hangs.withLock { $0 } ? .late(.milliseconds(500)) : .usual }
        try await PeerShop.with(mailboxes: [PeerMailbox(), PeerMailbox()], posts: [slow, PeerPost()]) {
            shop in
            shop.ask(1)
            shop.ask(2, at: 1)
            try await shop.running {
                try await eventually("the other one's answer", within: .seconds(20)) {
                    shop.posts[1].accepted.isEmpty ? nil : true
                }
                #expect(slow.received.isEmpty)
                hangs.withLock { $0 = false }
                try await shop.settled(2)
            }
        }
    }

    @Test(
        "Mail from before the first look is never answered, taken in or not",
        arguments: ["ignore", "admit"]
    )
    func backlog(backlog: String) async throws {
        var setup = PeerShop.Setup()
        setup.isFirstContact = true
        setup.backlog = backlog
        try await PeerShop.with(setup) { shop in
            for customer in 1...2 {
                let mail = Customer(customer).mail(
                    .parcel,
                    to: "support",
                    at: shop.now,
                    headers: ["X-Old: yes"]
                )
                shop.mailbox.deliver(mail, at: shop.now)
            }
            try await shop.running {
                try await eventually("the first look", within: .seconds(20)) {
                    try await shop.ledger.checkpoint(mailbox: "support", folder: "INBOX")
                }
                shop.ask(3)
                try await shop.settled(backlog == "admit" ? 3 : 1)
            }
            #expect(try await shop.outcomes()[3] == .answered)
            #expect(
                shop.post.accepted.filter { $0.recipient != PeerShop.team }.map(\.recipient) == [
                    Customer(3).address
                ]
            )
        }
    }

    static let sent = PeerMailbox.Folder(attributes: "\\HasNoChildren \\Sent")

    @Test("A person's letter in Sent stops our answer that still waits")
    func personFirst() async throws {
        var setup = PeerShop.Setup()
        setup.hold = "180 s"
        try await PeerShop.with(setup, mailboxes: [PeerMailbox { $0.folders["Sent"] = Self.sent }]) { shop in
            shop.ask(1)
            shop.ask(2)
            try await shop.running {
                try await eventually("the first look at Sent", within: .seconds(20)) {
                    try await shop.ledger.checkpoint(mailbox: "support", folder: "Sent")
                }
                try await eventually("both answers in the outbox", within: .seconds(20)) {
                    try await shop.ledger.outboxCounts()["waiting"] == 2 ? true : nil
                }
                let letter =
                    "From: support@shop.example\r\nTo: \(Customer(1).address)\r\nSubject: Re: Wo bleibt mein Paket?\r\n"
                    + "Message-ID: <anna@shop.example>\r\nIn-Reply-To: <\(Customer(1).messageID)>\r\n\r\nMorgen. Anna\r\n"
                shop.mailbox.deliver(letter, at: shop.now, to: "Sent")
                try await eventually("the person's letter", within: .seconds(20)) {
                    try await shop.ledger.books().outcomes[.own] == 1 ? true : nil
                }
            }
            shop.wait(180)
            try await shop.house.settleAll()
            #expect(try await shop.entry("m1.answer")?.state == "withdrawn")
            #expect(try await shop.entry("m2.answer")?.state == "delivered")
            #expect(
                shop.letters(to: PeerShop.team, about: 1).first?.text.contains("a person has written") == true
            )
        }
    }

    @Test("A Sent folder that does not open is told, and the inbox is served all the same")
    func sentRefused() async throws {
        let mailbox = PeerMailbox { contents in
            contents.folders["Sent"] = Self.sent
            contents.fault = { moment, connection in
                guard moment.verb == "EXAMINE", moment.arguments.contains("Sent") else { return false }
                try connection.write("\(moment.tag) NO [NOPERM] not for you\r\n")
                return true
            }
        }
        try await PeerShop.with(mailboxes: [mailbox]) { shop in
            shop.ask(1)
            try await shop.running {
                let complaint = try await eventually("the complaint", within: .seconds(20)) {
                    try await shop.ledger.looks().first?.complaint
                }
                #expect(complaint.contains("refused to open the folder `Sent`; it said `not for you`"))
                shop.ask(2)
                try await shop.settled(2)
            }
        }
    }

    @Test("A second connection that is cut again and again does not disturb the inbox")
    func sentCut() async throws {
        let cuts = Mutex(0)
        let mailbox = PeerMailbox { contents in
            contents.folders["Sent"] = Self.sent
            contents.fault = { moment, connection in
                guard moment.verb == "EXAMINE", moment.arguments.contains("Sent") else { return false }
                cuts.withLock { $0 += 1 }
                connection.cut()
                return true
            }
        }
        try await PeerShop.with(mailboxes: [mailbox]) { shop in
            try await shop.running {
                for customer in 1...4 {
                    shop.ask(customer)
                    try await shop.settled(customer)
                }
                try await eventually("some cuts", within: .seconds(20)) {
                    cuts.withLock { $0 } > 3 ? true : nil
                }
                #expect(
                    try await shop.ledger.looks().first?.complaint?.contains("closed the connection") == true
                )
            }
            // Told once, not at every attempt.
            #expect(shop.log.lines(of: "mailbox.failing").count <= 2)
        }
    }
}
