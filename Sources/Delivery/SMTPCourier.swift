// SPDX-License-Identifier: MIT

package import Actions
package import Wire

/// Carries letters to one mail server, over one connection that is kept open between calls.
///
/// Calls take turns. A letter is settled by the server's own words where there are any: refused for good is
/// `rejected`, everything that may change by itself is `retry`, and silence after the whole letter is
/// `unknown`. That the server cannot be reached or refuses the login is `retry` for every letter.
///
/// Cancelling the calling task is how the service stops: nothing more is handed over, and answers still due
/// are awaited for ``Limits/grace``.
package actor SMTPCourier: Courier {
    /// How long the courier waits for what, and how much it sends ahead.
    package struct Limits: Sendable {
        /// For name look-up, connection, TLS, greeting and login together.
        package var connecting: Duration
        /// The time without letters after which a connection is left and another one opened.
        package var idle: Duration
        /// For the answer to QUIT.
        package var farewell: Duration
        /// For answers to letters already handed over, once the task was cancelled.
        package var grace: Duration
        /// For how long silence is borne, by what is waited for; `block` also holds for each portion sent.
        package var patience: @Sendable (SMTPWait) -> Duration
        /// How much is sent ahead.
        package var options: SMTPOptions

        /// Creates limits; the defaults are those of RFC 5321, 4.5.3.2, and otherwise a few seconds.
        package init(
            connecting: Duration = .seconds(30),
            idle: Duration = .seconds(30),
            farewell: Duration = .seconds(5),
            grace: Duration = .seconds(3),
            patience: @escaping @Sendable (SMTPWait) -> Duration = { $0.patience },
            options: SMTPOptions = SMTPOptions()
        ) {
            self.connecting = connecting
            self.idle = idle
            self.farewell = farewell
            self.grace = grace
            self.patience = patience
            self.options = options
        }
    }

    /// What is said of letters that were not handed over since the service stops.
    static let stopping = "the service is stopping"

    private let endpoint: Endpoint
    private let login: (@Sendable () throws -> Login)?
    private let name: String
    private let limits: Limits
    private var open: SMTPConversation?
    /// Returns when the turn that was taken last is over.
    private var lastTurn: @Sendable () async -> Void = {}

    /// Creates a courier; it connects when there is a letter.
    ///
    /// - Parameters:
    ///   - endpoint: The server; its service is SMTP.
    ///   - login: Who logs in, asked anew for every connection; nil for a server that needs no login.
    ///   - name: Our own name for EHLO; ``SMTPDialogue/isHelloName(_:)`` must hold.
    ///   - limits: How long is waited for what.
    package init(
        endpoint: Endpoint,
        login: (@Sendable () throws -> Login)? = nil,
        name: String,
        limits: Limits = Limits()
    ) {
        precondition(endpoint.service == .smtp, "letters are delivered by SMTP")
        precondition(SMTPDialogue.isHelloName(name), "the settings must refuse this EHLO name")
        var endpoint = endpoint
        endpoint.clientName = name
        self.endpoint = endpoint
        self.login = login
        self.name = name
        self.limits = limits
    }

    /// Tries to deliver each letter once and says what became of each, in the same order.
    package func deliver(_ parcels: [Consignment]) async -> [Delivery] {
        let turn = takeTurn { courier in await courier.carry(parcels) }
        return await withTaskCancellationHandler {
            await turn.value
        } onCancel: {
            turn.cancel()
        }
    }

    /// Leaves the server politely, after the calls that came before; a later letter opens a new connection.
    package func close() async {
        await takeTurn { courier in await courier.leave() }.value
    }
}

extension SMTPCourier {
    /// Begins a task that runs when every earlier one has ended.
    private func takeTurn<Outcome: Sendable>(
        _ body: @escaping @Sendable (SMTPCourier) async -> Outcome
    ) -> Task<Outcome, Never> {
        let turn = Task { [lastTurn] in
            await lastTurn()
            return await body(self)
        }
        lastTurn = { _ = await turn.value }
        return turn
    }

    private func carry(_ parcels: [Consignment]) async -> [Delivery] {
        var batch = SMTPBatch(parcels)
        while !batch.isEmpty {
            guard !Task.isCancelled else {
                batch.settleRest(as: .retry(Self.stopping))
                break
            }
            do {
                var conversation = try await conversation()
                await conversation.carry(&batch)
                open = conversation.isClosed ? nil : conversation
            } catch {
                batch.settleRest(as: .retry(Task.isCancelled ? Self.stopping : "\(error)"))
            }
        }
        return batch.result
    }

    /// The open connection if it is still of use, or a new one.
    private func conversation() async throws -> SMTPConversation {
        if var kept = open {
            open = nil
            if await kept.isReusable() { return kept }
            await kept.leave()
        }
        let line = try await Line.open(endpoint, login: try login?(), within: limits.connecting)
        return SMTPConversation(over: line, name: name, limits: limits)
    }

    private func leave() async {
        guard var kept = open else { return }
        open = nil
        await kept.leave()
    }
}
