import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { clearTimeout, setTimeout } from "node:timers";
import { type Backend, serverStore, type SessionStore } from "./store.ts";

/** What {@linkcode sqliteStore} may be told. */
export interface SqliteOptions {
  /** Seconds since the epoch. Default: the clock. */
  readonly now?: () => number;
  /** How often ended sessions are looked for. Default 30. */
  readonly sweepSeconds?: number;
}

/**
 * Sessions in an SQLite file, for one machine. An answered request is on disk
 * (WAL, `synchronous=FULL`); several processes may share the file.
 *
 * @param path of the file; it and its folder are made when missing
 * @throws when the file cannot be opened
 */
export function sqliteStore(
  path: string,
  options?: SqliteOptions,
): SessionStore & AsyncDisposable {
  return serverStore(sqliteBackend(path, options));
}

/** How long a process waits for another one that is writing. */
const BUSY_MILLISECONDS = 1000;

/** So few rows go at once that a request hardly waits: well under a millisecond. */
const SWEEP_ROWS = 50;
const SWEEP_PAUSE_MILLISECONDS = 5;

// A version is random, so that none fits again after a remove. Mapped into
// memory, a page that the system has cached is read without a system call.
const SCHEMA = `
  PRAGMA busy_timeout = ${BUSY_MILLISECONDS};
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA mmap_size = 1073741824;
  CREATE TABLE IF NOT EXISTS sessions (
    key TEXT NOT NULL PRIMARY KEY,
    version TEXT NOT NULL,
    ends REAL NOT NULL,
    value BLOB NOT NULL
  ) STRICT;
  CREATE INDEX IF NOT EXISTS sessions_by_end ON sessions (ends);
`;

/** The {@linkcode Backend} of {@linkcode sqliteStore}. */
export function sqliteBackend(
  path: string,
  { now = () => Date.now() / 1000, sweepSeconds = 30 }: SqliteOptions = {},
): Backend & AsyncDisposable {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  closeSync(openSync(path, "a", 0o600)); // nobody else may read it
  const database = new DatabaseSync(path);
  setUp(database);

  const select = database.prepare(
    "SELECT version, value FROM sessions WHERE key = ? AND ends > ?",
  );
  const insert = database.prepare(`
    INSERT INTO sessions (key, version, ends, value)
    VALUES (:key, hex(randomblob(16)), :ends, :value)
    ON CONFLICT (key) DO UPDATE
    SET version = excluded.version, ends = excluded.ends, value = excluded.value
    WHERE sessions.ends <= :now
  `);
  const update = database.prepare(`
    UPDATE sessions SET version = hex(randomblob(16)), ends = :ends, value = :value
    WHERE key = :key AND version = :version AND ends > :now
  `);
  const remove = database.prepare("DELETE FROM sessions WHERE key = ?");
  const ping = database.prepare("SELECT count(*) FROM sessions WHERE key = ''");
  const sweep = database.prepare(`
    DELETE FROM sessions WHERE rowid IN
    (SELECT rowid FROM sessions WHERE ends <= ? LIMIT ${SWEEP_ROWS})
  `);

  let timer = sweepIn(sweepSeconds * 1000);
  function sweepIn(milliseconds: number) {
    return setTimeout(sweepSome, milliseconds).unref();
  }
  function sweepSome(): void {
    let isMore = false;
    try {
      isMore = sweep.run(now()).changes === SWEEP_ROWS;
    } catch {
      // Another process is writing: they are still there next time.
    }
    timer = sweepIn(isMore ? SWEEP_PAUSE_MILLISECONDS : sweepSeconds * 1000);
  }

  return {
    kind: "sqlite",

    // Async, so that what node:sqlite throws becomes a rejection.
    // deno-lint-ignore require-await
    async get(key) {
      const row = select.get(key, now());
      if (row === undefined) return null;
      const { version, value } = row as { version: string; value: Uint8Array };
      return { version, value };
    },

    // deno-lint-ignore require-await
    async swap(key, value, expected, ttlSeconds) {
      const row = { key, value, now: now(), ends: now() + ttlSeconds };
      const { changes } = expected === null
        ? insert.run(row)
        : update.run({ ...row, version: expected });
      return changes === 1;
    },

    // deno-lint-ignore require-await
    async remove(key) {
      remove.run(key);
    },

    // deno-lint-ignore require-await
    async ping() {
      ping.get();
    },

    // deno-lint-ignore require-await
    async [Symbol.asyncDispose]() {
      clearTimeout(timer);
      database.close();
    },
  };
}

/** Of several processes that start at once, one turns the WAL on, and SQLite has the others fail instead of wait. */
function setUp(database: DatabaseSync): void {
  const deadline = Date.now() + BUSY_MILLISECONDS;
  while (true) {
    try {
      return database.exec(SCHEMA);
    } catch (error) {
      const isLocked = error instanceof Error && /locked/.test(error.message);
      if (!isLocked || Date.now() > deadline) {
        database.close();
        throw error;
      }
    }
  }
}
