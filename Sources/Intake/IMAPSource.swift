// SPDX-License-Identifier: MIT
package import Mail

/// One IMAP account: its inbox and its Sent folders, watched by at most two connections.
///
/// Each message is fetched whole and handed to the desk together with the place up to which the folder is
/// done; what was not handed over is fetched again. The server's flags are neither read nor changed: folders
/// are opened by EXAMINE, texts are read by `BODY.PEEK` (RFC 3501, sections 6.3.2 and 6.4.5).
///
/// What counts as backlog, which is never answered by itself: a message with a UID below
/// ``Checkpoint/firstUID``, and after a change of UIDVALIDITY one that did not arrive after the newest
/// message that was recognised.
package struct IMAPSource: MessageSource {
    /// The account and its limits.
    package let options: Options

    /// A source for one account.
    package init(_ options: Options) {
        self.options = options
    }

    /// The mailbox's name in the settings.
    package var mailbox: String { options.mailbox }

    /// Watches until the task is cancelled, and then returns within a second.
    ///
    /// - Throws: What `desk` throws, and nothing else.
    package func watch(for desk: any ArrivalDesk) async throws {
        let (looks, hasLooked) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let report = LookReport(options, desk: desk, hasLooked: hasLooked)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [options] in
                var keeper = ConnectionKeeper(options, role: .inbox, desk: desk, report: report)
                try await keeper.run()
            }
            if options.watchesSent {
                group.addTask { [options] in
                    // A wrong password is tried once and not twice, or the account is locked sooner.
                    for await _ in looks { break }
                    var keeper = ConnectionKeeper(options, role: .sent, desk: desk, report: report)
                    try await keeper.run()
                }
            }
            while try await group.next() != nil {}
        }
    }
}
