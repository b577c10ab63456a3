// SPDX-License-Identifier: MIT
import Mail
import Testing

@Suite("Forwarded messages")
struct ForwardTests {
    static let anna = Message.Address(name: "Anna Brandl", address: "anna@kunde.example")

    @Test(
        "A forward names its original's writer and subject",
        arguments: [
            (
                "Fwd: Paket",
                "---------- Forwarded message ---------\nVon: Anna Brandl <anna@kunde.example>\nDate: Mi., 18. Nov. 2026\nSubject: Paket\nTo: <s@t.example>\n\nwo?"
            ),
            (
                "WG: Paket",
                "Von: Anna Brandl <anna@kunde.example>\nGesendet: Mittwoch, 18. November 2026 09:12\nAn: s@t.example\nBetreff: Paket\n\nwo?"
            ),
            (
                "Paket",
                "FYI\n\n-------- Weitergeleitete Nachricht --------\nBetreff: Paket\nDatum: Wed\nVon: Anna Brandl <anna@kunde.example>\nAn: s@t.example\n\nwo?"
            ),
            (
                "Fwd: Paket",
                "Anfang der weitergeleiteten Nachricht:\n\nVon: Anna Brandl <anna@kunde.example>\nBetreff: Paket\nDatum: 18. November 2026\n\nwo?"
            ),
            (
                "FW: Paket",
                "From: Anna Brandl [mailto:anna@kunde.example]\nSent: Wednesday\nTo: s\nSubject: Paket\n\nwo?"
            ),
        ]
    )
    func forwards(subject: String, body: String) {
        let mail = message("Subject: \(subject)\n\n\(body)")
        #expect(mail.forwarded == Message.Forwarded(from: Self.anna, subject: "Paket"))
    }

    @Test("A forward without a head is known by its subject")
    func subjectOnly() {
        #expect(
            message("Subject: WG: AW: Paket\n\nbitte").forwarded == Message.Forwarded(subject: "AW: Paket")
        )
    }

    @Test(
        "An answer is no forward",
        arguments: [
            (
                "Re: Paket",
                "Danke\n\n-----Ursprüngliche Nachricht-----\nVon: a@b.example\nBetreff: Paket\n\nalt"
            ),
            ("AW: WG: Paket", "Danke"), ("Paket", "wo?"),
            ("Re: Paket", "Danke\n> ---------- Forwarded message\n> Von: a@b.example\n> Betreff: x"),
            ("AW: Paket", "Danke\n\nVon: a@b.example\nGesendet: heute\nAn: c\nBetreff: Paket\n\nalt"),
            ("Weiter: Paket", "wo?"),
        ]
    )
    func answers(subject: String, body: String) {
        #expect(message("Subject: \(subject)\n\n\(body)").forwarded == nil)
    }
}
