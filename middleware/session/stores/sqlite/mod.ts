import { closeSync, mkdirSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { clearTimeout, setTimeout } from "node:timers";
import { OWNER_START, setUp } from "./schema.ts";
import { isLocked, SqliteWrites, unlessLocked } from "./writes.ts";
import type { SessionStore } from "../store.ts";

/** Options for {@linkcode sqliteStore}. */
export interface SqliteOptions {
  /** Seconds since the epoch. Default: the clock. */
  readonly now?: () => number;
  /** How often ended sessions are looked for. Default 30. */
  readonly sweepSeconds?: number;
}

/** So few rows and pages at once that a request hardly waits: well under a millisecond. */
const SWEEP_ROWS = 50;
const SWEEP_PAGES = 20;
const SWEEP_PAUSE_MILLISECONDS = 5;

/** The share of the file that may be empty: the next sessions go there. */
const FREE_SHARE = 0.1;

type Statements = ReturnType<typeof prepare>;

function prepare(database: DatabaseSync) {
  return {
    select: database.prepare(
      "SELECT version, value FROM sessions WHERE key = ? AND ends > ?",
    ),
    insert: database.prepare(`
      INSERT INTO sessions (key, version, ends, value, owner)
      VALUES (:key, hex(randomblob(16)), :ends, :value, :owner)
      ON CONFLICT (key) DO UPDATE SET version = excluded.version,
        ends = excluded.ends, value = excluded.value, owner = excluded.owner
      WHERE sessions.ends <= :now
    `),
    update: database.prepare(`
      UPDATE sessions SET version = hex(randomblob(16)),
        ends = :ends, value = :value, owner = :owner
      WHERE key = :key AND version = :version AND ends > :now
    `),
    remove: database.prepare("DELETE FROM sessions WHERE key = ?"),
    owned: database.prepare(`
      SELECT key FROM sessions
      WHERE ${OWNER_START} = substr(:owner, 1, 8) AND owner = :owner AND ends > :now
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

/**
 * Sessions in an SQLite file, for one machine. An answered request is on disk
 * (WAL, `synchronous=FULL`); several processes may share the file.
 *
 * @param path of the file; it and its folder are made when missing
 * @throws when the file cannot be opened, is no database, or was written by a
 * newer version of this store
 */
export function sqliteStore(
  path: string,
  { now = () => Date.now() / 1000, sweepSeconds = 30 }: SqliteOptions = {},
): SessionStore & AsyncDisposable {
  if (path !== ":memory:") { // SQLite's name for no file at all
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    closeSync(openSync(path, "a", 0o600)); // nobody else may read it
  }
  const database = new DatabaseSync(path);
  const writes = new SqliteWrites(database);

  let statements: Statements | undefined;
  /** Throws while another process is in the way. */
  function open(): Statements {
    if (statements === undefined) {
      setUp(database);
      statements = prepare(database);
    }
    return statements;
  }
  try {
    open();
  } catch (error) {
    if (!isLocked(error)) { // else the first question waits
      database.close();
      throw error;
    }
  }

  function read<R>(run: (statements: Statements) => R): Promise<R> {
    return unlessLocked(() => run(open()));
  }
  async function write<R>(run: (statements: Statements) => R): Promise<R> {
    const opened = statements ?? await unlessLocked(open);
    return await writes.add(() => run(opened));
  }

  let isClosed = false;
  let timer = sweepIn(sweepSeconds * 1000);
  function sweepIn(milliseconds: number) {
    return setTimeout(sweepSome, milliseconds).unref();
  }
  async function sweepSome(): Promise<void> {
    let isMore = false;
    try {
      isMore = await write(({ sweep, free, vacuum }) => {
        const isMore = sweep.run(now()).changes === SWEEP_ROWS;
        if (Number(free.get()?.["share"]) <= FREE_SHARE) return isMore;
        vacuum.all(); // all of its steps
        return true;
      });
    } catch {
      // Another process is writing: they are still there next time.
    }
    if (isClosed) return;
    timer = sweepIn(isMore ? SWEEP_PAUSE_MILLISECONDS : sweepSeconds * 1000);
  }

  return {
    kind: "sqlite",

    async get(key) {
      const row = await read(({ select }) => select.get(key, now()));
      if (row === undefined) return null;
      const { version, value } = row as { version: string; value: Uint8Array };
      return { version, value };
    },

    swap: (key, value, expected, ttlSeconds, owner) =>
      write(({ insert, update }) => {
        const ends = now() + ttlSeconds;
        const row = { key, value, owner: owner ?? null, now: now(), ends };
        const { changes } = expected === null
          ? insert.run(row)
          : update.run({ ...row, version: expected });
        return changes === 1;
      }),

    async owned(owner) {
      const rows = await read(({ owned }) => owned.all({ owner, now: now() }));
      return rows.map(({ key }) => key as string);
    },

    async remove(key) {
      await write(({ remove }) => remove.run(key));
    },

    async ping() {
      await read(({ select }) => select.get("", 0));
    },

    // deno-lint-ignore require-await
    async [Symbol.asyncDispose]() {
      isClosed = true;
      clearTimeout(timer);
      writes.close();
      database.close();
    },
  };
}
