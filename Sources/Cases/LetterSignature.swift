// SPDX-License-Identifier: MIT
import Crypto
import FoundationEssentials

/// Signs the `Message-ID` of every letter we send, and recognises our own when it comes back.
///
/// The left side reads `ps.<case>.<letter>.<proof>`: it returns in `References` when the customer answers, and
/// it marks copies of our letters in Sent and in loops. The proof is the first 80 bits of HMAC-SHA256 over
/// case and letter, RFC 2104; without the ledger's secret nobody can make one up.
package struct LetterSignature: Sendable {
    private let secret: SymmetricKey
    private let domain: String

    /// - Parameters:
    ///   - secret: At least 32 bytes that never leave the ledger.
    ///   - domain: What stands right of the `@`.
    package init(secret: [UInt8], domain: String) {
        precondition(secret.count >= 32, "a short secret could be guessed")
        self.secret = SymmetricKey(data: secret)
        self.domain = domain
    }

    /// A new random secret.
    package static func makeSecret() -> [UInt8] {
        SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) }
    }

    /// The `Message-ID`, without brackets, of the letter with this key in this case.
    package func messageID(case id: Case.ID, letter: String) -> String {
        let name = Self.hex(SHA256.hash(data: Array(letter.utf8)).prefix(6))
        return "ps.\(id.number).\(name).\(proof(case: id.number, name: name))@\(domain)"
    }

    /// The case named by a `Message-ID` of ours; `nil` for anybody else's or a forged one.
    ///
    /// The part right of the `@` is not looked at: some relays replace it.
    package func caseSigned(in messageID: String) -> Case.ID? {
        let left = messageID.prefix { $0 != "@" }
        let parts = left.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4, parts[0].lowercased() == "ps", let number = Int64(parts[1]),
            isEqual(parts[3].lowercased(), proof(case: number, name: parts[2].lowercased()))
        else { return nil }
        return Case.ID(number)
    }

    private func proof(case number: Int64, name: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Array("\(number).\(name)".utf8), using: secret)
        return Self.hex(Array(code).prefix(10))
    }

    /// Compares without telling by its duration where the first difference is.
    private func isEqual(_ left: String, _ right: String) -> Bool {
        let (left, right) = (Array(left.utf8), Array(right.utf8))
        guard left.count == right.count else { return false }
        return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func hex(_ bytes: some Sequence<UInt8>) -> String {
        let digits = Array("0123456789abcdef")
        return String(bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] })
    }
}
