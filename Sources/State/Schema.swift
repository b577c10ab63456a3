// SPDX-License-Identifier: MIT
import GRDB

/// The ledger's tables, one migration per release that changes them; a released migration is never edited.
///
/// Times are seconds since 1970 in UTC. Texts in JSON are values of the rooms that wrote them.
enum Schema {
    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 message, case, effect") { db in try db.execute(sql: first) }
        return migrator
    }

    private static let first = """
        -- One row of the house's own: the secret behind our signatures.
        CREATE TABLE house (id INTEGER PRIMARY KEY CHECK (id = 1), secret BLOB NOT NULL);

        -- Where each watched folder was left, and how the last look at it went.
        CREATE TABLE folder (
            mailbox TEXT NOT NULL, name TEXT NOT NULL, role TEXT NOT NULL,
            validity INTEGER NOT NULL, first_uid INTEGER NOT NULL, last_uid INTEGER NOT NULL,
            PRIMARY KEY (mailbox, name)) WITHOUT ROWID;
        CREATE TABLE look (
            mailbox TEXT PRIMARY KEY, succeeded REAL, failing_since REAL, complaint TEXT) WITHOUT ROWID;

        CREATE TABLE message (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            mailbox TEXT NOT NULL, folder TEXT NOT NULL, role TEXT NOT NULL,
            validity INTEGER NOT NULL, uid INTEGER NOT NULL,
            digest TEXT NOT NULL, size INTEGER NOT NULL, message_id TEXT,
            arrived REAL NOT NULL, admitted REAL NOT NULL, is_backlog INTEGER NOT NULL, is_whole INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            concluded REAL, outcome TEXT, reason TEXT, case_id INTEGER, order_number TEXT,
            record TEXT,
            UNIQUE (mailbox, folder, validity, uid));
        CREATE INDEX message_open ON message (id) WHERE outcome IS NULL;
        CREATE INDEX message_digest ON message (digest);
        CREATE INDEX message_case ON message (case_id) WHERE case_id IS NOT NULL;
        -- For a new UIDVALIDITY: all three columns, or SQLite walks the whole folder for each message.
        CREATE INDEX message_sketch ON message (message_id, mailbox, folder) WHERE message_id IS NOT NULL;
        -- The bytes lie apart, so that dropping them does not rewrite the rows that stay.
        CREATE TABLE raw (message INTEGER PRIMARY KEY, bytes BLOB NOT NULL);

        CREATE TABLE cases (
            id INTEGER PRIMARY KEY AUTOINCREMENT, opened REAL NOT NULL, writer TEXT NOT NULL,
            order_number TEXT, person_wrote REAL, last_message REAL NOT NULL);
        CREATE INDEX cases_order ON cases (order_number, last_message) WHERE order_number IS NOT NULL;
        CREATE INDEX cases_writer ON cases (writer, last_message);
        -- Which Message-IDs lead to which case; is_person marks letters of the shop's people.
        CREATE TABLE thread (
            message_id TEXT NOT NULL, case_id INTEGER NOT NULL, is_person INTEGER NOT NULL,
            PRIMARY KEY (message_id, case_id)) WITHOUT ROWID;

        CREATE TABLE effect (
            id INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE,
            message INTEGER NOT NULL, case_id INTEGER NOT NULL, kind TEXT NOT NULL, mailbox TEXT NOT NULL,
            peer TEXT NOT NULL, answer TEXT, order_number TEXT, effect TEXT NOT NULL,
            state TEXT NOT NULL, queued REAL NOT NULL, due REAL NOT NULL, attempt INTEGER NOT NULL DEFAULT 0,
            settled REAL, words TEXT);
        CREATE INDEX effect_due ON effect (mailbox, due) WHERE state = 'waiting';
        CREATE INDEX effect_claimed ON effect (id) WHERE state = 'claimed';
        CREATE INDEX effect_unsettled ON effect (id) WHERE state IN ('waiting', 'claimed', 'rejected', 'held');
        CREATE INDEX effect_message ON effect (message);
        CREATE INDEX effect_case ON effect (case_id) WHERE kind = 'answer';
        CREATE INDEX effect_peer ON effect (peer, queued) WHERE kind = 'answer';
        -- With the state, so that the day's letters are counted without opening the rows, which hold whole letters.
        CREATE INDEX effect_day ON effect (queued, state) WHERE kind = 'answer';

        CREATE TABLE shop_order (
            number TEXT PRIMARY KEY, email TEXT, relay TEXT, digest TEXT NOT NULL, json TEXT NOT NULL) WITHOUT ROWID;
        CREATE INDEX shop_order_email ON shop_order (email) WHERE email IS NOT NULL;
        CREATE INDEX shop_order_relay ON shop_order (relay) WHERE relay IS NOT NULL;
        CREATE TABLE shop_parcel (
            tracking TEXT NOT NULL, number TEXT NOT NULL, PRIMARY KEY (tracking, number)) WITHOUT ROWID;
        """
}
