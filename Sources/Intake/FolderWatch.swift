// SPDX-License-Identifier: MIT
import FoundationEssentials
import IMAP
import Mail

/// One watched folder: what it takes to bring the ledger up to what the server has.
///
/// The cursor (UIDVALIDITY and the last UID) is in the desk's ledger; it has no age limit and moves only over
/// messages that are kept or gone. Messages are never chosen by flags: a colleague may have read them first.
struct FolderWatch {
    let name: FolderName
    let role: FolderRole
    let options: IMAPSource.Options
    let desk: any ArrivalDesk
    var suspects = Suspects()
    var checkpoint: Checkpoint?
    /// After a change of UIDVALIDITY: what arrived up to then is no news.
    var oldUntil: Date?
    /// When the whole list was compared last.
    var comparedAt: ContinuousClock.Instant?

    /// How many UIDs are named in one command at most: servers limit the length of a line (RFC 7162, 4).
    static let mostNamed = 500
    /// How many UIDs the ledger is asked about at a time.
    static let mostCompared = 20_000

    init(_ name: FolderName, role: FolderRole, options: IMAPSource.Options, desk: any ArrivalDesk) {
        self.name = name
        self.role = role
        self.options = options
        self.desk = desk
    }

    /// Opens the folder and finds the place where it was left.
    mutating func open(through session: inout IMAPSession) async throws {
        let folder = try await session.examine(name)
        guard let validity = folder.uidValidity?.value else {
            throw Trouble.unusable(
                "gives no UIDVALIDITY for the folder `\(name)`, so its numbers mean nothing"
            )
        }
        suspects.begin(validity: validity)
        guard let old = try await desk.checkpoint(mailbox: options.mailbox, folder: name.text) else {
            return try await begin(folder, validity: validity, through: &session)
        }
        checkpoint = old
        if old.validity != validity {
            try await renumber(folder, validity: validity, since: old, through: &session)
        }
    }

    /// The first contact: all that is there already is old.
    private mutating func begin(
        _ folder: SelectedFolder,
        validity: UInt32,
        through session: inout IMAPSession
    ) async throws {
        let first: UInt32
        if let next = folder.uidNext {
            first = next.value
        } else {
            let last = try await session.search(.all).last?.value ?? 0
            first = last < .max ? last + 1 : last
        }
        let checkpoint = checkpoint(validity: validity, first: first, last: first - 1)
        try await desk.admit([], checkpoint: checkpoint)
        self.checkpoint = checkpoint
    }

    func checkpoint(validity: UInt32, first: UInt32, last: UInt32) -> Checkpoint {
        Checkpoint(
            mailbox: options.mailbox,
            folder: name.text,
            role: role,
            validity: validity,
            firstUID: first,
            lastUID: last
        )
    }

    func place(_ uid: UInt32, validity: UInt32) -> UIDPlace {
        UIDPlace(mailbox: options.mailbox, folder: name.text, validity: validity, uid: uid)
    }

    /// Takes in what is new, and now and then what was missed.
    mutating func look(through session: inout IMAPSession) async throws {
        if session.validity != checkpoint?.validity { try await open(through: &session) }
        try await takeNew(through: &session)
        guard let checkpoint else { return }
        let isDue = comparedAt.map { $0 + options.comparison <= .now } ?? true
        guard isDue || suspects.isAnyDue(upTo: checkpoint.lastUID) else { return }
        try await compare(through: &session)
        comparedAt = .now
    }

    private mutating func takeNew(through session: inout IMAPSession) async throws {
        session.forgetNews()
        guard let checkpoint, checkpoint.lastUID < .max, let next = UID(checkpoint.lastUID + 1) else {
            return
        }
        let list = try await session.list(UIDSet(from: next))
        let there = Set(list.map(\.uid.value))
        suspects.forget(in: next.value...(.max), but: there)
        guard !list.isEmpty else { return }
        var known: Set<UInt32> = []
        if !suspects.isEmpty {
            // While the cursor waits for a suspect, later messages are in the ledger already.
            let place = place(0, validity: checkpoint.validity)
            known = there.subtracting(try await desk.missing(there.sorted(), at: place))
        }
        try await fetch(list, known: known, for: .news, through: &session)
    }

    /// Fetches what the server has and the ledger has not, up to the cursor.
    private mutating func compare(through session: inout IMAPSession) async throws {
        guard let checkpoint else { return }
        let first = options.backlog == .admit ? 1 : checkpoint.firstUID
        guard let low = UID(first), let high = UID(checkpoint.lastUID), low <= high else { return }
        let range = UIDSet(low, through: high)
        let place = place(0, validity: checkpoint.validity)
        var there = try await session.search(.uids(range))
        var holes: [UInt32] = []
        while !there.isEmpty {
            let some = there.removeFirst(Self.mostCompared).filter { range.contains($0) }.map(\.value)
            holes += try await desk.missing(some, at: place)
        }
        suspects.forget(in: low.value...high.value, but: Set(holes))
        var rest = holes[...]
        while !rest.isEmpty {
            let uids = rest.prefix(Self.mostNamed).compactMap { UID($0) }
            rest = rest.dropFirst(Self.mostNamed)
            var list = try await session.list(UIDSet(uids))
            let told = Set(list.map(\.uid))
            list += uids.filter { !told.contains($0) }.map { Listed(uid: $0) }
            list.sort { $0.uid < $1.uid }
            try await fetch(list, for: .holes, through: &session)
            // A long backlog does not delay what comes meanwhile.
            if session.hasNews { try await takeNew(through: &session) }
        }
    }
}
