// SPDX-License-Identifier: MIT
import Cases
import FoundationEssentials
import GRDB

/// The SQLite database: the only state of the house.
///
/// It changes by four commits alone: *admit* (raw bytes and the source's checkpoint), *conclude* (everything that
/// was decided about a message), *claim* (an effect is being tried), *settle* (what became of it). Between any two
/// of them the machine may die; the next start continues and ends in the same state. Every commit is on the disk
/// before the call returns (`synchronous = FULL`); many messages share one, which keeps that cheap. Reads never
/// wait for the writer. No transaction is open while the network is used.
package final class Ledger: Sendable {
    let pool: DatabasePool
    /// The secret behind the signatures of this ledger's letters.
    package let secret: [UInt8]

    /// Opens the ledger at `path`, or makes a new one.
    ///
    /// - Throws: ``LedgerError`` with a sentence for the administrator.
    package convenience init(at path: String) throws {
        try self.init(at: path, observer: nil)
    }

    /// Opens the ledger for a test that watches it.
    ///
    /// - Parameters:
    ///   - path: The database file.
    ///   - observer: Called after every commit that wrote something; the database may be copied there.
    ///   - statements: Called with the SQL of every statement, without its values.
    /// - Throws: ``LedgerError`` with a sentence for the administrator.
    package init(
        at path: String,
        observer: (@Sendable () -> Void)?,
        statements: (@Sendable (String) -> Void)? = nil
    ) throws {
        var configuration = Configuration()
        if let statements {
            configuration.prepareDatabase { db in
                db.trace { event in
                    if case .statement(let statement) = event { statements(statement.sql) }
                }
            }
        }
        configuration.busyMode = .timeout(10)
        configuration.maximumReaderCount = 2
        do {
            pool = try DatabasePool(path: path, configuration: configuration)
            // GRDB sets NORMAL on the writer of a pool when it opens; only what is executed now stays.
            try pool.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA synchronous = FULL") }
            guard try !pool.read(Schema.migrator.hasBeenSuperseded) else {
                throw LedgerError(
                    path: path,
                    words: "it was written by a newer version of poststelle",
                    remedy: "install that one"
                )
            }
            try Schema.migrator.migrate(pool)
            secret = try pool.write { db in
                if let known = try Data.fetchOne(db, sql: "SELECT secret FROM house") { return Array(known) }
                let made = LetterSignature.makeSecret()
                try db.execute(sql: "INSERT INTO house (id, secret) VALUES (1, ?)", arguments: [Data(made)])
                return made
            }
        } catch let error as DatabaseError {
            throw LedgerError(path: path, error)
        }
        if let observer { pool.add(transactionObserver: CommitWatch(observer), extent: .databaseLifetime) }
    }

    /// How the writer commits: journal mode and `synchronous`, as SQLite itself says.
    package func durability() throws -> (journal: String, synchronous: Int) {
        try pool.writeWithoutTransaction { db in
            (
                try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "",
                try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
            )
        }
    }

    /// A copy of the whole ledger as it stands now, for tests and backups.
    package func copy(to path: String) throws {
        try DatabaseQueue(path: path).inDatabase { target in
            try pool.unsafeReentrantRead { source in try source.backup(to: target) }
        }
    }
}

/// Why the ledger cannot be used, in the administrator's words.
package struct LedgerError: Error, CustomStringConvertible {
    package var path: String
    package var words: String
    /// What the administrator can do about it.
    package var remedy: String
    /// Whether another process holds it or the disk is full, so that waiting may help.
    package var isTemporary: Bool

    init(path: String, words: String, remedy: String) {
        self.path = path
        self.words = words
        self.remedy = remedy
        isTemporary = false
    }

    init(path: String, _ error: DatabaseError) {
        self.path = path
        words = error.message ?? "SQLite error \(error.resultCode.rawValue)"
        remedy = "check the folder's permissions and free space"
        isTemporary = [.SQLITE_BUSY, .SQLITE_LOCKED, .SQLITE_FULL, .SQLITE_IOERR].contains(error.resultCode)
    }

    package var description: String {
        "the ledger \(path) cannot be used: \(words); \(remedy)"
    }

    /// Whether an error is the disk's, the lock's or the program's end, and no fault of what was being written.
    ///
    /// What was being written is then tried again; any other error would come again each time.
    static func concernsLedger(_ error: any Error) -> Bool {
        guard let error = error as? DatabaseError else { return error is CancellationError }
        return ![.SQLITE_ERROR, .SQLITE_TOOBIG, .SQLITE_CONSTRAINT, .SQLITE_MISMATCH, .SQLITE_RANGE]
            .contains(error.resultCode)
    }
}

/// Tells after each commit that wrote something.
private final class CommitWatch: TransactionObserver {
    private let tell: @Sendable () -> Void

    init(_ tell: @escaping @Sendable () -> Void) {
        self.tell = tell
    }

    func observes(eventsOfKind eventKind: DatabaseEventKind) -> Bool { true }
    func databaseDidChange(with event: DatabaseEvent) {}
    func databaseDidCommit(_ db: Database) { tell() }
    func databaseDidRollback(_ db: Database) {}
}

extension Date {
    var seconds: Double { timeIntervalSince1970 }
}
