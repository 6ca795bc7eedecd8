// The table that postgresStore() keeps sessions in, and what it asks there.

/** Where the sessions are. */
export interface PostgresTable {
  /** Default: the first of the connection's `search_path`. */
  readonly schema?: string;
  /** Default "sessions". */
  readonly table?: string;
}

/**
 * The statements that make the table and its indexes, unless they are there.
 *
 * @throws {TypeError} when the table's name leaves no room for the indexes' names
 */
export function postgresSchema(options: PostgresTable = {}): string {
  const table = qualified(options);
  const index = (what: string) => {
    const name = `${options.table ?? DEFAULT_TABLE}_by_${what}`;
    if (new TextEncoder().encode(name).length <= NAME_BYTES) {
      return quoted(name);
    }
    throw new TypeError(
      `table: give a name of at most ${
        NAME_BYTES - "_by_owner".length
      } bytes; ` +
        "PostgreSQL would cut the names of its indexes",
    );
  };
  return `CREATE TABLE IF NOT EXISTS ${table} (
  key text COLLATE "C" PRIMARY KEY,  -- 22 characters of base64url
  version uuid NOT NULL,             -- another one at each write
  ends timestamptz NOT NULL,
  owner text COLLATE "C",            -- a hash of what the option owner says
  value bytea NOT NULL               -- JSON
);
CREATE INDEX IF NOT EXISTS ${index("end")} ON ${table} (ends);
CREATE INDEX IF NOT EXISTS ${index("owner")} ON ${table} (owner)
  WHERE owner IS NOT NULL;
`;
}

const DEFAULT_TABLE = "sessions";

/** PostgreSQL cuts a longer name. */
const NAME_BYTES = 63;

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

/** Rows that one sweep deletes, so that others need not wait for it. */
export const SWEEP_ROWS = 1000;

/** The statements of the store. Several keys are one value, with commas: not every driver takes an array. */
export function statements(names: PostgresTable) {
  const table = qualified(names);
  const select = `SELECT key, version::text, value FROM ${table}
    WHERE ends > now()`;
  const isOneOf = "key = ANY (string_to_array($1, ','))";
  return {
    // One has a plan of its own, which costs the server half.
    select: `${select} AND key = $1`,
    selectAll: `${select} AND ${isOneOf}`,
    remove: `DELETE FROM ${table} WHERE key = $1`,
    removeAll: `DELETE FROM ${table} WHERE ${isOneOf}`,
    insert: `INSERT INTO ${table} AS s (key, version, ends, value, owner)
      VALUES ($1, gen_random_uuid(), now() + make_interval(secs => $3), $2, $4)
      ON CONFLICT (key) DO UPDATE SET version = excluded.version,
        ends = excluded.ends, value = excluded.value, owner = excluded.owner
      WHERE s.ends <= now() RETURNING 1`,
    update: `UPDATE ${table} SET version = gen_random_uuid(),
        ends = now() + make_interval(secs => $3), value = $2, owner = $4
      WHERE key = $1 AND version = $5::uuid AND ends > now() RETURNING 1`,
    // One row, which a driver reads at once, however many keys are in it.
    owned: `SELECT string_agg(key, ',') AS keys FROM ${table}
      WHERE owner = $1 AND ends > now()`,
    ping: `SELECT 1 FROM ${table} LIMIT 0`,
    // Two processes at once take different rows.
    sweep: `DELETE FROM ${table} WHERE ctid = ANY (ARRAY(
      SELECT ctid FROM ${table} WHERE ends <= now()
      LIMIT ${SWEEP_ROWS} FOR UPDATE SKIP LOCKED)) RETURNING 1`,
  };
}
