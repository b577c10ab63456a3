// SPDX-License-Identifier: MIT
import IMAP
import Mail
import Wire

/// Keeps one of an account's connections up: connects, watches its folders, reconnects after growing pauses.
struct ConnectionKeeper {
    private let options: IMAPSource.Options
    private let role: FolderRole
    private let desk: any ArrivalDesk
    private let report: LookReport
    private var folders: [FolderWatch] = []
    private var backOff: BackOff

    /// A server that calls more folders than this its Sent folders is not believed.
    private static let mostFolders = 10

    init(_ options: IMAPSource.Options, role: FolderRole, desk: any ArrivalDesk, report: LookReport) {
        self.options = options
        self.role = role
        self.desk = desk
        self.report = report
        backOff = BackOff(options.pauses)
    }

    /// Goes on until the task is cancelled.
    ///
    /// - Throws: What the desk throws.
    mutating func run() async throws {
        while !Task.isCancelled {
            let began = ContinuousClock.now
            do {
                try await connect()
                // There is no Sent folder yet; the first letter somebody sends makes one.
                try await options.sleep(options.comparison)
            } catch {
                guard !Task.isCancelled else { return }
                guard let judgement = Trouble.judgement(on: error, by: options.endpoint.name) else {
                    throw error
                }
                await report.note(role, complaint: judgement.words)
                if ContinuousClock.now - began > options.pauses.steady { backOff.reset() }
                await pause(backOff.next(after: judgement.cause, share: options.random()))
            }
        }
    }

    private func pause(_ duration: Duration) async {
        do {
            try await options.sleep(duration)
        } catch {
            // Only cancellation ends a pause early, and the loop asks for that.
        }
    }

    /// Watches over one connection until it ends; returns when there is nothing to watch.
    private mutating func connect() async throws {
        var session = try await IMAPSession.open(options)
        do {
            try await find(through: &session)
            if folders.isEmpty { await report.note(role, complaint: nil) }
            if !folders.isEmpty { try await watch(through: &session) }
            await session.leave()
        } catch {
            if Task.isCancelled { await session.leave() } else { await session.hangUp() }
            throw error
        }
    }

    private mutating func find(through session: inout IMAPSession) async throws {
        let inbox = FolderName(options.inbox)
        var names = [inbox]
        if role == .sent {
            let listed = SpecialUse.sent.candidates(in: try await session.folders()).map(\.name)
            names = []
            for name in options.sentFolders.map({ FolderName($0) }) + listed
            where name != inbox && !names.contains(name) {
                names.append(name)
            }
            names = Array(names.prefix(max(Self.mostFolders, options.sentFolders.count)))
        }
        // What is known about a folder's difficult messages outlives a connection.
        folders = names.map { name in
            var folder =
                folders.first { $0.name == name }
                ?? FolderWatch(name, role: role, options: options, desk: desk)
            folder.comparedAt = nil
            return folder
        }
    }

    /// Looks, and waits for news, for ever.
    private mutating func watch(through session: inout IMAPSession) async throws {
        var isFirst = true
        while true {
            var complaint: String?
            for index in folders.indices {
                if isFirst || folders.count > 1 {
                    do {
                        try await folders[index].open(through: &session)
                    } catch let trouble as Trouble where folders.count > 1 && trouble.isAboutFolder {
                        complaint = Trouble.judgement(on: trouble, by: options.endpoint.name)?.words
                        continue
                    }
                } else if !session.hasNews {
                    try await session.refresh()
                }
                repeat {
                    try await folders[index].look(through: &session)
                } while session.hasNews
            }
            isFirst = false
            await report.note(role, complaint: complaint)
            let retry = folders.compactMap(\.suspects.firstDue).min()
            try await session.wait(until: retry, isIdleAllowed: folders.count == 1)
        }
    }
}
