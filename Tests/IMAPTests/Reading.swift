// SPDX-License-Identifier: MIT

import IMAP

/// A fresh parser as something to feed.
func parser(_ limits: IMAPLimits = IMAPLimits()) -> Reader<IMAPResponse> {
    var parser = IMAPParser(limits: limits)
    return { bytes in
        parser.append(bytes)
        var responses: [IMAPResponse] = []
        while let response = try parser.next() { responses.append(response) }
        return responses
    }
}

/// A dialogue with these commands under way, as something to feed.
func dialogue(
    _ capabilities: Capabilities = [],
    sending commands: [IMAPCommand] = []
) throws -> Reader<IMAPEvent> {
    var dialogue = try prepared(capabilities)
    for command in commands { _ = try dialogue.send(command) }
    return { try dialogue.receive($0) }
}

/// A dialogue past its beginning: P1 and P2 are used, the server has announced its capabilities.
func prepared(_ capabilities: Capabilities) throws -> IMAPDialogue {
    var dialogue = IMAPDialogue()
    _ = dialogue.begin()
    _ = dialogue.takeOutgoing()
    let names = (["IMAP4rev1"] + capabilities.names.sorted()).joined(separator: " ")
    _ = try dialogue.receive(wire("P1 OK", "* CAPABILITY \(names)", "P2 OK"))
    return dialogue
}

func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

extension UIDSet {
    init(_ uids: UID...) {
        self.init(uids)
    }
}

extension CommandTag {
    /// Whether this is the n-th command of its dialogue.
    func isNumber(_ number: Int) -> Bool { description == "P\(number)" }
}
