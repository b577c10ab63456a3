// SPDX-License-Identifier: MIT

/// One letter under way over a connection: what was answered so far, and what that makes of it.
///
/// Everything that decides between `retry`, `reject` and `unknown` stands here.
struct SMTPTransaction: Sendable {
    let serial: Int
    let letter: SMTPLetter

    /// The first step that has not been answered with yes.
    private(set) var stage: DeliveryError.Stage = .sender

    /// Whether the last byte that completes the letter may have left: from then on silence proves nothing.
    var isHandedOver = false

    /// Whether RCPT was answered with yes; after a refused MAIL only a server that lost count does so.
    private var isReceiverAccepted = false

    /// Whether the caller has been told the outcome; answers may still come, and change nothing.
    private(set) var isSettled = false

    /// The first refusal, which decides whatever the later commands of the same flight are answered.
    private(set) var refusal: Refusal?

    struct Refusal: Sendable, Hashable {
        var reply: SMTPReply
        var stage: DeliveryError.Stage
    }

    init(serial: Int, letter: SMTPLetter) {
        self.serial = serial
        self.letter = letter
    }

    /// Marks that the caller is being told the outcome.
    mutating func settle() {
        isSettled = true
    }

    /// Notes that a step was answered with yes.
    mutating func advance(to next: DeliveryError.Stage) {
        if next == .body { isReceiverAccepted = true }
        if refusal == nil { stage = next }
    }

    /// Notes that a step was refused; only the first refusal counts.
    mutating func refuse(_ reply: SMTPReply, at stage: DeliveryError.Stage) {
        if refusal == nil { refusal = Refusal(reply: reply, stage: stage) }
    }

    /// The error of a letter whose envelope was refused; nil if it was not.
    func refusalError(server: String) -> DeliveryError? {
        refusal.map { Self.error(server: server, for: $0) }
    }

    /// The error of a letter without a final answer when the connection has ended.
    ///
    /// Answers come in the order of the commands, and a server that closes with 421 serves no further one (RFC
    /// 5321, 3.8): what it left unanswered after that was not taken, even where its bytes had been sent ahead.
    ///
    /// - Parameters:
    ///   - server: The server's name.
    ///   - detail: How the connection ended.
    ///   - farewell: The server's 421, if it announced the end.
    /// - Returns: `retry` unless the letter was handed over or refused.
    func lossError(server: String, detail: String, farewell: SMTPReply?) -> DeliveryError {
        let isTaken = isReceiverAccepted && isHandedOver
        if let refusal, !isTaken { return Self.error(server: server, for: refusal) }
        let isUnknown = isHandedOver && farewell == nil
        return DeliveryError(
            isUnknown ? .unknown : .retry,
            server: server,
            stage: isHandedOver ? .body : stage,
            reply: farewell?.words,
            detail: detail
        )
    }

    private static func error(server: String, for refusal: Refusal) -> DeliveryError {
        let reply = refusal.reply
        if reply.demandsLogin {
            // This is about our account: rejecting would hand every letter of the shop to a person.
            return DeliveryError(
                .retry,
                server: server,
                stage: .login,
                reply: reply.words,
                detail: "the server does not accept the login",
                isAlarming: true
            )
        }
        return DeliveryError(
            reply.meaning == .permanent ? .reject : .retry,
            server: server,
            stage: refusal.stage,
            reply: reply.words
        )
    }
}
