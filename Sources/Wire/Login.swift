// SPDX-License-Identifier: MIT

import FoundationEssentials

/// Who logs in to a mail server, and with what; printing it never shows the secret.
package struct Login: Sendable, Hashable {
    /// The account's name at the server, mostly its mail address.
    package var user: String
    /// What proves it.
    package var secret: Secret

    /// A login of `user` with `secret`.
    package init(user: String, secret: Secret) {
        self.user = user
        self.secret = secret
    }

    /// What proves that a user is who they say.
    package enum Secret: Sendable, Hashable {
        /// A password, sent by SASL PLAIN or LOGIN, or what else the server offers.
        case password(String)
        /// An OAuth 2.0 access token, sent by SASL OAUTHBEARER (RFC 7628) or XOAUTH2.
        case oauthToken(String)

        var text: String {
            switch self {
            case .password(let text), .oauthToken(let text): text
            }
        }
    }

    /// Why this login cannot be sent to any server, or `nil` when it can.
    ///
    /// A line break in a password is mostly the last character of the file it came from, and could smuggle in
    /// commands where the server knows only `LOGIN`; a NUL byte would cut the text short on its way to
    /// libcurl.
    var fault: String? {
        func isBroken(_ text: String) -> Bool { text.utf8.contains { $0 < 0x20 || $0 == 0x7F } }
        if user.isEmpty { return "the user's name is empty" }
        if isBroken(user) { return "the user's name contains a line break or another control character" }
        if secret.text.isEmpty { return "the password or token is empty" }
        if isBroken(secret.text) {
            return "the password or token contains a line break or another control character; "
                + "does its file end with an empty line?"
        }
        return nil
    }

    /// `line` with the secret taken out, should the server have echoed it, plainly or inside of Base64.
    func masked(_ line: String) -> String {
        let secret = Array(secret.text.utf8)
        guard !secret.isEmpty else { return line }
        var result = line.replacing(self.secret.text, with: "***")
        for word in line.split(whereSeparator: { !Self.isBase64($0) }) where word.utf8.count >= 4 {
            let digits = word.prefix { $0 != "=" }
            let padded = digits + String(repeating: "=", count: (4 - digits.utf8.count % 4) % 4)
            guard let decoded = Data(base64Encoded: String(padded)), decoded.firstRange(of: secret) != nil
            else {
                continue
            }
            result = result.replacing(word, with: "***")
        }
        return result
    }

    /// What a SASL challenge (`+ …` in IMAP, `334 …` in SMTP) says in clear, or `nil` when `reply` is none.
    static func challenge(_ reply: String) -> String? {
        guard let prefix = ["+ ", "334 "].first(where: reply.hasPrefix) else { return nil }
        let words = String(reply.dropFirst(prefix.count))
        return Data(base64Encoded: words).map { String(decoding: $0, as: UTF8.self) } ?? words
    }

    private static func isBase64(_ character: Character) -> Bool {
        character.isASCII && (character.isLetter || character.isNumber || "+/=".contains(character))
    }
}

extension Login: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The user's name and the kind of secret.
    package var description: String { "\(user) with \(secret)" }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// Without the secret, so that `dump` cannot show it either.
    package var customMirror: Mirror { Mirror(self, children: ["user": user, "secret": secret]) }
}

extension Login.Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The kind of secret, never the secret.
    package var description: String {
        switch self {
        case .password: "a password"
        case .oauthToken: "an OAuth token"
        }
    }
    /// The same as ``description``.
    package var debugDescription: String { description }
    /// Without the secret, so that `dump` cannot show it either.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
