import type { SessionStore } from "./store.ts";

/**
 * Asks the database: `text` has `$1`, `$2`, …; a value is a string, a number,
 * a `Uint8Array` (bytea) or null. Rejects when the database does.
 */
export type PostgresQuery = (
  text: string,
  values: (string | number | Uint8Array | null)[],
) => Promise<{ readonly rows: readonly object[] }>;

/** Where the sessions are. */
export interface PostgresTable {
  /** Default: the first of the connection's `search_path`. */
  readonly schema?: string;
  /** Default "sessions". */
  readonly table?: string;
}

/** Options for {@linkcode postgresStore}. */
export interface PostgresOptions extends PostgresTable {
  /** Your driver's. */
  readonly query: PostgresQuery;
  /** How often ended sessions are looked for, while others are written. Default 30. */
  readonly sweepSeconds?: number;
}

/** So few rows at once that nobody waits for them. */
const SWEEP_ROWS = 1000;

/** What `version::text` gives: no other can be there, and the database would refuse it. */
const VERSION = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * The statements that make the table and its indexes, unless they are there:
 *
 * ```sql
 * CREATE TABLE IF NOT EXISTS "sessions" (
 *   key text COLLATE "C" PRIMARY KEY,  -- 22 characters of base64url
 *   version uuid NOT NULL,             -- another one at each write
 *   ends timestamptz NOT NULL,
 *   owner text COLLATE "C",            -- a hash of what the option owner says
 *   value bytea NOT NULL               -- JSON
 * );
 * CREATE INDEX IF NOT EXISTS "sessions_by_end" ON "sessions" (ends);
 * CREATE INDEX IF NOT EXISTS "sessions_by_owner" ON "sessions" (owner)
 *   WHERE owner IS NOT NULL;
 * ```
 */
export function postgresSchema(options: PostgresTable = {}): string {
  const table = qualified(options);
  const index = (what: string) =>
    quoted(`${options.table ?? DEFAULT_TABLE}_by_${what}`);
  return `CREATE TABLE IF NOT EXISTS ${table} (
  key text COLLATE "C" PRIMARY KEY,
  version uuid NOT NULL,
  ends timestamptz NOT NULL,
  owner text COLLATE "C",
  value bytea NOT NULL
);
CREATE INDEX IF NOT EXISTS ${index("end")} ON ${table} (ends);
CREATE INDEX IF NOT EXISTS ${index("owner")} ON ${table} (owner)
  WHERE owner IS NOT NULL;
`;
}

const DEFAULT_TABLE = "sessions";

function qualified(
  { schema, table = DEFAULT_TABLE }: PostgresTable,
): string {
  return schema === undefined
    ? quoted(table)
    : `${quoted(schema)}.${quoted(table)}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

function statements(table: string) {
  return {
    select: `SELECT version::text, value FROM ${table}
      WHERE key = $1 AND ends > now()`,
    insert: `INSERT INTO ${table} AS s (key, version, ends, value, owner)
      VALUES ($1, gen_random_uuid(), now() + make_interval(secs => $3), $2, $4)
      ON CONFLICT (key) DO UPDATE SET version = excluded.version,
        ends = excluded.ends, value = excluded.value, owner = excluded.owner
      WHERE s.ends <= now() RETURNING 1`,
    update: `UPDATE ${table} SET version = gen_random_uuid(),
        ends = now() + make_interval(secs => $3), value = $2, owner = $4
      WHERE key = $1 AND version = $5::uuid AND ends > now() RETURNING 1`,
    remove: `DELETE FROM ${table} WHERE key = $1`,
    owned: `SELECT key FROM ${table} WHERE owner = $1 AND ends > now()`,
    ping: `SELECT 1 FROM ${table} LIMIT 0`,
    // Two processes at once take different rows.
    sweep: `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM ${table} WHERE ends <= now()
      LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED)) RETURNING 1`,
  };
}

/**
 * Sessions in PostgreSQL 13 or newer, through the driver that your app has. The
 * table must be there: {@linkcode postgresSchema}. Times are the database's, and
 * each question is one statement, which takes part in no transaction of yours.
 *
 * ```ts ignore
 * import { postgresSchema, postgresStore } from "@baton/session/postgres";
 *
 * // npm:pg
 * const pool = new pg.Pool({ connectionString, connectionTimeoutMillis: 1000 });
 * await pool.query(postgresSchema()); // or in your migrations
 * const store = postgresStore({ query: (text, values) => pool.query(text, values) });
 *
 * // npm:postgres
 * const sql = postgres(connectionString, { connect_timeout: 1, backoff: () => 0.1 });
 * const store = postgresStore({
 *   query: async (text, values) => ({
 *     rows: await sql.unsafe(text, values, { prepare: true }),
 *   }),
 * });
 * ```
 */
export function postgresStore(
  { query, sweepSeconds = 30, ...names }: PostgresOptions,
): SessionStore & AsyncDisposable {
  const sql = statements(qualified(names));

  // While sessions are written some end, so a write is what starts a sweep: no
  // timer keeps a process alive, and none is set where a platform forbids it.
  let sweeping: Promise<void> | undefined;
  let sweptAt = performance.now();
  async function sweep(): Promise<void> {
    try {
      while ((await query(sql.sweep, [])).rows.length === SWEEP_ROWS);
    } catch {
      // They are still there next time.
    }
    sweptAt = performance.now();
    sweeping = undefined;
  }

  return {
    kind: "postgres",

    async get(key) {
      const { rows: [row] } = await query(sql.select, [key]);
      if (row === undefined) return null;
      const { version, value } = row as { version: string; value: Uint8Array };
      return { version, value };
    },

    async swap(key, value, expected, ttlSeconds, owner) {
      if (expected !== null && !VERSION.test(expected)) return false;
      const next = [key, value, ttlSeconds, owner ?? null];
      const { rows } =
        await (expected === null
          ? query(sql.insert, next)
          : query(sql.update, [...next, expected]));
      if (performance.now() - sweptAt >= sweepSeconds * 1000) {
        sweeping ??= sweep();
      }
      return rows.length === 1;
    },

    async owned(owner) {
      const { rows } = await query(sql.owned, [owner]);
      return rows.map((row) => (row as { key: string }).key);
    },

    async remove(key) {
      await query(sql.remove, [key]);
    },

    async ping() {
      await query(sql.ping, []);
    },

    async [Symbol.asyncDispose]() {
      await sweeping;
    },
  };
}
