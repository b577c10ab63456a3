// SPDX-License-Identifier: MIT

/// Writes one command so that no argument can end it: what does not fit into quotes becomes a literal.
struct CommandEncoder {
    /// A stretch of the command; behind a `.literal` the server's consent may be needed first.
    enum Piece {
        case line([UInt8])
        case literal([UInt8])
    }

    private(set) var pieces: [Piece] = []
    private var line: [UInt8] = []

    /// Writes text of our own making: names of commands, numbers, punctuation.
    mutating func write(_ text: String) {
        line.append(contentsOf: text.utf8)
    }

    mutating func write(_ uids: UIDSet) throws(IMAPError) {
        guard !uids.isEmpty else { throw .unsendable("an empty set of messages") }
        write(uids.description)
    }

    mutating func write(_ folder: FolderName) throws(IMAPError) {
        try string(folder.wire, as: "the folder name \(folder)")
    }

    mutating func write(_ flag: Flag) throws(IMAPError) {
        guard !flag.isKeyword else { return try atom(flag.name, as: "keyword") }
        guard flag != .anyKeyword, flag != "\\Recent" else { throw .unsendable("the flag \(flag)") }
        write("\\")
        try atom(String(flag.name.dropFirst()), as: "flag")
    }

    mutating func write(_ flags: [Flag]) throws(IMAPError) {
        write("(")
        for (index, flag) in flags.enumerated() {
            if index > 0 { write(" ") }
            try write(flag)
        }
        write(")")
    }

    /// A word that cannot be quoted (RFC 9051, atom).
    mutating func atom(_ word: String, as role: String) throws(IMAPError) {
        let forbidden = Array("(){%*\"\\] ".utf8)
        let isAtom = word.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !forbidden.contains($0) }
        guard isAtom, !word.isEmpty else {
            throw .unsendable("the \(role) `\(word)`")
        }
        write(word)
    }

    mutating func string(_ text: String) throws(IMAPError) {
        try string(Array(text.utf8), as: "a text with a NUL in it")
    }

    private mutating func string(_ bytes: [UInt8], as role: String) throws(IMAPError) {
        // Dovecot takes 64 KB per line, others far less: long strings leave the line.
        guard bytes.count <= 500, bytes.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) else {
            return try literal(bytes, as: role)
        }
        line.append(Ascii.quote)
        for byte in bytes {
            if byte == Ascii.quote || byte == Ascii.backslash { line.append(Ascii.backslash) }
            line.append(byte)
        }
        line.append(Ascii.quote)
    }

    mutating func literal(_ bytes: [UInt8], as role: String) throws(IMAPError) {
        guard !bytes.contains(Ascii.nul) else { throw .unsendable(role) }
        pieces.append(.line(line))
        pieces.append(.literal(bytes))
        line = []
    }

    mutating func finish() {
        write("\r\n")
        pieces.append(.line(line))
        line = []
    }
}
