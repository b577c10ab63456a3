// SPDX-License-Identifier: MIT

extension SMTPDialogue {
    /// What became of one letter.
    package enum Outcome: Sendable, Hashable {
        /// The server accepted it, in these words.
        case delivered(SMTPReply)
        /// It did not, or nobody knows.
        case failed(DeliveryError)
    }

    /// What the caller is told.
    package enum Event: Sendable, Hashable {
        /// The server has answered the hello; letters given before are now on their way.
        case ready(SMTPCapabilities)
        /// A letter has its outcome; `tag` is the letter's. Told exactly once per letter.
        case settled(tag: Int, Outcome)
        /// The conversation is over for this reason: the caller closes the connection. Told at most once.
        case closed(String)
    }
}
