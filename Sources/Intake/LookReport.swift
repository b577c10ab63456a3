// SPDX-License-Identifier: MIT
import Mail

/// Makes one account's story out of what its connections report, and tells it sparingly.
///
/// The account is well only if all connections are: one that works does not hide one that fails.
actor LookReport {
    private let mailbox: String
    private let interval: Duration
    private let desk: any ArrivalDesk
    private let hasLooked: AsyncStream<Void>.Continuation
    private var complaints: [FolderRole: String] = [:]
    private var told: (complaint: String?, at: ContinuousClock.Instant)?

    init(_ options: IMAPSource.Options, desk: any ArrivalDesk, hasLooked: AsyncStream<Void>.Continuation) {
        mailbox = options.mailbox
        interval = options.reportInterval
        self.desk = desk
        self.hasLooked = hasLooked
    }

    /// Takes down how a look went; `nil` is success.
    func note(_ role: FolderRole, complaint: String?) async {
        complaints[role] = complaint
        if role == .inbox, complaint == nil { hasLooked.yield() }
        let current = complaints[.inbox] ?? complaints[.sent]
        if let told, told.complaint == current, told.at + interval > .now { return }
        told = (current, .now)
        await desk.looked(at: mailbox, complaint: current)
    }
}
