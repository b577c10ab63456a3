// SPDX-License-Identifier: MIT

/// Why a letter was not carried to its receiver, and what that means for the outbox.
///
/// Temporary is the default; permanence must be proven by the server's own reply to this very letter, or by a
/// fault of the letter that no second attempt can mend. Errors hold the server's words, never a password and
/// never the letter's text.
package struct DeliveryError: Error, Sendable, Hashable {
    /// What the outbox does next.
    ///
    /// Nothing else about the error has a say in that choice.
    package enum Disposition: String, Sendable, Hashable, CaseIterable {
        /// The same letter may be accepted later, and has certainly not been accepted yet.
        case retry
        /// The same letter will never be accepted; a person has to look.
        case reject
        /// The letter may have been accepted: it was handed over whole and no answer came.
        case unknown
    }

    /// How far the attempt had come, in the order of the steps.
    package enum Stage: String, Sendable, Hashable, CaseIterable {
        /// Reaching the server, TLS and the server's greeting.
        case connect
        /// Proving who we are, whenever the server asks for it.
        case login
        /// EHLO or HELO.
        case hello
        /// MAIL FROM.
        case sender
        /// RCPT TO.
        case recipient
        /// DATA or BDAT, the letter itself and the answer to it.
        case body
    }

    /// What the outbox does next.
    package var disposition: Disposition

    /// The server's name as the settings give it.
    package var server: String

    /// The step that failed, or that had no answer yet.
    package var stage: Stage

    /// The server's own words, all lines without their line endings, joined by a line feed; nil if it said nothing.
    package var reply: String?

    /// Our own words where the server's do not tell the story: what was lost, or why we did not even ask.
    package var detail: String?

    /// Whether the fault concerns the server or our account, not this letter, and so needs the administrator.
    package var isAlarming: Bool

    /// Whether anything of this letter had been sent; an untouched one may go over a new connection at once.
    package var wasTried: Bool

    /// Creates an error; by default an ordinary one about a letter that had been tried.
    package init(
        _ disposition: Disposition,
        server: String,
        stage: Stage,
        reply: String? = nil,
        detail: String? = nil,
        isAlarming: Bool = false,
        wasTried: Bool = true
    ) {
        self.disposition = disposition
        self.server = server
        self.stage = stage
        self.reply = reply
        self.detail = detail
        self.isAlarming = isAlarming
        self.wasTried = wasTried
    }
}

extension DeliveryError: CustomStringConvertible {
    /// One line for the log and for `poststelle outbox`; control characters of the server's words become spaces.
    package var description: String {
        let judgement =
            switch disposition {
            case .retry: "has not taken the letter yet"
            case .reject: "will not take the letter"
            case .unknown: "may have taken the letter"
            }
        var line = "\(server) \(judgement) (\(stage.rawValue))"
        if let detail { line += ": \(detail)" }
        if let reply { line += "\(detail == nil ? ":" : ";") it said `\(Self.oneLine(reply))`" }
        return line
    }

    private static func oneLine(_ text: String) -> String {
        var line = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let isControl = scalar.properties.generalCategory == .control
            line.append(isControl ? " " : scalar)
        }
        return String(line)
    }
}
