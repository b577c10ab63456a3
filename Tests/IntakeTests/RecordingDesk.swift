// SPDX-License-Identifier: MIT
import FoundationEssentials
import Intake
import Mail
import Synchronization
import TestSupport
import Wire

/// A desk that keeps in memory what it is told, and lets a test wait for it.
actor RecordingDesk: ArrivalDesk {
    struct Records: Sendable {
        /// What is known, in the order of coming; known places are skipped, as a ledger does.
        var arrivals: [Arrival] = []
        /// The UIDs of each call, the known ones too.
        var batches: [[UInt32]] = []
        var checkpoints: [String: Checkpoint] = [:]
        var looks: [String?] = []
        /// The UIDs that were recognised under new numbers.
        var recognised: [UInt32] = []

        var subjects: [String] { arrivals.map(\.subject) }
        var complaints: [String] { looks.compactMap { $0 } }
        var firstComplaint: String { complaints.first ?? "" }
        var inbox: Checkpoint? { checkpoints["INBOX"] }
    }

    struct Full: Error {}

    private(set) var records = Records()
    private var waiting:
        [(condition: @Sendable (Records) -> Bool, waiter: CheckedContinuation<Records, Never>)] = []
    private var isFull = false

    /// A desk that knows an inbox up to a UID.
    init(validity: UInt32 = 7, first: UInt32 = 1, last: UInt32? = nil, known: [UInt32: [UInt8]] = [:]) {
        guard let last else { return }
        records.checkpoints["INBOX"] = Checkpoint(
            mailbox: "shop",
            folder: "INBOX",
            role: .inbox,
            validity: validity,
            firstUID: first,
            lastUID: last
        )
        for (uid, raw) in known.sorted(by: { $0.key < $1.key }) {
            records.arrivals.append(
                Arrival(
                    place: UIDPlace(mailbox: "shop", folder: "INBOX", validity: validity, uid: uid),
                    role: .inbox,
                    raw: raw,
                    digest: "",
                    arrived: Date(timeIntervalSince1970: 1_795_251_600)
                )
            )
        }
    }

    /// Waits until what was told so far fulfils a condition.
    func told(_ condition: @escaping @Sendable (Records) -> Bool) async -> Records {
        if condition(records) { return records }
        return await withCheckedContinuation { waiting.append((condition, $0)) }
    }

    func fill() { isFull = true }

    private func notify() {
        let ready = waiting.filter { $0.condition(records) }
        waiting.removeAll { $0.condition(records) }
        for entry in ready { entry.waiter.resume(returning: records) }
    }

    func checkpoint(mailbox: String, folder: String) -> Checkpoint? { records.checkpoints[folder] }

    func admit(_ arrivals: [Arrival], checkpoint: Checkpoint?) throws {
        if isFull { throw Full() }
        if !arrivals.isEmpty { records.batches.append(arrivals.map(\.place.uid)) }
        let known = Set(records.arrivals.map(\.place))
        records.arrivals += arrivals.filter { !known.contains($0.place) }
        if let checkpoint { records.checkpoints[checkpoint.folder] = checkpoint }
        notify()
    }

    func renumber(_ found: [UInt32: MessageSketch], at place: UIDPlace) -> [UInt32] {
        var unclear: [UInt32] = []
        for (uid, sketch) in found.sorted(by: { $0.key < $1.key }) {
            let index = records.arrivals.firstIndex { arrival in
                arrival.place.validity != place.validity && arrival.place.folder == place.folder
                    && arrival.text.contains("Message-ID: <\(sketch.messageID)>")
                    && arrival.size == sketch.size && arrival.arrived == sketch.arrived
            }
            guard let index else {
                unclear.append(uid)
                continue
            }
            records.arrivals[index].place.validity = place.validity
            records.arrivals[index].place.uid = uid
            records.recognised.append(uid)
        }
        return unclear
    }

    func missing(_ uids: [UInt32], at place: UIDPlace) -> [UInt32] {
        let places = records.arrivals.map(\.place).filter {
            $0.validity == place.validity && $0.folder == place.folder
        }
        let known = Set(places.map(\.uid))
        return uids.filter { !known.contains($0) }
    }

    func looked(at mailbox: String, complaint: String?) {
        records.looks.append(complaint)
        notify()
    }
}

extension Arrival {
    var text: String { String(decoding: raw, as: UTF8.self) }

    var subject: String {
        let line = text.split(separator: "\r\n").first { $0.hasPrefix("Subject: ") }
        return line.map { String($0.dropFirst(9)) } ?? ""
    }
}

extension IMAPSource.Options {
    /// An account at a scripted server, with pauses of milliseconds and without Sent folders.
    init(for server: ScriptedServer) {
        self.init(
            mailbox: "shop",
            endpoint: Endpoint(.imap, host: "127.0.0.1", port: server.port, security: .none)
        )
        watchesSent = false
        pollInterval = .milliseconds(5)
        reportInterval = .zero
        pauses.first = .milliseconds(1)
        pauses.login = .milliseconds(1)
        pauses.throttled = .milliseconds(1)
        pauses.message = .milliseconds(1)
        pauses.longest = .milliseconds(2)
    }
}

/// Watches a server until the desk has been told enough.
@discardableResult
func watch(
    _ server: ScriptedServer,
    _ desk: RecordingDesk = RecordingDesk(),
    _ change: (inout IMAPSource.Options) -> Void = { _ in },
    until condition: @escaping @Sendable (RecordingDesk.Records) -> Bool
) async throws -> RecordingDesk.Records {
    var options = IMAPSource.Options(for: server)
    change(&options)
    let source = IMAPSource(options)
    let watch = Task { try await source.watch(for: desk) }
    let records = await desk.told(condition)
    watch.cancel()
    try await watch.value
    return records
}
