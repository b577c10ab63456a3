// SPDX-License-Identifier: MIT
import IMAP
import Wire

/// Why a conversation with a server ended, where neither the connection nor the dialogue says it.
enum Trouble: Error {
    /// The server refused something without which there is nothing to do; says what, as in "to open …".
    case refused(String, StatusReply)
    /// The server said good-bye.
    case farewell(StatusReply)
    /// The server closed the connection.
    case closed
    /// An answer did not end, though something came all the time.
    case endless
    /// The server's answer cannot be worked with; says why.
    case unusable(String)
    /// Part of an answer could not be read, and a message is missing.
    case garbled(folder: String, uid: UInt32)
    /// There is no login to try; says why.
    case credentials(String)
}

extension Trouble {
    /// What to do about an error, and what to tell people; `nil` for an error that is not the server's.
    static func judgement(on error: any Error, by peer: String) -> (cause: BackOff.Cause, words: String)? {
        switch error {
        case let error as WireError:
            let isLogin = error.kind == .loginDenied || error.stage == .login && error.kind == .notOffered
            let cause: BackOff.Cause = isLogin ? .login : .trouble
            return (soundsThrottled(error.serverWords ?? "") ? .throttled : cause, error.description)
        case let error as IMAPError: return (.trouble, "\(peer): \(error)")
        case let trouble as Trouble: return (trouble.cause, "\(peer) \(trouble.words)")
        default: return nil
        }
    }

    /// Whether a verdict asks for a longer pause, or is about the server's own passing troubles.
    static func isPassing(_ verdict: StatusReply) -> Bool {
        switch verdict.code {
        case .throttled, .overQuota, .inUse, .unavailable: true
        default: soundsThrottled(verdict.text)
        }
    }

    /// Whether, when it comes of opening a folder, other folders may be opened all the same.
    var isAboutFolder: Bool {
        switch self {
        case .refused(_, let reply): !Self.isPassing(reply) || reply.code == .inUse
        case .unusable: true
        default: false
        }
    }

    private var cause: BackOff.Cause {
        switch self {
        case .refused(_, let reply), .farewell(let reply):
            switch reply.code {
            case .throttled, .overQuota: .throttled
            default: Self.soundsThrottled(reply.text) ? .throttled : .trouble
            }
        case .credentials: .login
        default: .trouble
        }
    }

    private var words: String {
        switch self {
        case .refused(let what, let reply): "refused \(what)\(Self.quoted(reply))"
        case .farewell(let reply): "ended the connection\(Self.quoted(reply))"
        case .closed: "closed the connection"
        case .endless: "gave an answer that did not end"
        case .unusable(let why): why
        case .garbled(let folder, let uid):
            "said something that is no IMAP instead of message \(uid) of the folder `\(folder)`"
        case .credentials(let why): "was not asked, since there is no login: \(why)"
        }
    }

    private static func quoted(_ reply: StatusReply) -> String {
        reply.text.isEmpty ? "" : "; it said `\(oneLine(reply.text))`"
    }

    /// Before the login there are no codes yet that we could read, and Exchange has none at all.
    private static func soundsThrottled(_ words: String) -> Bool {
        let words = words.lowercased()
        return ["throttl", "[overquota]", "too many"].contains { words.contains($0) }
    }

    /// Servers choose these words: whatever could forge a second line becomes a blank.
    private static func oneLine(_ text: String) -> String {
        String(text.map { $0.isNewline || $0.unicodeScalars.contains { $0.value < 0x20 } ? " " : $0 })
    }
}
