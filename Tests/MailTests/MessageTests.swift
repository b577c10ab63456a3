// SPDX-License-Identifier: MIT
import FoundationEssentials
import Mail
import Testing

@Suite("Reading a message")
struct MessageTests {
    @Test("The head of an ordinary mail is read and decoded")
    func head() {
        let mail = message(
            """
            Return-Path: <joerg@Kunde.example>
            Received: from a by b; Sat, 21 Nov 2026 10:04:03 +0100
            From: =?UTF-8?Q?J=C3=B6rg_M=C3=BCller?= <joerg@KUNDE.example>
            To: "Laden, Tee" <support@teeladen.example>, zweite@teeladen.example
            Cc: =?iso-8859-1?q?Br=FCder?=: a@b.example, c@d.example;
            Reply-To: privat@kunde.example
            Subject: =?utf-8?B?V28gaXN0IG1laW4gUGFrZXQg8J+Yig==?=
             =?utf-8?q?_Nr=2E_7?=
            Date: Sat, 21 Nov 2026 10:04:00 +0100 (CET)
            Message-ID: <a.b@kunde.example>
            In-Reply-To: <letzte@teeladen.example>
            References: <erste@teeladen.example>
             <zweite@kunde.example>

            Hallo
            """
        )
        #expect(mail.from == Message.Address(name: "Jörg Müller", address: "joerg@kunde.example"))
        #expect(mail.to.map(\.address) == ["support@teeladen.example", "zweite@teeladen.example"])
        #expect(mail.to.first?.name == "Laden, Tee")
        #expect(mail.cc.map(\.address) == ["a@b.example", "c@d.example"])
        #expect(mail.replyTo.map(\.address) == ["privat@kunde.example"])
        #expect(mail.returnPath == .address("joerg@kunde.example"))
        #expect(mail.subject == "Wo ist mein Paket 😊 Nr. 7")
        #expect(mail.date == Date(timeIntervalSince1970: 1_795_251_840))
        #expect(mail.messageID == "a.b@kunde.example")
        #expect(
            mail.references == ["erste@teeladen.example", "zweite@kunde.example", "letzte@teeladen.example"]
        )
        #expect(mail.text == "Hallo")
        #expect(mail.damage.isEmpty)
    }

    @Test(
        "Dates are read as mailers write them",
        arguments: [
            ("Sat, 21 Nov 2026 10:04:00 +0100", 1_795_251_840.0), ("21 Nov 26 09:04 GMT", 1_795_251_840),
            ("Sat, 21 Nov 2026 04:04:00 EST", 1_795_251_840), ("21-Nov-2026 09:04:00 Z", 1_795_251_840),
            ("Sat,21 Nov 2026 10:04:00+0100", 1_795_251_840),
            ("Sat, 21 (the day) Nov 2026 09:04:00 -0000", 1_795_251_840),
            ("Sa, 21 Nov 2026 10:04:00 MEZ", 1_795_251_840), ("1 Jan 1970 00:00:00 +0000", 0),
            ("29 Feb 2024 23:59:60 +0000", 1_709_251_200),
        ]
    )
    func dates(written: String, seconds: Double) {
        #expect(message("Date: \(written)\n\nx").date == Date(timeIntervalSince1970: seconds))
    }

    @Test(
        "A date that is none is damage, not a date",
        arguments: ["gestern", "32 Nov 2026", "", "Sat,", "1 2 3"]
    )
    func noDate(written: String) {
        let mail = message("Date: \(written)\n\nx")
        #expect(mail.date == nil)
        #expect(mail.damage == ["the date cannot be read"])
    }

    @Test("The empty envelope sender is told apart from an unknown one")
    func returnPath() {
        #expect(message("Return-Path: <>\n\nx").returnPath == .null)
        #expect(message("Subject: x\n\nx").returnPath == .unknown)
    }

    @Test(
        "Charsets fall back from declared to UTF-8 to windows-1252",
        arguments: [
            ("utf-8", [0xC3, 0xBC] as [UInt8], "ü"), ("iso-8859-1", [0xFC], "ü"), ("utf-8", [0xFC], "ü"),
            ("iso-8859-1", [0x80], "€"), ("iso-8859-15", [0xA4], "€"), ("windows-1250", [0x9C], "ś"),
            ("x-unknown", [0xC3, 0xBC], "ü"), ("us-ascii", [0x84], "„"), ("koi8-r", [0xC1], "а"),
        ]
    )
    func charsets(name: String, bytes: [UInt8], expected: String) {
        let mail = post("Content-Type: text/plain; charset=\(name)\n\n") + bytes
        #expect(Message(parsing: mail, in: support).text == expected)
    }

    @Test("Of alternatives the plain text is read, and the HTML where that is blank")
    func alternatives() {
        func mail(_ plain: String) -> Message {
            message(
                """
                Content-Type: multipart/alternative; boundary=b

                --b
                Content-Type: text/plain

                \(plain)
                --b
                Content-Type: text/html

                <p>aus HTML</p>
                --b--
                """
            )
        }
        #expect(mail("reiner Text").text == "reiner Text")
        #expect(mail("  ").text == "aus HTML")
        #expect(mail("x").attachments.isEmpty)
    }

    @Test("Files are listed with name, type and decoded size")
    func attachments() {
        let mail = message(
            """
            Content-Type: multipart/mixed; boundary="b 1"

            --b 1
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: quoted-printable

            Die Dose ist zerdr=C3=BCckt.
            --b 1
            Content-Type: image/jpeg; name="=?utf-8?q?Sch=C3=A4den.jpg?="
            Content-Transfer-Encoding: base64
            Content-Disposition: attachment; filename*=utf-8''Sch%C3%A4den.jpg

            AAECAwQFBgc=
            --b 1
            Content-Type: message/rfc822

            From: a@b.example
            Subject: innen
            Message-ID: <innen@b.example>

            Text innen
            --b 1--
            """
        )
        #expect(mail.text == "Die Dose ist zerdrückt.")
        #expect(
            mail.attachments.first == Message.Attachment(name: "Schäden.jpg", type: "image/jpeg", size: 8)
        )
        #expect(mail.attachments.map(\.name) == ["Schäden.jpg", "message.eml"])
        #expect(mail.forwarded == Message.Forwarded(from: .init(address: "a@b.example"), subject: "innen"))
    }

    @Test("Flowed lines are joined, RFC 3676")
    func flowed() {
        let mail = message(
            "Content-Type: text/plain; format=flowed\n\nDies ist \nein Satz.\n> zitiert \n> weiter\n-- \nJörg"
        )
        #expect(mail.text == "Dies ist ein Satz.\n> zitiert weiter\n-- \nJörg")
        #expect(mail.ownWords == "Dies ist ein Satz.")
    }

    @Test(
        "A broken mail is read as well as it can be, and says what is broken",
        arguments: [
            ("", "no sender that can be read"),
            ("Hallo, wo ist mein Paket?", "no blank line between header and body"),
            ("From: a@b.example\nSubject: x", "no body"),
            (
                "From: a@b.example\nSubject: x\nkein Feld\nTo: c@d.example\n\nHallo",
                "1 lines of the header are no fields"
            ),
            ("\n\nFrom: a@b.example\n\nHallo", "blank lines before the header"),
        ]
    )
    func damage(raw: String, complaint: String) {
        let mail = Message(parsing: Array(raw.utf8), in: support)
        #expect(mail.damage.contains(complaint))
    }

    @Test("A body without its blank line is still read")
    func missingBlankLine() {
        #expect(Message(parsing: Array("Hallo, wo?\nJörg".utf8), in: support).text == "Hallo, wo?\nJörg")
    }

    @Test("Control characters in headers and text do not get through")
    func controls() {
        let mail = message("Subject: =?utf-8?q?a=00b=0D=0ABcc:_x?=\n\nA\u{0}B\u{7}C\rD")
        #expect(mail.subject == "a?b  Bcc: x")
        #expect(mail.text == "ABC\nD")
    }

    @Test("Nested parts, many parts, endless headers and texts end at their limits", .timeLimit(.minutes(1)))
    func limits() {
        var nested = "x"
        for level in (0..<60).reversed() {
            nested =
                "Content-Type: multipart/mixed; boundary=b\(level)x\n\n--b\(level)x\n\(nested)\n--b\(level)x--\n"
        }
        #expect(message(nested).damage.contains("parts nested deeper than 20 were not read"))

        let many = String(repeating: "--b\n\ny\n", count: 5000)
        let mail = message("Content-Type: multipart/mixed; boundary=b\n\n\(many)--b--\n")
        #expect(mail.damage.contains("more than 1000 parts; the rest was not read"))

        let header = String(repeating: "X-A: \(String(repeating: "b", count: 90))\n", count: 4000)
        let long = message("Subject: s\n\(header)\nHallo")
        #expect(long.damage.contains("the header is longer than 256 KB; the rest of it was not read"))
        #expect(long.subject == "s")
        #expect(long.text == "Hallo")

        let text = message("\n" + String(repeating: "Wort ", count: 220_000))
        #expect(text.text.utf8.count == Message.textLimit)
        #expect(text.damage == ["only the first 1024 KB of the text were read"])
    }

    @Test("A body made of tiny parts or headers is not read to its end", .timeLimit(.minutes(1)))
    func hostileStructure() {
        let parts = String(repeating: "--b\n", count: 40_000)
        let fields = "--b\n" + String(repeating: "a:\n", count: 50_000)
        for body in [parts, fields] {
            let mail = message("Content-Type: multipart/mixed; boundary=b\n\n\(body)")
            #expect(mail.damage.contains("too many boundary or header lines; the rest was not read"))
        }
    }

    @Test(
        "Deeply nested comments and groups in addresses are survived",
        .timeLimit(.minutes(1)),
        arguments: ["(", "a:", "\"", "<", "@", "a@b,", "=?utf-8?q?", "\\", "[", ";"]
    )
    func hostileAddresses(piece: String) {
        let value = String(repeating: piece, count: 60_000 / piece.utf8.count)
        _ = message("To: \(value)\nSubject: \(value)\nReferences: \(value)\nContent-Type: \(value)\n\nx")
    }

    @Test(
        "Prefixes of answers and forwards are taken off a subject",
        arguments: [
            ("Re: AW: Paket", "Paket"), ("WG: Fwd: RE: Paket", "Paket"), ("Re[2]: Paket", "Paket"),
            ("AW:Paket", "Paket"), ("Rechnung: Nr. 7", "Rechnung: Nr. 7"), ("Frage: re: x", "Frage: re: x"),
            ("Antwort: x", "x"), ("", ""), ("re:", ""),
        ]
    )
    func baseSubject(subject: String, base: String) {
        var mail = Message()
        mail.subject = subject
        #expect(mail.baseSubject == base)
    }
}
