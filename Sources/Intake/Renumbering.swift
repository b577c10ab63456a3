// SPDX-License-Identifier: MIT
import FoundationEssentials
import IMAP
import Mail

/// After a change of UIDVALIDITY (RFC 3501, section 2.3.1.1): nothing is skipped, and nothing floods in.
///
/// 1. The server's messages are compared with the ledger by Message-ID, size and date; known ones get their
///    new numbers.
/// 2. Where a backlog was ignored at the first contact it stays ignored: the first UID that counts is now the
///    lowest of a message that was recognised, or that arrived since the oldest recognised one.
/// 3. From there on, what was not recognised is fetched. It is backlog unless it arrived after the newest
///    recognised message; if none was recognised nothing can be told, and all of it is backlog.
/// 4. Only then the new checkpoint is saved: after a crash all this begins again, and finds its own work
///    done.
extension FolderWatch {
    /// What the recognised messages tell about the time.
    private struct Recognised {
        var lowest: UInt32?
        var oldest: Date?
        var newest: Date?

        mutating func add(_ message: Listed) {
            lowest = min(lowest ?? .max, message.uid.value)
            guard let arrived = message.arrived else { return }
            oldest = min(oldest ?? arrived, arrived)
            newest = max(newest ?? arrived, arrived)
        }
    }

    mutating func renumber(
        _ folder: SelectedFolder,
        validity: UInt32,
        since old: Checkpoint,
        through session: inout IMAPSession
    ) async throws {
        var rest = try await session.search(.all)
        let last = rest.last?.value
        var recognised = Recognised()
        var unclear: [Listed] = []
        while !rest.isEmpty {
            let window = rest.removeFirst(Self.mostNamed)
            try await recognise(window, validity: validity, &recognised, &unclear, through: &session)
        }
        let next = folder.uidNext?.value ?? 1
        var first = last == nil ? next : 1
        if old.firstUID > 1, let lowest = recognised.lowest, let oldest = recognised.oldest {
            let since = unclear.first { ($0.arrived ?? .distantFuture) >= oldest }
            first = min(lowest, since?.uid.value ?? lowest)
        }
        let renewed = checkpoint(validity: validity, first: first, last: last ?? next - 1)
        checkpoint = renewed
        oldUntil = recognised.newest ?? .distantFuture
        try await fetch(unclear.filter { $0.uid.value >= first }, for: .unclear, through: &session)
        oldUntil = recognised.newest ?? (unclear.isEmpty ? nil : options.now())
        try await desk.admit([], checkpoint: renewed)
    }

    private func recognise(
        _ window: UIDSet,
        validity: UInt32,
        _ recognised: inout Recognised,
        _ unclear: inout [Listed],
        through session: inout IMAPSession
    ) async throws {
        let place = place(0, validity: validity)
        let unknown = Set(try await desk.missing(window.map(\.value), at: place))
        var messages: [UID: Listed] = [:]
        for message in try await session.sketches(window) { messages[message.uid] = message }
        var found: [UInt32: MessageSketch] = [:]
        for uid in unknown { found[uid] = UID(uid).flatMap { messages[$0]?.sketch } }
        let open = found.isEmpty ? [] : Set(try await desk.renumber(found, at: place))
        for uid in window {
            let message = messages[uid] ?? Listed(uid: uid)
            let isOpen = found[uid.value] == nil || open.contains(uid.value)
            if unknown.contains(uid.value), isOpen {
                unclear.append(message)
            } else {
                recognised.add(message)
            }
        }
    }
}
