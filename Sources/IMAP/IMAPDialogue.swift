// SPDX-License-Identifier: MIT

/// One logged-in IMAP connection as a value: commands in and bytes out, bytes in and events out.
///
/// Commands may be sent without waiting for earlier ones; their bytes are collected by ``takeOutgoing()``.
/// Bytes that need the server's consent first (literals, the end of IDLE) are held back until it comes, and
/// everything behind them; a command that is refused while its literal waits leaves nothing behind. No
/// argument can smuggle a second command.
///
/// It promises that every command gets at most one `.completed`, and never traps on what a server says. It
/// fails only by ``IMAPError``: thrown by ``receive(_:)`` the connection is of no further use, thrown by
/// ``send(_:)`` nothing was sent and all goes on. It knows no time: silence is the caller's to notice.
package struct IMAPDialogue: Sendable {
    /// What the server announced last; nothing until it did.
    package private(set) var capabilities: Capabilities?
    /// The open folder, kept up to date.
    package private(set) var selected: SelectedFolder?
    /// Whether the server is waiting with us; bytes may still be on their way out of it.
    package private(set) var idling: CommandTag?

    private var parser: IMAPParser
    private var outgoing: [UInt8] = []
    private var held: [Held] = []
    private var nextHeld = 0
    private var pending: [Pending] = []
    private var lastNumber: UInt32 = 0
    private var opening: SelectedFolder?
    private var discardingUntil: CommandTag?
    private var awaitsGreeting = true

    /// A step that waits for those before it.
    private struct Held {
        let tag: CommandTag
        let step: Step

        enum Step {
            case bytes([UInt8])
            /// Until the server says `+`.
            case consent
            /// Until ``IMAPDialogue/done()``; `isOver` when it was called.
            case idle(isOver: Bool)
        }
    }

    private struct Pending {
        let tag: CommandTag
        let command: IMAPCommand
        /// A move's new UIDs come before its verdict, without its tag (RFC 6851, section 4.3).
        var moved: ResponseCode?

        var isMove: Bool {
            if case .uidMove = command { true } else { false }
        }
    }

    /// A dialogue on a connection where nothing was said yet, or only what belongs to logging in.
    package init(limits: IMAPLimits = IMAPLimits()) {
        parser = IMAPParser(limits: limits)
    }

    /// Commands that have no verdict yet, oldest first.
    package var unanswered: [CommandTag] { pending.map(\.tag) }

    /// Puts the dialogue on firm ground: NOOP, all input up to its verdict is dropped, then CAPABILITY.
    ///
    /// Whoever logged in may have left us half an answer, or the greeting. Farewells and alerts are reported
    /// all the same.
    ///
    /// - Returns: The tag of CAPABILITY; its `.completed` says that commands can be chosen by capability.
    package mutating func begin() -> CommandTag {
        precondition(lastNumber == 0, "a dialogue begins once")
        awaitsGreeting = false
        discardingUntil = enqueue(.noop, [.bytes(Array("NOOP\r\n".utf8))])
        return enqueue(.capability, [.bytes(Array("CAPABILITY\r\n".utf8))])
    }

    /// Queues a command; an IDLE before it is ended.
    ///
    /// - Throws: ``IMAPError/unsupported(capability:)`` and ``IMAPError/unsendable(_:)``, before anything is
    ///   queued.
    package mutating func send(_ command: IMAPCommand) throws(IMAPError) -> CommandTag {
        let server = capabilities ?? []
        if let needed = command.needs, !server.contains(needed) { throw .unsupported(capability: needed) }
        var encoder = CommandEncoder()
        try command.encode(into: &encoder, for: server)
        encoder.finish()
        done()
        return enqueue(command, Self.steps(encoder.pieces, command, server))
    }

    /// Ends an IDLE, also one the server has not begun yet; otherwise does nothing.
    package mutating func done() {
        for index in held.indices.dropFirst(nextHeld) {
            if case .idle = held[index].step {
                held[index] = Held(tag: held[index].tag, step: .idle(isOver: true))
            }
        }
        release()
    }

    /// The bytes to be written to the network now; they are given out once.
    package mutating func takeOutgoing() -> [UInt8] {
        let bytes = outgoing
        outgoing = []
        return bytes
    }

    /// Takes bytes from the network, however cut.
    ///
    /// - Throws: Limits of ``IMAPLimits`` that were exceeded; what happened before is lost with it.
    package mutating func receive(_ bytes: some Collection<UInt8>) throws(IMAPError) -> [IMAPEvent] {
        parser.append(bytes)
        var events: [IMAPEvent] = []
        while let response = try parser.next() {
            if let tag = discardingUntil {
                discard(response, until: tag, &events)
            } else {
                take(response, &events)
            }
        }
        return events
    }
}

// MARK: - What goes out

extension IMAPDialogue {
    private static func steps(
        _ pieces: [CommandEncoder.Piece],
        _ command: IMAPCommand,
        _ server: Capabilities
    ) -> [Held.Step] {
        var steps: [Held.Step] = []
        for (index, piece) in pieces.enumerated() {
            switch piece {
            case .literal(let bytes): steps.append(.bytes(bytes))
            case .line(var bytes):
                guard index + 1 < pieces.count, case .literal(let next) = pieces[index + 1] else {
                    steps.append(.bytes(bytes))
                    continue
                }
                let isUnasked = server.takesUnasked(literalOf: next.count)
                bytes.append(contentsOf: "{\(next.count)\(isUnasked ? "+" : "")}\r\n".utf8)
                steps.append(.bytes(bytes))
                if !isUnasked { steps.append(.consent) }
            }
        }
        guard command == .idle else { return steps }
        return steps + [.consent, .idle(isOver: false), .bytes(Array("DONE\r\n".utf8))]
    }

    private mutating func enqueue(_ command: IMAPCommand, _ steps: [Held.Step]) -> CommandTag {
        lastNumber += 1
        let tag = CommandTag(number: lastNumber)
        // The message of an APPEND is kept once, in its step, and not a second time with its command.
        var remembered = command
        if case .append(let folder, _, _, _) = command { remembered = .append(to: folder, message: []) }
        pending.append(Pending(tag: tag, command: remembered))
        held.append(Held(tag: tag, step: .bytes(Array("\(tag) ".utf8))))
        held.append(contentsOf: steps.map { Held(tag: tag, step: $0) })
        release()
        return tag
    }

    /// Lets out every step up to the first that must wait.
    private mutating func release() {
        while nextHeld < held.count {
            switch held[nextHeld].step {
            case .consent, .idle(isOver: false): return
            case .idle(isOver: true): idling = nil
            case .bytes(let bytes):
                if outgoing.isEmpty { outgoing = bytes } else { outgoing.append(contentsOf: bytes) }
            }
            nextHeld += 1
        }
        held.removeAll(keepingCapacity: true)
        nextHeld = 0
    }

    /// The server said `+`.
    private mutating func consent(_ events: inout [IMAPEvent]) {
        guard nextHeld < held.count, case .consent = held[nextHeld].step else { return }
        let tag = held[nextHeld].tag
        nextHeld += 1
        if nextHeld < held.count, case .idle = held[nextHeld].step {
            idling = tag
            events.append(.idling(tag))
        }
        release()
    }

    /// Drops what a command has not sent yet: its verdict came early.
    private mutating func withdraw(_ tag: CommandTag) {
        if idling == tag { idling = nil }
        held.removeFirst(nextHeld)
        nextHeld = 0
        held.removeAll { $0.tag == tag }
        release()
    }
}

// MARK: - What comes in

extension IMAPDialogue {
    private mutating func discard(
        _ response: IMAPResponse,
        until tag: CommandTag,
        _ events: inout [IMAPEvent]
    ) {
        switch response {
        case .tagged(tag.description, _):
            discardingUntil = nil
            take(response, &events)
        case .untagged(let reply) where reply.kind == .bye || reply.code == .alert: take(response, &events)
        default: break
        }
    }

    private mutating func take(_ response: IMAPResponse, _ events: inout [IMAPEvent]) {
        switch response {
        case .tagged(let tag, let reply): complete(tag, reply, &events)
        case .untagged(let reply): remark(reply, &events)
        case .continuation: consent(&events)
        case .capability(let capabilities): learn(capabilities, &events)
        case .enabled(let names): events.append(.enabled(names))
        case .flags(let flags):
            if change({ $0.flags = flags }) { events.append(.flags(flags)) }
        case .folder(let folder): events.append(.listed(folder))
        case .folderStatus(let status): events.append(.folderStatus(status))
        case .search(let result): events.append(.found(result))
        case .exists(let count):
            if change({ $0.exists = count }) { events.append(.exists(count)) }
        case .recent: break
        case .expunged(let number):
            _ = change { $0.exists -= $0.exists > 0 ? 1 : 0 }
            events.append(.expunged(number))
        case .vanished(let uids, let earlier):
            if !earlier { _ = change { $0.exists -= UInt32(min(Int($0.exists), uids.count)) } }
            events.append(.vanished(uids, earlier: earlier))
        case .fetched(let message): events.append(.fetched(message))
        case .other(let name, let values): events.append(.other(name, values))
        case .unparsable(let line): events.append(.unparsable(line))
        }
    }

    /// Changes the folder spoken of: the one being opened, else the open one.
    ///
    /// - Returns: Whether it is news, and not part of the description of the folder being opened.
    private mutating func change(_ body: (inout SelectedFolder) -> Void) -> Bool {
        prepareOpening()
        if var folder = opening {
            body(&folder)
            opening = folder
            return false
        }
        guard var folder = selected else { return true }
        body(&folder)
        selected = folder
        return true
    }

    /// Begins the description of a folder when its SELECT is the command the server is at.
    private mutating func prepareOpening() {
        guard opening == nil, case .select(let name, let readOnly)? = pending.first?.command else { return }
        opening = SelectedFolder(name: name, isReadOnly: readOnly)
    }

    private mutating func learn(_ capabilities: Capabilities, _ events: inout [IMAPEvent]) {
        self.capabilities = capabilities
        events.append(.capabilities(capabilities))
    }

    private mutating func remark(_ reply: StatusReply, _ events: inout [IMAPEvent]) {
        if case .capability(let capabilities)? = reply.code { learn(capabilities, &events) }
        if reply.code == .alert { events.append(.alert(reply.text)) }
        let isGreeting = awaitsGreeting && (reply.kind == .ok || reply.kind == .preauth)
        awaitsGreeting = false
        guard reply.kind != .bye else {
            events.append(.bye(reply))
            return
        }
        guard !isGreeting else {
            events.append(.greeting(reply))
            return
        }
        guard let code = reply.code else {
            events.append(.notice(reply))
            return
        }
        switch code {
        case .permanentFlags(let flags): _ = change { $0.permanentFlags = flags }
        case .uidNext(let uid): _ = change { $0.uidNext = uid }
        case .uidValidity(let validity): _ = change { $0.uidValidity = validity }
        case .highestModSeq(let number): _ = change { $0.highestModSeq = number }
        case .noModSeq: _ = change { $0.highestModSeq = nil }
        case .readOnly: _ = change { $0.isReadOnly = true }
        case .readWrite: _ = change { $0.isReadOnly = false }
        case .closed:
            // What came so far spoke of the folder before (RFC 7162, section 3.2.11).
            selected = nil
            opening = nil
        case .copyUID:
            guard let index = pending.firstIndex(where: { $0.isMove }) else { break }
            pending[index].moved = code
        default: break
        }
        events.append(.notice(reply))
    }

    private mutating func complete(_ name: String, _ reply: StatusReply, _ events: inout [IMAPEvent]) {
        guard let index = pending.firstIndex(where: { $0.tag.description == name }) else {
            events.append(.strayVerdict(name, reply))
            return
        }
        if case .select = pending[index].command, index == 0 { prepareOpening() }
        let command = pending.remove(at: index)
        if case .capability(let capabilities)? = reply.code { learn(capabilities, &events) }
        if reply.code == .alert { events.append(.alert(reply.text)) }
        var verdict = reply
        if case .copyUID? = reply.code {} else if let moved = command.moved { verdict.code = moved }
        if case .select(let folder, let readOnly) = command.command {
            open(opening ?? SelectedFolder(name: folder, isReadOnly: readOnly), reply, &events)
        }
        withdraw(command.tag)
        events.append(.completed(command.tag, verdict))
    }

    /// A SELECT has its verdict; a refused one leaves no folder open (RFC 9051, section 6.3.2).
    private mutating func open(
        _ folder: SelectedFolder,
        _ reply: StatusReply,
        _ events: inout [IMAPEvent]
    ) {
        opening = nil
        selected = nil
        guard reply.isOK else { return }
        var folder = folder
        if reply.code == .readOnly { folder.isReadOnly = true }
        if reply.code == .readWrite { folder.isReadOnly = false }
        selected = folder
        events.append(.selected(folder))
    }
}
