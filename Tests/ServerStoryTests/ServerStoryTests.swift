// SPDX-License-Identifier: MIT
import Actions
import Foundation
import Mail
import State
import TestSupport
import Testing

@Suite(
    "From a real mailbox to a right answer or the right desk",
    .enabled(if: MailServers.unavailable == nil, "\(MailServers.unavailable ?? "")"),
    .timeLimit(.minutes(5))
)
struct ServerStoryTests {
    @Test(
        "A question about an order is answered once, in its language, under the customer's mail, with its parcel"
    )
    func answered() async throws {
        let shop = try TestShop(
            "answered",
            servers: try await .shared(),
            orders: [
                TestShop.order("2026-1001", email: "joerg@kunde-a.example"),
                TestShop.order(
                    "2026-1002",
                    email: "jane@kunde-a.example",
                    language: "en",
                    name: "Jane Miller"
                ),
            ]
        )
        let service = try await shop.startWatching()
        try await shop.servers.deliver(
            shop.mail(
                from: "joerg@kunde-a.example",
                subject: "Wo bleibt mein Paket?",
                id: "q1@kunde-a.example",
                text:
                    "Guten Tag,\n\nwo bleibt mein Paket? Bestellnummer 2026-1001.\n\nViele Grüße\nJörg Müller"
            ),
            to: shop.support
        )
        try await shop.servers.deliver(
            shop.mail(
                from: "jane@kunde-a.example",
                name: "Jane Miller",
                subject: "Where is my parcel?",
                id: "q2@kunde-a.example",
                text: "Hello,\n\nwhere is my parcel? Order number 2026-1002.\n\nJane Miller"
            ),
            to: shop.support
        )
        _ = try await shop.settled(count: 2)
        try await shop.servers.waitUntil(count: 1, of: "joerg@kunde-a.example")
        try await shop.servers.waitUntil(count: 1, of: "jane@kunde-a.example")
        try await shop.stop(service)

        let german = try await shop.messages(of: "joerg@kunde-a.example")
        #expect(german.count == 1)
        let letter = try #require(german.first)
        #expect(letter.subject == "Re: Wo bleibt mein Paket?")
        #expect(letter.references.contains("q1@kunde-a.example"))
        #expect(letter.from?.address == shop.support)
        #expect(letter.returnPath == .address(shop.support))
        #expect(letter.automatic == .autoSubmitted)
        #expect(letter.text.contains("2026-1001"))
        #expect(letter.text.contains("00340434161094042557"))
        #expect(letter.text.contains("unterwegs"))
        #expect(letter.text.contains("Hamburg"))
        let english = try await shop.messages(of: "jane@kunde-a.example")
        #expect(english.count == 1)
        #expect(english.first?.text.contains("2026-1002") == true)
        #expect(english.first?.text.contains("Hello") == true)
        #expect(shop.servers.count(of: shop.team) == 0)
    }

    @Test("What is more than the question goes to the team with the order beside it; robots are left alone")
    func others() async throws {
        let shop = try TestShop(
            "others",
            servers: try await .shared(),
            orders: [TestShop.order("2026-2001", email: "joerg@kunde-b.example")]
        )
        let service = try await shop.startWatching()
        let mails = [
            // A second concern.
            shop.mail(
                from: "joerg@kunde-b.example",
                subject: "Paket",
                id: "o1@kunde-b.example",
                text:
                    "Hallo,\nwo bleibt mein Paket 2026-2001? Außerdem brauche ich noch eine Rechnung auf meine Firma."
            ),
            // A stranger who names the number.
            shop.mail(
                from: "fremd@kunde-b.example",
                name: "Fremder",
                subject: "Paket",
                id: "o2@kunde-b.example",
                text: "Hallo, wo bleibt mein Paket? Bestellnummer 2026-2001"
            ),
            // An out-of-office notice.
            shop.mail(
                from: "joerg@kunde-b.example",
                subject: "Automatische Antwort: Ihre Bestellung",
                id: "o3@kunde-b.example",
                headers: ["Auto-Submitted: auto-replied"],
                text: "Ich bin bis Montag nicht im Büro. Wo ist mein Paket?"
            ),
            // A newsletter.
            shop.mail(
                from: "news@grosshandel.example",
                name: "Großhandel",
                subject: "Neue Tees im Herbst",
                id: "o4@grosshandel.example",
                headers: ["List-Unsubscribe: <https://grosshandel.example/weg>", "Precedence: bulk"],
                text: "Entdecken Sie unsere neuen Sorten."
            ),
            Self.bounce(to: shop.support),
        ]
        for mail in mails { try await shop.servers.deliver(mail, to: shop.support) }
        _ = try await shop.settled(count: mails.count)
        try await shop.servers.waitUntil(count: 2, of: shop.team)
        try await shop.stop(service)

        for address in ["joerg@kunde-b.example", "fremd@kunde-b.example", "news@grosshandel.example"] {
            #expect(shop.servers.count(of: address) == 0, "nothing automatic to \(address)")
        }
        let forwards = try await shop.messages(of: shop.team)
        let second = try #require(forwards.first { $0.references.contains("o1@kunde-b.example") })
        #expect(second.text.contains("Bestellung 2026-2001"))
        #expect(second.text.contains("Rechnung auf meine Firma"))
        #expect(second.attachments.contains { $0.type == "message/rfc822" || $0.name == "original.eml" })
        let stranger = try #require(forwards.first { $0.references.contains("o2@kunde-b.example") })
        #expect(stranger.text.contains("nicht die Adresse dieser Bestellung"))
        // The mailbox stays the shop's: nothing is flagged, moved or missing.
        let flags = try await shop.servers.flags(of: shop.support)
        #expect(flags.count == mails.count)
        #expect(flags.values.allSatisfy { !$0.contains("\\Seen") })
    }

    @Test("A person's answer in Sent while our letter waits stops it; the team gets the message instead")
    func personFirst() async throws {
        let shop = try TestShop(
            "person",
            servers: try await .shared(),
            hold: "8 s",
            orders: [TestShop.order("2026-3001", email: "joerg@kunde-c.example")]
        )
        let service = try await shop.startWatching()
        try await shop.servers.deliver(
            shop.mail(
                from: "joerg@kunde-c.example",
                subject: "Wo bleibt mein Paket?",
                id: "p1@kunde-c.example",
                text: "Guten Tag, wo bleibt mein Paket 2026-3001?"
            ),
            to: shop.support
        )
        let ledger = try shop.ledger()
        try await eventually("the answer in the outbox", within: .seconds(10)) {
            try await ledger.outboxCounts()["waiting"] == 1 ? true : nil
        }
        try await shop.servers.deliver(
            """
            From: \(shop.support)\r
            To: joerg@kunde-c.example\r
            Subject: Re: Wo bleibt mein Paket?\r
            Message-ID: <anna-1@person.example>\r
            In-Reply-To: <p1@kunde-c.example>\r
            References: <p1@kunde-c.example>\r
            \r
            Ihr Paket kommt morgen. Anna\r

            """,
            to: shop.support,
            folder: "Sent"
        )
        let outcomes = try await shop.settled(count: 1)
        try await shop.stop(service)
        #expect(Array(outcomes.values) == [.forwarded])
        #expect(shop.servers.count(of: "joerg@kunde-c.example") == 0)
        let forwards = try await shop.messages(of: shop.team)
        #expect(forwards.first?.text.contains("ein Mensch hat im Vorgang geschrieben") == true)
    }

    @Test("An order that changes while the letter waits is not written about; a person looks")
    func orderChanges() async throws {
        let email = "joerg@kunde-d.example"
        let shop = try TestShop(
            "changes",
            servers: try await .shared(),
            hold: "8 s",
            orders: [TestShop.order("2026-4001", email: email)]
        )
        let service = try await shop.startWatching()
        try await shop.servers.deliver(
            shop.mail(
                from: email,
                subject: "Wo bleibt mein Paket?",
                id: "c1@kunde-d.example",
                text: "Guten Tag, wo bleibt mein Paket 2026-4001?"
            ),
            to: shop.support
        )
        let ledger = try shop.ledger()
        try await eventually("the answer in the outbox", within: .seconds(10)) {
            try await ledger.outboxCounts()["waiting"] == 1 ? true : nil
        }
        try shop.write(orders: [TestShop.order("2026-4001", email: email, status: "exception")])
        let outcomes = try await shop.settled(count: 1)
        try await shop.stop(service)
        #expect(Array(outcomes.values) == [.forwarded])
        #expect(shop.servers.count(of: email) == 0)
    }

    @Test("SIGTERM ends the service within ten seconds, also while it waits in IDLE")
    func terminates() async throws {
        let shop = try TestShop("stops", servers: try await .shared())
        let service = try await shop.startWatching()
        let took = try await shop.stop(service)
        #expect(took < .seconds(10))
        #expect(service.ending == .exited(0))
    }

    @Test("A refused login is told by `status` in the server's words, and mail comes in once it is right")
    func loginRefused() async throws {
        let shop = try TestShop("refused", servers: try await .shared())
        try shop.folder.write("falsch\n", to: "credentials/mail-password")
        let service = try await shop.start()
        let ledger = try await eventually("the complaint", within: .seconds(20)) {
            let ledger = try? shop.ledger()
            return try await ledger?.looks().first?.complaint == nil ? nil : ledger
        }
        let status = try await shop.run("status")
        #expect(status.text.contains("AUTHENTICATIONFAILED") || status.text.contains("Authentication failed"))
        #expect(!status.text.contains("falsch"))
        #expect(String(decoding: service.standardError, as: UTF8.self).contains("mailbox.failing"))
        #expect(try await ledger.books().total == 0)
        try await shop.stop(service)
    }

    /// A report about a letter of nobody's, as a mail server writes it.
    private static func bounce(to support: String) -> String {
        """
        Return-Path: <>
        From: Mail Delivery System <mailer-daemon@mx.example>
        To: \(support)
        Subject: Undelivered Mail Returned to Sender
        Message-ID: <bounce-1@mx.example>
        MIME-Version: 1.0
        Content-Type: multipart/report; report-type=delivery-status; boundary=grenze

        --grenze
        Content-Type: text/plain

        I could not deliver your letter.

        --grenze
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.example

        Final-Recipient: rfc822; weg@kunde-b.example
        Action: failed
        Status: 5.1.1

        --grenze--

        """.replacing("\n", with: "\r\n")
    }
}
