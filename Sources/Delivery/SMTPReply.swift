// SPDX-License-Identifier: MIT

/// One complete answer of a mail server, of one or several lines (RFC 5321, 4.2).
package struct SMTPReply: Sendable, Hashable {
    /// The three digits of the last line, which alone decide.
    package var code: Int

    /// Every line as it came, with its code and without its line ending; what is not UTF-8 is repaired.
    package var lines: [String]

    /// Creates an answer.
    package init(code: Int, lines: [String]) {
        self.code = code
        self.lines = lines
    }

    /// All lines, joined by a line feed: the server's own words.
    package var words: String {
        lines.joined(separator: "\n")
    }

    /// Whether the server announces that it serves no further command and closes (RFC 5321, 3.8).
    var announcesClosing: Bool {
        code == 421
    }

    /// Whether the server says that our login is missing, wrong or too weak (RFC 4954, 6).
    ///
    /// It may come as the answer to any command, and then says nothing about the letter.
    var demandsLogin: Bool {
        [530, 534, 535, 538].contains(code)
    }

    /// What the code means to a client that has sent a command.
    var meaning: Meaning {
        switch code {
        // 221 belongs to QUIT: in answer to anything else the two sides have lost each other.
        case 221: .senseless
        case 200...299: .accepted
        case 354: .goAhead
        case 400...499: .temporary
        case 500...599: .permanent
        default: .senseless
        }
    }

    enum Meaning: Sendable, Hashable {
        case accepted
        case goAhead
        case temporary
        case permanent
        case senseless

        var isRefusal: Bool { self == .temporary || self == .permanent }
    }
}
