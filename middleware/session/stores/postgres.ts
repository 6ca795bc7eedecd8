import type { SessionStore } from "./store.ts";
import { sweeper } from "./sweep.ts";
import { soon } from "./time_limit.ts";
import {
  type PostgresTable,
  statements,
  SWEEP_ROWS,
} from "./postgres_table.ts";
import { Turns } from "./turns.ts";

export { postgresSchema, type PostgresTable } from "./postgres_table.ts";

/**
 * Asks the database: `text` has `$1`, `$2`, …; a value is a string, a number,
 * a `Uint8Array` (bytea) or null. Rejects when the database does.
 */
export type PostgresQuery = (
  text: string,
  values: (string | number | Uint8Array | null)[],
) => Promise<{ readonly rows: readonly object[] }>;

/** Options for {@linkcode postgresStore}. */
export interface PostgresOptions extends PostgresTable {
  /** Your driver's. */
  readonly query: PostgresQuery;
}

/** Questions that are asked at once: as many connections as drivers have by default. */
const CONNECTIONS = 10;

/** Rows that one question reads, so that others need not wait for it. */
const READ_ROWS = 100;

/** A version as `version::text` writes it: no other can be there, and the database would refuse it. */
const VERSION = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * SQLSTATE of a statement that was undone because of another one
 * (serialization_failure, deadlock_detected), and how often it is tried.
 */
const UNDONE = new Set<unknown>(["40001", "40P01"]);
const TRIES = 3;

interface Row {
  readonly key: string;
  readonly version: string;
  readonly value: Uint8Array;
}

/**
 * Sessions in PostgreSQL 13 or newer, through the driver that your app has.
 * Create the table first: {@linkcode postgresSchema}. Times are the database's,
 * and each question is one statement, which takes part in no transaction of
 * yours, with at most ten questions at once. Set the driver's
 * `statement_timeout` to 900 ms: it ends on the server what the store gives up
 * after a second, so that no connection stays stuck. The README has the whole
 * code, with named statements, which cost half.
 *
 * @throws {TypeError} when an option is not what it should be
 */
export function postgresStore(
  options: PostgresOptions,
): SessionStore & AsyncDisposable {
  const { query, ...names } = options;
  if (typeof query !== "function") {
    throw new TypeError(
      "postgresStore: give { query }, a function that asks your driver; it takes no URL",
    );
  }
  const sql = statements(names);
  const turns = new Turns(CONNECTIONS);

  /** An undone statement has written nothing, so it may be asked again. */
  const ask: PostgresQuery = async (text, values) => {
    for (let tries = 1;; tries++) {
      try {
        return await turns.run(() => query(text, values));
      } catch (error) {
        if (!isUndone(error) || tries === TRIES) throw error;
      }
    }
  };

  // Reads that come in one turn of the event loop are one question: alone, each
  // would cost twice as much.
  let batch: ReturnType<typeof readSoon> | undefined;
  function readSoon() {
    const keys = new Set<string>();
    const rows = new Promise<void>(soon).then(async () => {
      if (batch?.keys === keys) batch = undefined;
      const text = keys.size === 1 ? sql.select : sql.selectAll;
      const { rows } = await ask(text, [[...keys].join()]);
      return new Map((rows as Row[]).map((row) => [row.key, row]));
    });
    return { keys, rows };
  }

  const sweeps = sweeper(
    async () => (await ask(sql.sweep, [])).rows.length === SWEEP_ROWS,
    () => performance.now() / 1000,
  );

  return {
    kind: "postgres",

    async get(key) {
      const { keys, rows } = batch ??= readSoon();
      keys.add(key);
      if (keys.size === READ_ROWS) batch = undefined;
      return (await rows).get(key) ?? null;
    },

    async swap(key, value, expected, ttlSeconds, owner) {
      if (expected !== null && !VERSION.test(expected)) return false;
      const next = [key, value, ttlSeconds, owner ?? null];
      sweeps.begin();
      return await turns.write(key, async () => {
        try {
          const { rows } = await (expected === null
            ? ask(sql.insert, next)
            : ask(sql.update, [...next, expected]));
          return rows.length === 1;
        } catch (error) {
          if (isUndone(error)) return false;
          throw error;
        }
      });
    },

    async owned(owner) {
      const { rows: [row] } = await ask(sql.owned, [owner]);
      return (row as { keys: string | null } | undefined)?.keys?.split(",") ??
        [];
    },

    async remove(key) {
      await turns.write(key, () => ask(sql.remove, [key]));
    },

    async removeAll(keys: readonly string[]) {
      await ask(sql.removeAll, [keys.join()]);
    },

    async ping() {
      await ask(sql.ping, []);
    },

    [Symbol.asyncDispose]: sweeps.close,
  };
}

function isUndone(error: unknown): boolean {
  return UNDONE.has((error as { code?: unknown } | null)?.code);
}
