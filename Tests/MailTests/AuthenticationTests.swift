// SPDX-License-Identifier: MIT
import Mail
import Testing

@Suite("Whether the provider vouches for the writer")
struct AuthenticationTests {
    func verdict(_ header: String, trust: Mailbox.Trust = .server("mx.teeladen.example"))
        -> Message.Authentication
    {
        message(
            "\(header)\nFrom: Jörg <joerg@mail.kunde.example>\n\nText",
            in: Mailbox(name: "s", addresses: [], trust: trust)
        ).authentication
    }

    static let us = "Authentication-Results: mx.teeladen.example"

    @Test(
        "Alignment is computed from the trusted results",
        arguments: [
            ("\(us); dmarc=pass header.from=mail.kunde.example", Message.Authentication.pass),
            ("\(us); dkim=pass header.d=kunde.example; spf=fail smtp.mailfrom=x@y.example", .pass),
            ("\(us);\n dkim=pass (2048-bit; \"key\") header.i=@kunde.example", .pass),
            ("\(us) 1; spf=pass smtp.mailfrom=bounce@news.kunde.example", .pass),
            ("\(us); DKIM = pass header.d = KUNDE.example", .pass),
            ("\(us); dkim=pass header.d=mailer.example; dkim=pass header.d=kunde.example", .pass),
            ("AUTHENTICATION-RESULTS: MX.Teeladen.Example; dmarc=pass", .pass),
            ("\(us); dmarc=fail header.from=kunde.example; spf=pass smtp.mailfrom=kunde.example", .fail),
            ("\(us); dkim=pass header.d=andere.example; spf=pass smtp.mailfrom=andere.example", .fail),
            ("\(us); dkim=fail header.d=kunde.example", .fail), ("\(us); none", .fail),
            ("\(us); dmarc=pass header.from=andere.example", .fail),
            ("\(us); spf=pass smtp.helo=kunde.example", .fail),
            ("Authentication-Results: mx.fremd.example; dmarc=pass", .none),
            ("Authentication-Results: mx.teeladen.example.fremd.example; dmarc=pass", .none),
            ("X-Original-Authentication-Results: mx.teeladen.example; dmarc=pass", .none), ("X-A: b", .none),
        ]
    )
    func alignment(header: String, expected: Message.Authentication) {
        #expect(verdict(header) == expected)
    }

    @Test("A forged result further down never counts")
    func forged() {
        let forged = "\(Self.us); dmarc=pass header.from=mail.kunde.example"
        #expect(verdict("\(Self.us); dkim=none; spf=none\n\(forged)") == .fail)
        #expect(
            verdict("\(Self.us); spf=fail smtp.mailfrom=x.example\nReceived: from a by b\n\(forged)") == .fail
        )
        #expect(verdict("\(Self.us); dmarc=fail\n\(forged)") == .fail)
    }

    @Test("Filters in a row each add their result")
    func milters() {
        let header =
            "\(Self.us); dmarc=none\n\(Self.us); dkim=pass header.d=kunde.example\n\(Self.us); spf=none"
        #expect(verdict(header) == .pass)
    }

    @Test("Microsoft 365 names no server: the topmost result above the foreign hop counts")
    func microsoft() {
        let inside = "Received: from A.eurprd01.prod.outlook.com by B.eurprd01.prod.outlook.com; x"
        let border = "Received: from mail.kunde.example by C.mail.protection.outlook.com; x"
        let result = """
            Authentication-Results: spf=pass (sender IP is 192.0.2.1)
             smtp.mailfrom=kunde.example; dkim=none (message not signed) header.d=none;dmarc=pass action=none
             header.from=mail.kunde.example;compauth=pass reason=100
            """
        #expect(verdict("\(inside)\n\(result)\n\(border)", trust: .topmost) == .pass)
        #expect(verdict("\(inside)\n\(border)\n\(result)", trust: .topmost) == .none)
        #expect(verdict("\(inside)\n\(border)\n\(result)") == .none)
    }

    @Test("Nobody is trusted, nobody vouches")
    func nobody() {
        #expect(verdict("\(Self.us); dmarc=pass", trust: .nobody) == .none)
    }

    @Test("Two writers at once are vouched for by nobody")
    func twoWriters() {
        let from = "From: a@kunde.example, b@andere.example"
        #expect(message("\(Self.us); dmarc=pass\n\(from)\n\nText").authentication == .fail)
        let twice = "From: a@kunde.example\nFrom: b@andere.example"
        #expect(message("\(Self.us); dmarc=pass\n\(twice)\n\nText").authentication == .fail)
    }

    @Test("Strangers under a public suffix are not aligned")
    func suffixes() {
        func verdict(_ from: String, _ signer: String) -> Message.Authentication {
            message("\(Self.us); dkim=pass header.d=\(signer)\nFrom: x@\(from)\n\nText").authentication
        }
        #expect(verdict("a.co.uk", "b.co.uk") == .fail)
        #expect(verdict("mail.a.co.uk", "a.co.uk") == .pass)
        #expect(verdict("a.com.au", "b.com.au") == .fail)
        #expect(verdict("a.or.at", "b.or.at") == .fail)
        #expect(verdict("web.de", "mail.web.de") == .pass)
        #expect(verdict("co.uk", "co.uk") == .fail)
    }

    @Test(
        "The provider's spam verdict is heard, the topmost only",
        arguments: [
            ("X-Spam-Flag: YES", true), ("X-Spam-Flag: NO", false),
            ("X-Spam-Flag: no\nX-Spam-Flag: YES", false),
            ("X-Spam-Status: Yes, score=9", true), ("X-Spam-Status: No, score=1", false),
            ("X-Spam: yes", true),
            ("X-Forefront-Antispam-Report: CIP:1.2.3.4;SCL:5;SRV:;", true),
            ("X-Forefront-Antispam-Report: CIP:1.2.3.4;SCL:1;SRV:;", false),
            ("X-MS-Exchange-Organization-SCL: 9", true), ("X-MS-Exchange-Organization-SCL: -1", false),
            ("X-UI-Filterresults: junk:10;V03", true), ("X-UI-Filterresults: notjunk:1;V03", false),
            ("X-Bogosity: Spam, tests=bogofilter", true), ("X-Bogosity: Ham", false),
            ("X-Rspamd-Action: add header", true), ("X-Rspamd-Action: no action", false),
            ("X-GMX-Antispam: 0 (Mail was not recognized)", false), ("X-GMX-Antispam: 6 (spam)", true),
            ("X-Proofpoint-Spam-Details: rule=spam policy=x", true),
            ("X-Proofpoint-Spam-Details: rule=notspam policy=x", false),
        ]
    )
    func spam(header: String, expected: Bool) {
        #expect(message("\(header)\n\nText").isSpam == expected)
    }
}
