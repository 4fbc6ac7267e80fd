import { DatabaseSync } from 'node:sqlite'
import { keepPrivate } from '../private-file.ts'

/**
 * The agent's memory. One file, one writer.
 * mirror: every record as it was last read. `payload` is what the cloud gets, null where the record was never readable;
 *   `lists` a customer's contact methods word for word; `rejected` says that the record as it now stands could not be read.
 * spool: lines on their way up, whole, numbered without gaps within an epoch.
 * command: every command ever taken, so that none is applied twice.
 */
const firstSchema = `
  CREATE TABLE IF NOT EXISTS mirror (
    kind TEXT NOT NULL, key TEXT NOT NULL, raw_key TEXT, raw_hash TEXT NOT NULL, mapping_version INTEGER NOT NULL,
    payload TEXT, lists TEXT, web_id TEXT, rejected INTEGER NOT NULL,
    PRIMARY KEY (kind, key)
  );
  CREATE INDEX IF NOT EXISTS mirror_web_id ON mirror (web_id) WHERE web_id IS NOT NULL;
  CREATE TABLE IF NOT EXISTS mirror_email (
    email TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (email, key)
  ) WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS mirror_email_key ON mirror_email (key);
  CREATE TABLE IF NOT EXISTS spool (n INTEGER PRIMARY KEY, line TEXT NOT NULL);
  CREATE TABLE IF NOT EXISTS command (
    id TEXT PRIMARY KEY, wish TEXT NOT NULL, key TEXT, state TEXT NOT NULL,
    file_name TEXT, content TEXT, report TEXT, reported INTEGER NOT NULL, taken_at TEXT NOT NULL
  );
  CREATE INDEX IF NOT EXISTS command_open ON command (key) WHERE state <> 'done';
  CREATE INDEX IF NOT EXISTS command_unreported ON command (taken_at) WHERE reported = 0;
  CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
`

/**
 * mirror_identifier: who holds which phone (E.164) or e-mail (normalized), derived from the mirror (see Mirror.reindex).
 * command_identifier: the same of what open commands bring into The Edge.
 * command.web_id: the WebTransferWebID under which The Edge will show the new customer.
 */
const identifiers = `
  DROP TABLE mirror_email;
  CREATE TABLE mirror_identifier (
    value TEXT NOT NULL, key TEXT NOT NULL, PRIMARY KEY (value, key)
  ) WITHOUT ROWID;
  CREATE INDEX mirror_identifier_key ON mirror_identifier (key);
  ALTER TABLE command ADD COLUMN web_id TEXT;
  UPDATE command SET web_id = id WHERE wish->>'do' = 'createCustomer';
  CREATE INDEX command_web_id ON command (web_id) WHERE web_id IS NOT NULL;
  CREATE TABLE command_identifier (
    value TEXT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (value, id)
  ) WITHOUT ROWID;
  CREATE INDEX command_identifier_id ON command_identifier (id);
  INSERT OR IGNORE INTO command_identifier SELECT each.value, command.id FROM command, json_each(wish, '$.phones') each
    WHERE state <> 'done' AND wish->>'do' <> 'optOut';
  INSERT OR IGNORE INTO command_identifier SELECT each.value, command.id FROM command, json_each(wish, '$.emails') each
    WHERE state <> 'done' AND wish->>'do' <> 'optOut';
`

/** set_aside: why a file lies in the folder SetAside, in words for a person. */
const setAside = `
  CREATE TABLE set_aside (file_name TEXT PRIMARY KEY, at TEXT NOT NULL, message TEXT NOT NULL) WITHOUT ROWID;
`

/** How long a written command has waited to show: exports of The Edge read since, and minutes that the agent ran. */
const waited = `
  ALTER TABLE command ADD COLUMN exports INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE command ADD COLUMN minutes INTEGER NOT NULL DEFAULT 0;
  CREATE INDEX command_written ON command (minutes) WHERE state = 'written';
`

/** Of each kind by itself is known whether all its records were read, or the cloud is to be told so. */
const kinds = `
  UPDATE state SET value = '["customer"]' WHERE name IN ('fullRead', 'completeDue') AND value = 'true';
  DELETE FROM state WHERE name IN ('fullRead', 'completeDue') AND value = 'false';
`

/** source_cursor: how far a kind was read from The Edge's database, as JSON. */
const sourceCursor = `
  CREATE TABLE source_cursor (kind TEXT PRIMARY KEY, cursor TEXT NOT NULL) WITHOUT ROWID;
`

/** open_reject: of each record that cannot be read as it stands, what the cloud was told. */
const openRejects = `
  CREATE TABLE open_reject (kind TEXT NOT NULL, key TEXT NOT NULL, entry TEXT NOT NULL, PRIMARY KEY (kind, key)) WITHOUT ROWID;
  INSERT OR REPLACE INTO open_reject SELECT line->>'kind', line->>'key', json_remove(line, '$.n', '$.at') FROM spool
    WHERE line->>'op' = 'reject' AND line->>'key' IS NOT NULL ORDER BY n;
`

/** Each brings a database from the version before it to its own (PRAGMA user_version). */
const versions = [firstSchema, identifiers, setAside, waited, kinds, sourceCursor, openRejects]

/** Opens or creates the agent's database, closed to other users. Every commit is on the disk before it returns. */
export function openDatabase(file: string): DatabaseSync {
  keepPrivate(file)
  const db = new DatabaseSync(file, { timeout: patienceMs })
  keepWal(db)
  db.exec('PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 16777216')
  if (versionOf(db) < versions.length) inTransaction(db, () => migrate(db))
  return db
}

/** How long another process is waited for: `status`, while the agent starts. */
const patienceMs = 5000

/** A new file becomes one with a WAL while nobody else looks at it. SQLite does not wait for that by itself, as it does for all else. */
function keepWal(db: DatabaseSync): void {
  const giveUpAt = Date.now() + patienceMs
  for (;;) {
    try {
      db.exec('PRAGMA journal_mode = WAL')
      return
    } catch (error) {
      if (!isLocked(error) || Date.now() > giveUpAt) throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20)
    }
  }
}

/** SQLITE_BUSY, in each of its kinds: what is beyond the first byte says which. */
const isLocked = (error: unknown) =>
  error instanceof Error && 'errcode' in error && (Number(error.errcode) & 0xff) === 5

function versionOf(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version)
}

function migrate(db: DatabaseSync): void {
  for (const step of versions.slice(versionOf(db))) db.exec(step)
  db.exec(`PRAGMA user_version = ${versions.length}`)
}

/** Runs `work` in one transaction. It must not wait for anything: the connection is shared. */
export function inTransaction<Result>(db: DatabaseSync, work: () => Result): Result {
  db.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    db.exec('COMMIT')
    return result
  } catch (error) {
    rollBack(db)
    throw error
  }
}

/** Ends a transaction without its changes. A full disk has ended it already. */
export function rollBack(db: DatabaseSync): void {
  if (db.isTransaction) db.exec('ROLLBACK')
}
