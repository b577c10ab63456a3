// SPDX-License-Identifier: MIT
import Mail
import Testing

@Suite("The digest of a mail")
struct DigestTests {
    static let original = """
        From: a@b.example
        To: support@teeladen.example
        Subject: wo ist
         mein Paket
        Message-ID: <1@b.example>

        Hallo
        Welt
        """

    @Test(
        "Copies in two mailboxes have one digest",
        arguments: [
            "Return-Path: <a@b.example>\nReceived: from x\n by y\nX-Spam-Flag: NO\n\(original)",
            original.replacing("\n mein", with: "\n\tmein"),
            original.replacing("wo ist\n mein", with: "wo ist mein"),
            original + "\n\n", original.replacing("Subject", with: "SUBJECT"),
            original.replacing("To: support@teeladen.example\n", with: "")
                .replacing("\n\nHallo", with: "\nTo: support@teeladen.example\n\nHallo"),
        ]
    )
    func copies(copy: String) {
        let digest = MailDigest.of(Array(Self.original.utf8))
        #expect(MailDigest.of(Array(copy.utf8)) == digest)
        #expect(MailDigest.of(Array(copy.replacing("\n", with: "\r\n").utf8)) == digest)
    }

    @Test(
        "Another mail has another digest",
        arguments: [
            original.replacing("Welt", with: "welt"), original.replacing("1@b", with: "2@b"),
            original.replacing("Hallo\n", with: "Hallo\n\n"), original.replacing("wo ist", with: "wer ist"),
            original.replacing("\n\nHallo", with: "\nCc: c@d.example\n\nHallo"),
        ]
    )
    func others(other: String) {
        #expect(MailDigest.of(Array(other.utf8)) != MailDigest.of(Array(Self.original.utf8)))
    }

    @Test("Reading a message gives the same digest, which is SHA-256 in hexadecimal")
    func sameAsMessage() {
        let raw = Array(Self.original.utf8)
        let digest = MailDigest.of(raw)
        #expect(Message(parsing: raw, in: support).digest == digest)
        #expect(digest.utf8.count == 64)
        #expect(Message(parsing: raw, in: support, digest: "known").digest == "known")
        #expect(MailDigest.of([]).utf8.count == 64)
    }
}
