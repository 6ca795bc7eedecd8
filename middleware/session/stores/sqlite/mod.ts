import { setImmediate } from "node:timers";
import { unlessLocked } from "../locked.ts";
import type { SessionStore } from "../store.ts";
import { sweeper } from "../sweep.ts";
import { SqliteFile } from "./file.ts";
import {
  OWNED_ROWS,
  type Statements,
  SWEEP_ROWS,
  WrongFileError,
} from "./schema.ts";
import { SqliteWrites } from "./writes.ts";

/** The share of the file that may be empty: the next sessions go there. */
const FREE_SHARE = 0.1;

/**
 * Sessions in an SQLite file, for one machine. An answered request is on disk
 * (WAL, `synchronous=FULL`); several processes may share the file.
 *
 * A disk that is full or read-only, and a file that is damaged, is an outage:
 * every question fails until it is mended. A file that was deleted or replaced
 * meanwhile is seen by the next `ping()`, which fails once; then the store opens
 * the file that is there.
 *
 * @param path of the file; it and its folder are made when missing
 * @throws when the file is not an SQLite database, was written by a newer
 * version of this store, or may not be opened by this process
 */
export function sqliteStore(
  path: string,
  { now = () => Date.now() / 1000 }: {
    /** Seconds since the epoch. Default: the system clock. */
    readonly now?: () => number;
  } = {},
): SessionStore & AsyncDisposable {
  if (typeof path !== "string" || path === "") {
    throw new TypeError("sqliteStore: give the path of a file");
  }
  if (path.startsWith("file:")) {
    throw new TypeError("sqliteStore: give a path, without file:");
  }
  const file = new SqliteFile(path);
  const writes = new SqliteWrites(file);
  try {
    file.open();
  } catch (error) {
    if (error instanceof WrongFileError) throw error;
    // An outage, or another process is in the way: each question tries again.
  }

  function read<R>(run: (statements: Statements) => R): Promise<R> {
    return unlessLocked(() => run(file.open().statements));
  }
  async function removeAll(keys: readonly string[]): Promise<void> {
    await writes.add(({ remove }) => remove.run(JSON.stringify(keys)));
  }

  const sweeps = sweeper(
    () =>
      writes.add(({ sweep, free, vacuum }) => {
        const isMore = sweep.run(now()).changes === SWEEP_ROWS;
        if (Number(free.get()?.["share"]) <= FREE_SHARE) return isMore;
        vacuum.all(); // all of its steps
        return true;
      }),
    now,
  );

  return {
    kind: "sqlite",
    ownedInSteps: true,

    async get(key) {
      const row = await read(({ select }) => select.get(key, now())) ?? null;
      return row as { version: string; value: Uint8Array } | null;
    },

    swap(key, value, expected, ttlSeconds, owner) {
      sweeps.begin();
      return writes.add(({ insert, update }) => {
        const time = now();
        const row = [time + ttlSeconds, value, owner ?? null] as const;
        const { changes } = expected === null
          ? insert.run(key, ...row, time)
          : update.run(...row, key, expected, time);
        return changes === 1;
      });
    },

    // In steps, so that others come in between.
    async owned(owner) {
      const keys: string[] = [];
      let after = 0;
      while (true) {
        const bounds = { owner, after, now: now() };
        const rows = await read(({ owned }) => owned.all(bounds));
        for (const { key } of rows) keys.push(key as string);
        if (rows.length < OWNED_ROWS) return keys;
        after = Number(rows.at(-1)?.["rowid"]);
        await new Promise((resolve) => setImmediate(resolve));
      }
    },

    remove: (key) => removeAll([key]),

    removeAll,

    async ping() {
      file.check();
      await read(({ select }) => select.get("", 0));
    },

    async [Symbol.asyncDispose]() {
      await sweeps.close();
      await writes.done();
      file.close();
    },
  };
}
