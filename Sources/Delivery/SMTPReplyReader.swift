// SPDX-License-Identifier: MIT

/// Puts a server's answers together from bytes that arrive in any portions.
///
/// A line ends with LF; a CR before it is dropped, so servers that send a bare LF are understood. Limits keep a
/// hostile or broken server from filling the memory. After a fault nothing that follows can be trusted, so the
/// reader is not used any further.
struct SMTPReplyReader: Sendable {
    /// The bytes of a line, ending included, beyond which the server is not understood; eight times RFC 5321.
    static let longestLine = 4096

    /// The lines of one answer beyond which the server is not understood.
    static let mostLines = 200

    /// What could not be understood, in words for a person.
    struct Fault: Error, Sendable, Hashable {
        var words: String
        /// The line at fault, shortened to 200 bytes.
        var line: String
    }

    private var line: [UInt8] = []
    private var lines: [String] = []

    /// Takes the next byte; gives the answer that it completes, if it does.
    mutating func read(_ byte: UInt8) throws(Fault) -> SMTPReply? {
        line.append(byte)
        guard line.count <= Self.longestLine else {
            throw fault("a line longer than \(Self.longestLine) bytes")
        }
        guard byte == UInt8(ascii: "\n") else { return nil }
        line.removeLast()
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        return try finishLine()
    }

    private mutating func finishLine() throws(Fault) -> SMTPReply? {
        guard let code = Self.code(of: line) else {
            throw fault("a line that is no SMTP answer")
        }
        guard lines.count < Self.mostLines else {
            throw fault("an answer of more than \(Self.mostLines) lines")
        }
        let goesOn = line.count > 3 && line[3] == UInt8(ascii: "-")
        lines.append(String(decoding: line, as: UTF8.self))
        line.removeAll(keepingCapacity: true)
        guard !goesOn else { return nil }
        let reply = SMTPReply(code: code, lines: lines)
        lines.removeAll(keepingCapacity: true)
        return reply
    }

    private static func code(of line: [UInt8]) -> Int? {
        guard line.count >= 3 else { return nil }
        if line.count > 3 {
            guard line[3] == UInt8(ascii: " ") || line[3] == UInt8(ascii: "-") else { return nil }
        }
        var code = 0
        for byte in line[..<3] {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
            code = code * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return (200...599).contains(code) ? code : nil
    }

    private func fault(_ words: String) -> Fault {
        Fault(words: words, line: String(decoding: line.prefix(200), as: UTF8.self))
    }
}
