// SPDX-License-Identifier: MIT
import FoundationEssentials
import Mail
import Testing

@Suite("Writing a letter")
struct LetterTests {
    func letter(
        subject: String = "Re: Paket",
        text: String = "Guten Tag,\n\nunterwegs.\n",
        to: Message.Address = .init(name: "Jörg Müller", address: "joerg@kunde.example"),
        origin: Letter.Origin = .automaticReply
    ) -> Letter {
        Letter(
            from: .init(name: "Teeladen Nord", address: "support@teeladen.example"),
            to: to,
            subject: subject,
            date: Date(timeIntervalSince1970: 1_795_251_840),
            messageID: "4711.abc@teeladen.example",
            origin: origin,
            text: text
        )
    }

    func read(_ letter: Letter) -> Message {
        Message(parsing: letter.encoded(), in: support)
    }

    @Test("A plain letter is written so, to the byte")
    func bytes() {
        var letter = letter(to: .init(name: "Joerg Mueller", address: "joerg@kunde.example"))
        letter.secondsFromGMT = 3600
        letter.inReplyTo = "frage@kunde.example"
        letter.references = ["erste@kunde.example", "frage@kunde.example"]
        letter.importance = .high
        letter.headers = [.init("X-Poststelle", "4711")]
        let expected = """
            From: Teeladen Nord <support@teeladen.example>
            To: Joerg Mueller <joerg@kunde.example>
            Subject: Re: Paket
            Date: Sat, 21 Nov 2026 10:04:00 +0100
            Message-ID: <4711.abc@teeladen.example>
            In-Reply-To: <frage@kunde.example>
            References: <erste@kunde.example> <frage@kunde.example>
            Auto-Submitted: auto-replied
            X-Auto-Response-Suppress: OOF, AutoReply, RN, NRN
            Importance: high
            X-Priority: 1
            X-Poststelle: 4711
            MIME-Version: 1.0
            Content-Type: text/plain; charset=us-ascii
            Content-Transfer-Encoding: 7bit

            Guten Tag,

            unterwegs.

            """
        #expect(String(decoding: letter.encoded(), as: UTF8.self) == expected.replacing("\n", with: "\r\n"))
        #expect(letter.encoded() == letter.encoded())
    }

    @Test(
        "Subjects come back as they were written",
        arguments: [
            "Re: wo bleibt mein Paket", "Grüße 😊👨‍👩‍👧 aus München", String(repeating: "Länge ", count: 33) + "zu",
            String(repeating: "x", count: 200), "=?utf-8?q?nicht?= dekodieren", "zwei  Leerzeichen", "日本語の件名",
            "",
            "ß", "a=b_c?d", "\"quoted\" (comment) <x@y>",
        ]
    )
    func subjects(subject: String) {
        #expect(read(letter(subject: subject)).subject == subject)
    }

    @Test(
        "Names come back as they were written",
        arguments: [
            "Jörg Müller", "Müller, Jörg", "Müller \"Jö\" Jörg", "O'Neill, Pat", "Back\\slash",
            "Dr. A. Brandl (Tee)",
            "Yıldız Çağlar", "support@andere.example", String(repeating: "Käthe ", count: 20) + "Schmidt",
            "a:b;c",
        ]
    )
    func names(name: String) {
        let address = Message.Address(name: name, address: "x@kunde.example")
        #expect(read(letter(to: address)).to == [address])
    }

    @Test(
        "Texts come back as they were written",
        arguments: [
            "Guten Tag\n", "Grüße\n", "Zeile mit Leerzeichen  \nnoch eine ü \n",
            String(repeating: "lang ", count: 400) + "\n",
            String(repeating: "ü", count: 500) + "\n", ".\n..\nFrom hier\n", "=3D\n", "-- \nAnna\n",
            "\tTab ä\t\n",
        ]
    )
    func texts(text: String) {
        var expected = text
        while expected.last == "\n" { expected.removeLast() }
        #expect(read(letter(text: text)).text == expected)
    }

    @Test("Whatever the texts hold, the letter is 7-bit with short CRLF lines")
    func sevenBit() {
        var letter = letter(
            subject: String(repeating: "Über", count: 300),
            text: String(repeating: "ä", count: 5000) + "\r\r\n\u{0}x"
        )
        letter.attachments = [
            .init(
                name: "Prüfbericht \"sehr\" lang " + String(repeating: "ö", count: 90) + ".pdf",
                type: "application/pdf",
                bytes: [UInt8](0...255)
            ),
            .init(name: "weiter.eml", type: "message/rfc822", bytes: Array("Subject: ü\n\nü".utf8)),
        ]
        let bytes = letter.encoded()
        #expect(bytes.allSatisfy { $0 < 0x80 && $0 != 0 })
        let lines = String(decoding: bytes, as: UTF8.self).split(
            separator: "\r\n",
            omittingEmptySubsequences: false
        )
        #expect(
            lines.allSatisfy { $0.utf8.count <= 78 && !$0.utf8.contains(0x0D) && !$0.utf8.contains(0x0A) }
        )
        let files = read(letter).attachments
        #expect(files.map(\.name) == [letter.attachments[0].name, "original.eml"])
        #expect(files.map(\.size) == [256, 15])
        #expect(files[1].type == "application/octet-stream")
    }

    @Test("A 7-bit message goes along as the message it is")
    func original() {
        var letter = letter()
        let raw = "From: a@b.example\nSubject: innen\n\nText\n"
        letter.attachments = [.init(name: "original.eml", type: "message/rfc822", bytes: Array(raw.utf8))]
        let written = String(decoding: letter.encoded(), as: UTF8.self)
        #expect(written.contains(raw.replacing("\n", with: "\r\n")))
        #expect(read(letter).attachments.map(\.type) == ["message/rfc822"])
    }

    @Test(
        "No value adds a header or another recipient",
        arguments: [
            "a\r\nBcc: opfer@x.example", "a\nBcc: opfer@x.example", "a\rBcc: x@y.example", "a\u{0}b",
            "a\u{2028}b",
        ]
    )
    func injection(value: String) {
        var letter = letter(
            subject: value,
            to: .init(name: value, address: "x@kunde.example\r\nBcc: y@z.example")
        )
        letter.messageID = value
        letter.inReplyTo = value
        letter.references = [value]
        letter.headers = [.init("X-Note", value), .init("X-Bad\r\nBcc", value)]
        letter.attachments = [.init(name: value, type: "text/x\r\nBcc: y", bytes: [1])]
        letter.replyTo = .init(name: nil, address: "a@b.example>, <c@d.example")
        let lines = String(decoding: letter.encoded(), as: UTF8.self).split(separator: "\r\n")
        #expect(!lines.contains { $0.lowercased().hasPrefix("bcc") })
        #expect(!lines.contains { $0.contains("\n") || $0.contains("\r") })
        #expect(read(letter).to.map(\.address) == ["x@kunde.example"])
    }

    @Test("Who wrote it decides the automatic-mail headers")
    func origins() {
        #expect(read(letter(origin: .automaticReply)).automatic == .autoSubmitted)
        #expect(read(letter(origin: .automatic)).automatic == .autoSubmitted)
        #expect(read(letter(origin: .person)).automatic == nil)
        let person = String(decoding: letter(origin: .person).encoded(), as: UTF8.self)
        #expect(!person.contains("Auto-Submitted") && !person.contains("Suppress"))
    }

    @Test("A boundary never stands in the contents")
    func boundary() {
        var letter = letter()
        letter.attachments = [.init(name: "a.bin", type: "application/octet-stream", bytes: [1])]
        let first = String(decoding: letter.encoded(), as: UTF8.self)
        let boundary = first.firstMatch(of: /boundary="([^"]+)"/).map { String($0.1) } ?? ""
        letter.text = "--\(boundary)\n"
        #expect(read(letter).text == "--\(boundary)")
        #expect(read(letter).attachments.count == 1)
    }

    @Test("Addresses beyond ASCII ask for SMTPUTF8")
    func smtputf8() {
        #expect(!letter().needsSMTPUTF8)
        #expect(letter(to: .init(address: "jörg@kunde.example")).needsSMTPUTF8)
        #expect(
            read(letter(to: .init(address: "jörg@kunde.example"))).to.map(\.address) == ["jörg@kunde.example"]
        )
    }
}
