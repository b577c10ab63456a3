// SPDX-License-Identifier: MIT

import Testing

@testable import Delivery

@Suite("SMTP letters")
struct SMTPLetterTests {
    @Test(
        "No bare CR and no bare LF ever leaves the house, and the last line is ended",
        arguments: [
            ("", ""),
            ("a\r\n", "a\r\n"),
            ("a", "a\r\n"),
            ("a\n", "a\r\n"),
            ("a\r", "a\r\n"),
            ("a\nb\rc\r\nd", "a\r\nb\r\nc\r\nd\r\n"),
            ("\n.\n", "\r\n.\r\n"),
            ("\r\r\n", "\r\n\r\n"),
            ("\n\r", "\r\n\r\n"),
            ("a\r\n\r\n", "a\r\n\r\n"),
        ]
    )
    func lineEndings(text: String, sent: String) {
        let letter = SMTPLetter(tag: 1, sender: "", recipient: "r@x", bytes: Array(text.utf8))
        #expect(String(decoding: letter.bytes, as: UTF8.self) == sent)
    }

    @Test(
        "An address that could carry a command of its own is refused",
        arguments: [
            ("a@x>\r\nRCPT TO:<b@y", "holds an angle bracket"),
            ("a@x\r\nDATA", "holds a control character"),
            ("a\n@x", "holds a control character"),
            ("a@x\u{0}", "holds a control character"),
            ("a@x\u{7F}", "holds a control character"),
            ("a@x\u{85}", "holds a control character"),
            ("a b@x", "holds a space"),
            ("a@x SIZE=1", "holds a space"),
            ("a@x\t", "holds a control character"),
            ("a@x\u{2028}", "holds a space"),
            ("<a@x", "holds an angle bracket"),
            ("", "has no @"),
            ("a", "has no @"),
            ("@x", "lacks a part before or after the @"),
            ("a@", "lacks a part before or after the @"),
            (String(repeating: "a", count: 253) + "@x", "is longer than 254 bytes"),
        ]
    )
    func injection(address: String, fault: String) {
        #expect(SMTPLetter.addressFault(address) == fault)
    }

    @Test(
        "Ordinary and odd but harmless addresses pass",
        arguments: [
            "support@teeladen.example", "a@b", "\"a@b\"@x", "a+b@[127.0.0.1]", "jörg@müller.example",
            String(repeating: "a", count: 252) + "@x",
        ]
    )
    func harmless(address: String) {
        #expect(SMTPLetter.addressFault(address) == nil)
    }

    @Test("The null sender is lawful, the null receiver is not")
    func nullSender() {
        #expect(SMTPLetter(tag: 1, sender: "", recipient: "r@x", bytes: []).envelopeFault() == nil)
        let fault = SMTPLetter(tag: 1, sender: "s@x", recipient: "", bytes: []).envelopeFault()
        #expect(fault?.stage == .recipient)
    }

    @Test("Dots at line starts are doubled for DATA, in portions of any size", arguments: 1...20)
    func dots(room: Int) {
        let bytes = Array(".a\r\n..\r\nb.\r\n.\r\n\r\n.".utf8) + Array("\r\n".utf8)
        var body = SMTPBody.dotted(bytes)
        var sent: [UInt8] = []
        while !body.write(to: &sent, room: room) {}
        #expect(String(decoding: sent, as: UTF8.self) == "..a\r\n...\r\nb.\r\n..\r\n\r\n..\r\n.\r\n")
        var counted = SMTPBody.counted(bytes)
        sent = []
        while !counted.write(to: &sent, room: room) {}
        #expect(sent == bytes)
    }

    @Test("An empty letter is ended all the same")
    func empty() {
        var body = SMTPBody.dotted([])
        var sent: [UInt8] = []
        #expect(body.write(to: &sent, room: 10))
        #expect(sent == Array(".\r\n".utf8))
    }
}
