// SPDX-License-Identifier: MIT

/// A conversation with a mail server as a value: bytes of the server in, outcomes out, bytes for the server out.
///
/// It does no I/O and never waits. The caller sends what ``outgoing()`` gives and reports it with
/// ``bytesWritten(_:)``, hands everything received to ``receive(_:)``, and ends it with ``connectionLost(_:)`` when
/// the connection breaks or ``waitingFor`` has been silent for its patience. Reading must go on while
/// writing waits for room, or both sides may block (RFC 2920, 3.1).
///
/// It promises that every letter given to ``send(_:)`` has exactly one outcome; that `delivered` means the server
/// said so; that `retry` and `reject` are told only of letters the server cannot have accepted; and that letters
/// whose bytes may have left whole without an answer are `unknown`. Bytes count as sent once they were
/// handed to the caller: a TLS layer may have passed on what it has not yet reported.
///
/// With PIPELINING the commands of a letter go in one flight, and with CHUNKING several letters are under way at
/// once, within the window. A server that answers what cannot be understood is left at once.
package struct SMTPDialogue: Sendable {
    /// Where a conversation begins.
    package enum Start: Sendable, Hashable {
        /// With the server's greeting.
        case greeting
        /// With our EHLO: greeting, TLS and login are already done by somebody else.
        case hello
    }

    /// The server's name as the settings give it, for errors.
    package let server: String

    /// What the server announced; empty before the hello was answered.
    package private(set) var capabilities = SMTPCapabilities()

    private let name: String
    private let options: SMTPOptions
    private var phase: Phase
    private var reader = SMTPReplyReader()
    /// The commands whose answers are still to come, in their order.
    private var expected: [Expectation] = []
    /// Letters of which nothing has been sent.
    private var waiting: [SMTPLetter] = []
    /// Letters of which something has been sent, and whose last answer has not come.
    private var underWay: [SMTPTransaction] = []
    private var composing: Composing?
    private var lastSerial = 0
    private var wantsToQuit = false
    /// Whether the server has certainly no transaction open.
    private var isSlateClean = true
    private var farewell: SMTPReply?
    private var stopReason: String?
    private var ending: DeliveryError?
    private var buffer: [UInt8] = []
    private var writtenInBuffer = 0

    private enum Phase: Sendable { case greeting, hello, ready, leaving, closed }

    private enum Step: Sendable {
        case greeting, ehlo, helo, reset, sender, recipient, data, body, quit

        var words: String {
            switch self {
            case .greeting: "our connection"
            case .ehlo: "EHLO"
            case .helo: "HELO"
            case .reset: "RSET"
            case .sender: "MAIL"
            case .recipient: "RCPT"
            case .data: "DATA"
            case .body: "the letter"
            case .quit: "QUIT"
            }
        }
    }

    private struct Expectation: Sendable {
        var step: Step
        var serial = 0
    }

    /// The letter whose commands are being written, and what is to be written next.
    private struct Composing: Sendable {
        var serial: Int
        var next: Next

        enum Next: Sendable {
            case reset, sender, recipient
            /// DATA, or BDAT with the letter's length.
            case announcement
            /// Nothing, until DATA was answered.
            case goAhead
            case block(SMTPBody)
            /// The lone dot that ends a DATA nobody is to receive (RFC 2920, 3.1).
            case dot
        }
    }

    /// Begins a conversation.
    ///
    /// - Parameters:
    ///   - server: The server's name as the settings give it; it appears in errors only.
    ///   - name: Our own name for EHLO; ``isHelloName(_:)`` must hold.
    ///   - start: What has already been said.
    ///   - options: How much is sent ahead.
    package init(server: String, name: String, start: Start = .hello, options: SMTPOptions = SMTPOptions()) {
        precondition(Self.isHelloName(name), "the settings must refuse a name that cannot be said in EHLO")
        self.server = server
        self.name = name
        self.options = options
        phase = .greeting
        expected = [Expectation(step: .greeting)]
        if start == .hello {
            expected = []
            sayHello("EHLO", .ehlo)
        }
    }

    /// Whether a name can be said in EHLO: printable ASCII without a space, 255 bytes at most.
    package static func isHelloName(_ name: String) -> Bool {
        !name.isEmpty && name.utf8.count <= 255 && name.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// Whether the conversation is over and the connection is to be closed.
    package var isClosed: Bool { phase == .closed }

    /// Whether letters may still be given; false once the end was announced by either side.
    package var takesLetters: Bool { !wantsToQuit && phase != .closed && mayGoOn }

    private var mayGoOn: Bool { farewell == nil && stopReason == nil }

    /// How many further letters are of use now; more may be given and wait their turn.
    package var room: Int {
        takesLetters ? max(0, options.windowLetters - waiting.count - underWay.count) : 0
    }

    /// Whether no letter is waiting or under way.
    package var isIdle: Bool { waiting.isEmpty && underWay.isEmpty }

    /// What silence would mean now; nil while nothing is due from the server.
    package var waitingFor: SMTPWait? {
        guard phase != .closed else { return nil }
        guard farewell == nil else { return .closing }
        guard let first = expected.first else { return writtenInBuffer < buffer.count ? .block : nil }
        switch first.step {
        case .greeting: return .greeting
        case .ehlo, .helo: return .hello
        case .reset: return .reset
        case .sender: return .sender
        case .recipient: return .recipient
        case .data: return .goAhead
        case .body:
            let isWhole = underWay.first { $0.serial == first.serial }?.isHandedOver ?? true
            return isWhole && writtenInBuffer == buffer.count ? .acceptance : .block
        case .quit: return .quit
        }
    }
}

// MARK: - What the caller does

extension SMTPDialogue {
    /// Gives a letter to be sent as soon as its turn comes.
    ///
    /// - Returns: The outcome, if the letter can never be sent this way or the conversation takes no more letters.
    package mutating func send(_ letter: SMTPLetter) -> [Event] {
        if let fault = letter.envelopeFault() { return [.settled(tag: letter.tag, refused(fault))] }
        guard takesLetters else {
            let error =
                ending
                ?? DeliveryError(.retry, server: server, stage: .connect, detail: "the connection is closing")
            return [.settled(tag: letter.tag, .failed(untried(error)))]
        }
        if phase == .ready, let fault = letter.fault(for: capabilities) {
            return [.settled(tag: letter.tag, refused(fault))]
        }
        waiting.append(letter)
        return []
    }

    /// The bytes to be sent now, those included that were given before and not yet reported as written.
    ///
    /// From this call on they count as sent when it comes to what the server may have.
    package mutating func outgoing() -> ArraySlice<UInt8> {
        while phase != .closed, buffer.count - writtenInBuffer < options.portion, compose() {}
        return phase == .closed || farewell != nil ? [] : buffer[writtenInBuffer...]
    }

    /// Reports that the first `count` bytes of ``outgoing()`` were written.
    package mutating func bytesWritten(_ count: Int) {
        // The server may have ended the conversation while the caller was writing.
        guard phase != .closed else { return }
        precondition(count >= 0 && writtenInBuffer + count <= buffer.count, "more was written than was given")
        writtenInBuffer += count
        if writtenInBuffer == buffer.count {
            buffer.removeAll(keepingCapacity: true)
            writtenInBuffer = 0
        } else if writtenInBuffer >= options.portion {
            buffer.removeFirst(writtenInBuffer)
            writtenInBuffer = 0
        }
    }

    /// Takes bytes from the server, in portions of any size.
    package mutating func receive(_ bytes: some Sequence<UInt8>) -> [Event] {
        var events: [Event] = []
        for byte in bytes {
            guard phase != .closed else { break }
            do {
                guard let reply = try reader.read(byte) else { continue }
                hear(reply, &events)
            } catch {
                end("the server sent \(error.words), beginning `\(error.line)`", &events)
            }
        }
        return events
    }

    /// Ends the conversation because the connection is gone or was silent for too long.
    ///
    /// - Parameter reason: What happened, for the error: `connection reset by peer`, `no answer for 600 s`.
    /// - Returns: The outcome of every letter that had none.
    package mutating func connectionLost(_ reason: String) -> [Event] {
        var events: [Event] = []
        end(reason, &events)
        return events
    }

    /// Says QUIT as soon as every letter given so far has its outcome, and takes no more letters.
    package mutating func quit() {
        wantsToQuit = true
    }

    /// Gives out nothing new, and ends as soon as every letter that was handed over whole has its answer.
    ///
    /// - Returns: The outcome of every other letter: `retry` for this reason, unless it was refused.
    package mutating func stop(_ reason: String) -> [Event] {
        var events: [Event] = []
        stopReason = reason
        composing = nil
        settleWaiting(as: DeliveryError(.retry, server: server, stage: .connect, detail: reason), &events)
        for index in underWay.indices where !underWay[index].isHandedOver {
            let loss = underWay[index].lossError(server: server, detail: reason, farewell: farewell)
            settle(index, .failed(loss), &events)
        }
        endIfDismissed(&events)
        return events
    }
}

// MARK: - What is written

extension SMTPDialogue {
    private var pipelines: Bool { capabilities.pipelining && options.usesPipelining }

    private var chunks: Bool { capabilities.chunking && options.usesChunking }

    /// Whether a further command may be written although answers are due.
    private var mayWrite: Bool { pipelines || expected.isEmpty }

    private mutating func put(_ command: String, _ step: Step, _ serial: Int = 0) {
        buffer += command.utf8
        buffer += [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
        expected.append(Expectation(step: step, serial: serial))
    }

    private mutating func sayHello(_ verb: String, _ step: Step) {
        phase = .hello
        put("\(verb) \(name)", step)
    }

    /// Appends the next command or portion to the buffer; false if nothing may be written now.
    private mutating func compose() -> Bool {
        guard phase == .ready, mayGoOn else { return false }
        guard let composing else { return begin() || leave() }
        let serial = composing.serial
        guard let index = underWay.firstIndex(where: { $0.serial == serial }) else { return false }
        let letter = underWay[index].letter
        switch composing.next {
        case .reset:
            guard mayWrite else { return false }
            put("RSET", .reset, serial)
            self.composing?.next = .sender
        case .sender:
            guard mayWrite else { return false }
            put(mailCommand(for: letter), .sender, serial)
            self.composing?.next = .recipient
        case .recipient:
            guard mayWrite else { return false }
            put("RCPT TO:<\(letter.recipient)>", .recipient, serial)
            self.composing?.next = .announcement
        case .announcement:
            guard mayWrite else { return false }
            return announce(underWay[index])
        case .goAhead:
            return false
        case .block(var body):
            if body.write(to: &buffer, room: options.portion - (buffer.count - writtenInBuffer)) {
                underWay[index].isHandedOver = true
                self.composing = nil
            } else {
                self.composing?.next = .block(body)
            }
        case .dot:
            put(".", .body, serial)
            self.composing = nil
        }
        return true
    }

    private mutating func announce(_ transaction: SMTPTransaction) -> Bool {
        let bytes = transaction.letter.bytes
        guard chunks else {
            put("DATA", .data, transaction.serial)
            composing?.next = .goAhead
            return true
        }
        guard bytes.count <= options.eagerBytes || transaction.stage == .body else { return false }
        put("BDAT \(bytes.count) LAST", .body, transaction.serial)
        composing?.next = .block(.counted(bytes))
        return true
    }

    /// Begins the next letter, if there is one and the window has room for it.
    ///
    /// Unless the last transaction is known to have ended well, RSET comes first. Without it a refused letter could
    /// leave its transaction open and the next one would join it: sent ahead as it is, it could reach the receiver
    /// of the one before.
    private mutating func begin() -> Bool {
        guard let letter = waiting.first else { return false }
        if !underWay.isEmpty {
            let bytes = underWay.reduce(letter.bytes.count) { $0 + $1.letter.bytes.count }
            guard pipelines, underWay.count < options.windowLetters, bytes <= options.windowBytes else {
                return false
            }
        }
        waiting.removeFirst()
        lastSerial += 1
        underWay.append(SMTPTransaction(serial: lastSerial, letter: letter))
        composing = Composing(serial: lastSerial, next: isSlateClean ? .sender : .reset)
        isSlateClean = false
        return true
    }

    private mutating func leave() -> Bool {
        guard wantsToQuit, isIdle, expected.isEmpty else { return false }
        phase = .leaving
        put("QUIT", .quit)
        return true
    }

    private func mailCommand(for letter: SMTPLetter) -> String {
        var command = "MAIL FROM:<\(letter.sender)>"
        if capabilities.size { command += " SIZE=\(letter.bytes.count)" }
        if letter.isEightBit { command += " BODY=8BITMIME" }
        if letter.needsSMTPUTF8 { command += " SMTPUTF8" }
        return command
    }
}

// MARK: - What is heard

extension SMTPDialogue {
    private mutating func hear(_ reply: SMTPReply, _ events: inout [Event]) {
        guard !expected.isEmpty else {
            guard reply.announcesClosing else {
                return end("the server spoke unasked: `\(reply.words)`", &events)
            }
            return hearFarewell(reply, &events)
        }
        let expectation = expected.removeFirst()
        switch expectation.step {
        case .greeting:
            guard reply.code == 220 else { return turnAway(reply, at: .connect, &events) }
            sayHello("EHLO", .ehlo)
        case .ehlo where reply.meaning == .permanent:
            sayHello("HELO", .helo)
        case .ehlo, .helo:
            guard reply.meaning == .accepted else { return turnAway(reply, at: .hello, &events) }
            if expectation.step == .ehlo { capabilities = SMTPCapabilities(ehlo: reply) }
            becomeReady(&events)
        case .reset:
            guard reply.meaning == .accepted || reply.announcesClosing else {
                return misunderstood(reply, .reset, &events)
            }
        case .sender, .recipient, .data, .body:
            hearAboutLetter(expectation, reply, &events)
            retire(expectation.serial)
        case .quit:
            return end("left with QUIT", &events)
        }
        guard phase != .closed else { return }
        if reply.announcesClosing {
            hearFarewell(reply, &events)
        } else {
            endIfDismissed(&events)
        }
    }

    private mutating func becomeReady(_ events: inout [Event]) {
        phase = .ready
        events.append(.ready(capabilities))
        var sendable: [SMTPLetter] = []
        for letter in waiting {
            if let fault = letter.fault(for: capabilities) {
                events.append(.settled(tag: letter.tag, refused(fault)))
            } else {
                sendable.append(letter)
            }
        }
        waiting = sendable
    }

    private mutating func hearAboutLetter(
        _ expectation: Expectation,
        _ reply: SMTPReply,
        _ events: inout [Event]
    ) {
        let serial = expectation.serial
        guard let index = underWay.firstIndex(where: { $0.serial == serial }) else { return }
        switch (expectation.step, reply.meaning) {
        case (.sender, .accepted):
            underWay[index].advance(to: .recipient)
        case (.sender, .temporary), (.sender, .permanent):
            underWay[index].refuse(reply, at: .sender)
            // With RCPT already sent, its answer is awaited: a server may have lost count and accept all the same.
            if case .recipient = nextPart(of: serial) { settleRefused(index, &events) }
        case (.recipient, .accepted):
            underWay[index].advance(to: .body)
            if underWay[index].refusal != nil, case .announcement = nextPart(of: serial) {
                settleRefused(index, &events)
            }
        case (.recipient, .temporary), (.recipient, .permanent):
            underWay[index].refuse(reply, at: .recipient)
            settleRefused(index, &events)
        case (.data, .goAhead):
            hearGoAhead(index, &events)
        case (.data, .temporary), (.data, .permanent):
            underWay[index].refuse(reply, at: .body)
            settleRefused(index, &events)
            composing = nil
        case (.body, .accepted) where underWay[index].isHandedOver:
            settle(index, .delivered(reply), &events)
            isSlateClean = lastSerial == serial && underWay[index].refusal == nil
        case (.body, .accepted) where underWay[index].isSettled && composing?.serial != serial:
            break
        case (.body, .temporary), (.body, .permanent):
            underWay[index].refuse(reply, at: .body)
            settleRefused(index, &events)
            if composing?.serial == serial {
                end("the server answered `\(reply.words)` before it had the whole letter", &events)
            }
        default:
            misunderstood(reply, expectation.step, &events)
        }
    }

    private func nextPart(of serial: Int) -> Composing.Next? {
        composing?.serial == serial ? composing?.next : nil
    }

    /// Settles a letter by its refusal, and writes no further command for it.
    ///
    /// What was announced must be kept: the rest of a counted letter still goes out, and a DATA already sent has to
    /// be answered first.
    private mutating func settleRefused(_ index: Int, _ events: inout [Event]) {
        guard let error = underWay[index].refusalError(server: server) else { return }
        settle(index, .failed(error), &events)
        switch nextPart(of: underWay[index].serial) {
        case .reset, .sender, .recipient, .announcement: composing = nil
        case .goAhead, .block, .dot, nil: break
        }
    }

    private mutating func hearGoAhead(_ index: Int, _ events: inout [Event]) {
        let transaction = underWay[index]
        if transaction.isSettled {
            composing?.next = .dot
        } else if transaction.refusal != nil {
            // The sender was refused, the receiver accepted: an ending dot might deliver an empty letter.
            settleRefused(index, &events)
            end("the server wants a letter whose sender it refused", &events)
        } else {
            composing?.next = .block(.dotted(transaction.letter.bytes))
            expected.append(Expectation(step: .body, serial: transaction.serial))
        }
    }

    private mutating func settle(_ index: Int, _ outcome: Outcome, _ events: inout [Event]) {
        guard !underWay[index].isSettled else { return }
        underWay[index].settle()
        events.append(.settled(tag: underWay[index].letter.tag, outcome))
    }

    /// Forgets a letter once nothing more is to be written or heard about it.
    private mutating func retire(_ serial: Int) {
        guard composing?.serial != serial, !expected.contains(where: { $0.serial == serial }) else { return }
        underWay.removeAll { $0.serial == serial }
    }
}

// MARK: - How it ends

extension SMTPDialogue {
    /// Stops writing after the server's 421; answers that still come are heard.
    private mutating func hearFarewell(_ reply: SMTPReply, _ events: inout [Event]) {
        farewell = reply
        composing = nil
        let error = DeliveryError(
            .retry,
            server: server,
            stage: .connect,
            reply: reply.words,
            detail: "the server closed before the letter's turn"
        )
        settleWaiting(as: error, &events)
        ending = error
        endIfDismissed(&events)
    }

    private mutating func endIfDismissed(_ events: inout [Event]) {
        guard !mayGoOn, underWay.allSatisfy(\.isSettled) else { return }
        end(farewell.map { "the server closes: `\($0.words)`" } ?? stopReason ?? "", &events)
    }

    /// Ends a conversation that the server does not want to begin.
    ///
    /// Even a permanent refusal is about the two servers, not about a letter: it stays `retry` and raises an alarm.
    private mutating func turnAway(
        _ reply: SMTPReply,
        at stage: DeliveryError.Stage,
        _ events: inout [Event]
    ) {
        let isFinal = reply.meaning == .permanent
        let detail =
            isFinal
            ? "the server refuses to talk to \(name); no letter can be sent until that is mended"
            : "the server does not talk to \(name) now"
        let error = DeliveryError(
            .retry,
            server: server,
            stage: reply.demandsLogin ? .login : stage,
            reply: reply.words,
            detail: detail,
            isAlarming: isFinal
        )
        end(detail, as: error, &events)
    }

    private mutating func misunderstood(_ reply: SMTPReply, _ step: Step, _ events: inout [Event]) {
        end("the server answered `\(reply.words)` to \(step.words), which makes no sense", &events)
    }

    private mutating func end(_ reason: String, as error: DeliveryError? = nil, _ events: inout [Event]) {
        guard phase != .closed else { return }
        let stage: DeliveryError.Stage = phase == .hello ? .hello : .connect
        let words = farewell?.words
        let error = error ?? DeliveryError(.retry, server: server, stage: stage, reply: words, detail: reason)
        phase = .closed
        for transaction in underWay where !transaction.isSettled {
            let loss = transaction.lossError(server: server, detail: reason, farewell: farewell)
            events.append(.settled(tag: transaction.letter.tag, .failed(loss)))
        }
        settleWaiting(as: error, &events)
        ending = error
        underWay = []
        expected = []
        composing = nil
        buffer = []
        writtenInBuffer = 0
        events.append(.closed(reason))
    }

    private mutating func settleWaiting(as error: DeliveryError, _ events: inout [Event]) {
        for letter in waiting { events.append(.settled(tag: letter.tag, .failed(untried(error)))) }
        waiting = []
    }

    private func untried(_ error: DeliveryError) -> DeliveryError {
        var error = error
        error.wasTried = false
        return error
    }

    private func refused(_ fault: SMTPLetter.Fault) -> Outcome {
        .failed(
            DeliveryError(.reject, server: server, stage: fault.stage, detail: fault.words, wasTried: false)
        )
    }
}
