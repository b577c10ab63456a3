// SPDX-License-Identifier: MIT
import Mail

/// The mailbox that the tests' mails come into.
let support = Mailbox(
    name: "support",
    addresses: ["support@teeladen.example"],
    trust: .server("mx.teeladen.example")
)

/// A mail written in a test: CRLF line ends, and a sender and date unless it has its own.
func post(_ text: String) -> [UInt8] {
    var text = text
    if !text.contains("From:") { text = "From: Jörg Müller <joerg@kunde.example>\n" + text }
    return Array(text.replacing("\n", with: "\r\n").utf8)
}

/// The message that such a mail is read as.
func message(_ text: String, in mailbox: Mailbox = support) -> Message {
    Message(parsing: post(text), in: mailbox)
}

/// The own words of a plain text.
func ownWords(_ body: String) -> String {
    message("Content-Type: text/plain; charset=utf-8\n\n" + body).ownWords
}

/// The text of an HTML mail.
func text(ofHTML html: String) -> String {
    message("Content-Type: text/html; charset=utf-8\n\n" + html).text
}
