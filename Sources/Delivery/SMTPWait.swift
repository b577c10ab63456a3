// SPDX-License-Identifier: MIT

/// What a dialogue is waiting for; it decides how long silence is borne (RFC 5321, 4.5.3.2).
package enum SMTPWait: String, Sendable, Hashable, CaseIterable {
    /// The server's first line.
    case greeting
    /// The answer to EHLO or HELO.
    case hello
    /// The answer to RSET.
    case reset
    /// The answer to MAIL FROM.
    case sender
    /// The answer to RCPT TO.
    case recipient
    /// The answer to DATA, before the letter itself may be sent.
    case goAhead
    /// Room for the next bytes of a letter that is being sent.
    case block
    /// The answer to a letter handed over whole; an impatient client makes duplicates here.
    case acceptance
    /// The end of the connection, which the server announced with 421.
    case closing
    /// The answer to QUIT.
    case quit

    /// For how long nothing may be heard and nothing be sent before the connection counts as lost.
    package var patience: Duration {
        switch self {
        case .greeting, .hello, .sender, .recipient: .seconds(300)
        case .goAhead: .seconds(120)
        case .block: .seconds(180)
        case .acceptance: .seconds(600)
        case .reset: .seconds(60)
        case .closing, .quit: .seconds(20)
        }
    }
}
