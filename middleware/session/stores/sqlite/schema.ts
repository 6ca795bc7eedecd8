import type { DatabaseSync } from "node:sqlite";

/** Of the table that {@linkcode setUp} makes, in the file's `user_version`. 0 is that of Baton 0.1. */
const SCHEMA_VERSION = 1;

// What is freed can be given back (auto_vacuum; before the first table, or never),
// an answered write is on disk (synchronous), a page that the system has cached is
// read without a system call (mmap), and a log that grew while somebody read for
// long is cut afterwards (journal_size_limit).
const SETTINGS = `
  PRAGMA auto_vacuum = INCREMENTAL;
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA mmap_size = 1073741824;
  PRAGMA journal_size_limit = 16777216;
`;

// A version is random, so that none fits again after a remove.
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

/** Of an owner's 43 random characters these are enough to find it: the index is a third as large. */
export const OWNER_START = "substr(owner, 1, 8)";

const OWNER_INDEX = `
  CREATE INDEX IF NOT EXISTS sessions_by_owner ON sessions (${OWNER_START})
  WHERE owner IS NOT NULL
`;

/**
 * Makes the table, or brings an older one up to date.
 *
 * @throws when a newer version wrote the file, and while another process is writing
 */
export function setUp(database: DatabaseSync): void {
  database.exec(SETTINGS);
  if (schemaVersion(database) === SCHEMA_VERSION) return;
  database.exec("BEGIN IMMEDIATE");
  try {
    migrate(database);
    database.exec("COMMIT");
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

function migrate(database: DatabaseSync): void {
  const version = schemaVersion(database); // another process may have been first
  if (version > SCHEMA_VERSION) {
    throw new Error(
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
