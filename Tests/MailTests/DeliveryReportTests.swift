// SPDX-License-Identifier: MIT
import Mail
import Testing

@Suite("Reports that a letter did not arrive")
struct DeliveryReportTests {
    static func report(_ recipients: String, enclosed: String = "message/rfc822") -> String {
        """
        Return-Path: <>
        From: MAILER-DAEMON@mx.kunde.example
        Subject: Undelivered Mail Returned to Sender
        Content-Type: multipart/report; report-type=delivery-status; boundary="r"

        --r
        Content-Type: text/plain

        I'm sorry.
        --r
        Content-Type: message/delivery-status

        Reporting-MTA: dns; mx.kunde.example
        Arrival-Date: Sat, 21 Nov 2026 10:04:00 +0100

        \(recipients)

        --r
        Content-Type: \(enclosed)

        From: support@teeladen.example
        Message-ID: <brief.1@teeladen.example>
        Subject: Ihre Bestellung

        Guten Tag
        --r--
        """
    }

    @Test(
        "A report says for whom, how badly, and about which letter",
        arguments: [
            (
                "Final-Recipient: rfc822; a@kunde.example\nAction: failed\nStatus: 5.1.1",
                Message.Bounce.Kind.hard, "5.1.1"
            ),
            (
                "Final-Recipient: RFC822;a@kunde.example\nAction: FAILED\nStatus: 4.2.2 (mailbox full)",
                .soft, "4.2.2"
            ),
            ("Final-Recipient: rfc822; <a@kunde.example>\nAction: delayed\nStatus: 4.4.1", .delayed, "4.4.1"),
            (
                "Original-Recipient: rfc822;a@kunde.example\nFinal-Recipient: rfc822;b@intern.example\nAction: failed\n"
                    + "Diagnostic-Code: smtp; 550 5.7.1 no", .hard, "5.7.1"
            ),
            (
                "Final-Recipient: rfc822; x@kunde.example\nAction: delayed\nStatus: 4.4.1\n\n"
                    + "Final-Recipient: rfc822; a@kunde.example\nAction: failed\nStatus: 5.1.1", .hard,
                "5.1.1"
            ),
        ]
    )
    func standard(recipients: String, kind: Message.Bounce.Kind, status: String) {
        for enclosed in ["message/rfc822", "text/rfc822-headers"] {
            let mail = message(Self.report(recipients, enclosed: enclosed))
            #expect(
                mail.bounce
                    == Message.Bounce(
                        kind: kind,
                        address: "a@kunde.example",
                        status: status,
                        letter: "brief.1@teeladen.example"
                    )
            )
            #expect(mail.automatic == .bounce)
            #expect(mail.forwarded == nil)
        }
    }

    @Test(
        "A report of success is no bounce, and still nobody's message",
        arguments: ["delivered", "relayed", "expanded"]
    )
    func success(action: String) {
        let mail = message(
            Self.report("Final-Recipient: rfc822; a@kunde.example\nAction: \(action)\nStatus: 2.0.0")
        )
        #expect(mail.bounce == nil)
        #expect(mail.automatic == .bounce)
    }

    @Test("Exim's header and qmail's text are understood")
    func traditional() {
        let exim = message(
            """
            Return-Path: <>
            From: Mail Delivery System <Mailer-Daemon@mx.example>
            Subject: Mail delivery failed: returning message to sender
            X-Failed-Recipients: a@kunde.example

            Text
            """
        )
        #expect(exim.bounce == Message.Bounce(kind: .hard, address: "a@kunde.example"))
        let qmail = message(
            """
            From: MAILER-DAEMON@mx.example
            Subject: failure notice

            Hi. This is the qmail-send program at mx.example.

            <a@kunde.example>:
            Remote host said: 550 5.1.1 No such user

            --- Below this line is a copy of the message.

            Message-ID: <brief.1@teeladen.example>
            """
        )
        #expect(
            qmail.bounce
                == Message.Bounce(
                    kind: .hard,
                    address: "a@kunde.example",
                    status: "5.1.1",
                    letter: "brief.1@teeladen.example"
                )
        )
    }

    @Test("A customer who writes about a failed delivery is no bounce")
    func customer() {
        let mail = message(
            "Subject: delivery failure\n\nIhre Lieferung an a@kunde.example kam mit 550 5.1.1 zurück"
        )
        #expect(mail.bounce == nil)
        #expect(mail.automatic == nil)
    }
}
