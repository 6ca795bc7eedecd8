import type { DatabaseSync } from "node:sqlite";

/** This store cannot use the file, and waiting does not help. */
export class WrongFileError extends Error {
  /** The class's own name, for logs. */
  override readonly name = "WrongFileError";
}

/** The version of the table, kept in the file's `user_version`. Baton 0.1 has version 0. */
const SCHEMA_VERSION = 1;

// auto_vacuum: free space can be given back; works only before the first table.
// synchronous: an answered write is on disk. mmap_size: a cached page is read
// without a system call. journal_size_limit: a log that grew during a long read is
// cut afterwards.
const SETTINGS = `
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA mmap_size = 1073741824;
  PRAGMA journal_size_limit = 16777216;
`;

// Versions are random, so that an old one never fits again after a remove.
const SCHEMA = `
  CREATE TABLE IF NOT EXISTS sessions (
    key TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL,
    ends REAL NOT NULL,
    value BLOB NOT NULL,
    owner TEXT
  ) STRICT;
  CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (ends);
`;

/** The first 8 of an owner's 43 random characters are enough to find it, and make the index a third as large. */
export const OWNER_START = "substr(owner, 1, 8)";

const OWNER_INDEX = `
  CREATE INDEX IF NOT EXISTS sessions_by_owner ON sessions (${OWNER_START})
  WHERE owner IS NOT NULL
`;

/**
 * Makes the table, or brings an older one up to date.
 *
 * @throws {WrongFileError} when a newer version wrote the file
 * @throws while another process is writing
 */
export function setUp(database: DatabaseSync): void {
  database.exec(SETTINGS);
  if (schemaVersion(database) === SCHEMA_VERSION) return;
  transaction(database, () => migrate(database));
}

/** Writes all that `run` writes, or nothing. */
export function transaction<R>(database: DatabaseSync, run: () => R): R {
  database.exec("BEGIN IMMEDIATE");
  try {
    const answer = run();
    database.exec("COMMIT");
    return answer;
  } catch (error) {
    try {
      database.exec("ROLLBACK");
    } catch {
      // SQLite has rolled it back.
    }
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  const version = schemaVersion(database); // another process may have been first
  if (version > SCHEMA_VERSION) {
    throw new WrongFileError(
      `a newer version of this store wrote the file: its schema is ${version}, and this one knows ${SCHEMA_VERSION}. Update @baton/session, or give another file`,
    );
  }
  if (version === SCHEMA_VERSION) return;
  database.exec(SCHEMA);
  const owner = database.prepare(
    "SELECT 1 FROM pragma_table_info('sessions') WHERE name = 'owner'",
  );
  if (owner.get() === undefined) {
    database.exec("ALTER TABLE sessions ADD COLUMN owner TEXT");
  }
  database.exec(OWNER_INDEX);
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}

function schemaVersion(database: DatabaseSync): number {
  return Number(
    database.prepare("PRAGMA user_version").get()?.["user_version"],
  );
}

/** Rows and pages that are removed at once: well under a millisecond, so that a request hardly waits. */
export const SWEEP_ROWS = 50;
const SWEEP_PAGES = 20;

/** An owner's keys that are read at once: about a millisecond. */
export const OWNED_ROWS = 500;

export type Statements = ReturnType<typeof prepare>;

/** Prepares the questions that the store asks; the table must be there. */
export function prepare(database: DatabaseSync) {
  return {
    select: database.prepare(
      "SELECT version, value FROM sessions WHERE key = ? AND ends > ?",
    ),
    insert: database.prepare(`
      INSERT INTO sessions (key, version, ends, value, owner)
      VALUES (?, hex(randomblob(16)), ?, ?, ?)
      ON CONFLICT (key) DO UPDATE SET version = excluded.version,
        ends = excluded.ends, value = excluded.value, owner = excluded.owner
      WHERE sessions.ends <= ?
    `),
    update: database.prepare(`
      UPDATE sessions SET version = hex(randomblob(16)),
        ends = ?, value = ?, owner = ?
      WHERE key = ? AND version = ? AND ends > ?
    `),
    // One statement is one transaction, however many keys it removes.
    remove: database.prepare(
      "DELETE FROM sessions WHERE key IN (SELECT value FROM json_each(?))",
    ),
    owned: database.prepare(`
      SELECT rowid, key FROM sessions
      WHERE ${OWNER_START} = substr(:owner, 1, 8) AND rowid > :after
        AND owner = :owner AND ends > :now
      ORDER BY rowid LIMIT ${OWNED_ROWS}
    `),
    sweep: database.prepare(`
      DELETE FROM sessions WHERE rowid IN
      (SELECT rowid FROM sessions WHERE ends <= ? LIMIT ${SWEEP_ROWS})
    `),
    free: database.prepare(`
      SELECT (auto_vacuum > 0) * 1.0 * freelist_count / page_count AS share
      FROM pragma_auto_vacuum, pragma_freelist_count, pragma_page_count
    `),
    vacuum: database.prepare(`PRAGMA incremental_vacuum(${SWEEP_PAGES})`),
  };
}
