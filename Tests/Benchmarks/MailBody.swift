// SPDX-License-Identifier: MIT
import Foundation

/// The text of a made-up mail in the ways mail programs send it: header lines, an empty one, the body.
struct MailBody: Sendable {
    /// Each may have line breaks of its own.
    var paragraphs: [String]
    var boundary: String

    private var lines: [String] {
        paragraphs.joined(separator: "\n\n").split(separator: "\n", omittingEmptySubsequences: false).map(
            String.init
        )
    }

    /// One part, 8 bit.
    var plain: [String] {
        ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit", ""] + lines + [""]
    }

    /// One part, quoted-printable (RFC 2045, section 6.7).
    var quoted: [String] {
        ["Content-Type: text/plain; charset=\"UTF-8\"", "Content-Transfer-Encoding: quoted-printable", ""]
            + lines.map(Self.quotedPrintable) + [""]
    }

    /// The text, and the same as HTML with the style sheet that mail programs add.
    var alternative: [String] {
        let html = paragraphs.map { "<p style=\"margin:0 0 1em\">\($0.replacing("\n", with: "<br>"))</p>" }
        let page =
            ["<html><head><style>", "p { font-family: Arial, sans-serif; font-size: 11pt; color: #222; }"]
            + ["a { color: #06c; } .small { font-size: 8pt; color: #777; }", "</style></head><body>"] + html
            + ["</body></html>"]
        return ["Content-Type: multipart/alternative; boundary=\"\(boundary)a\"", "", "--\(boundary)a"]
            + quoted
            + ["--\(boundary)a", "Content-Type: text/html; charset=\"UTF-8\""]
            + ["Content-Transfer-Encoding: quoted-printable", ""] + page.map(Self.quotedPrintable)
            + ["", "--\(boundary)a--", ""]
    }

    /// A text of the kinds above and a picture of some hundred bytes, as `multipart/mixed`.
    func withPicture(_ text: [String], _ dice: inout Dice) -> [String] {
        ["Content-Type: multipart/mixed; boundary=\"\(boundary)m\"", "", "--\(boundary)m"] + text
            + ["--\(boundary)m", "Content-Type: image/jpeg; name=\"foto.jpg\""]
            + [
                "Content-Disposition: attachment; filename=\"foto.jpg\"", "Content-Transfer-Encoding: base64",
                "",
            ]
            + Self.random(1_200, &dice) + ["", "--\(boundary)m--", ""]
    }

    /// Random bytes as lines of base64.
    static func random(_ count: Int, _ dice: inout Dice) -> [String] {
        let bytes = (0..<count).map { _ in UInt8.random(in: 0...255, using: &dice) }
        let text = Array(Data(bytes).base64EncodedString().utf8)
        return stride(from: 0, to: text.count, by: 76).map {
            String(decoding: text[$0..<min($0 + 76, text.count)], as: UTF8.self)
        }
    }

    /// A header's words, encoded where they are not ASCII (RFC 2047).
    static func header(_ words: String) -> String {
        guard words.utf8.contains(where: { $0 > 127 }) else { return words }
        // An encoded word holds 75 characters at most; words of the corpus that need two are cut at a blank.
        var folded: [String] = []
        var rest = words.split(separator: " ", omittingEmptySubsequences: false)[...]
        while !rest.isEmpty {
            var taken = String(rest.removeFirst())
            while let next = rest.first, taken.utf8.count + next.utf8.count < 40 {
                taken += " \(next)"
                rest.removeFirst()
            }
            if !rest.isEmpty { taken += " " }
            folded.append("=?UTF-8?B?\(Data(taken.utf8).base64EncodedString())?=")
        }
        return folded.joined(separator: "\r\n ")
    }

    private static func quotedPrintable(_ line: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        var width = 0
        for (index, byte) in line.utf8.enumerated() {
            let isLastBlank = byte == 0x20 && index == line.utf8.count - 1
            let isPlain = byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "=") && !isLastBlank
            if width + (isPlain ? 1 : 3) > 75 {
                encoded += Array("=\r\n".utf8)
                width = 0
            }
            encoded += isPlain ? [byte] : [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            width += isPlain ? 1 : 3
        }
        return String(decoding: encoded, as: UTF8.self)
    }
}
