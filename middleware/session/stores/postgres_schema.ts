// The table that postgresStore() keeps sessions in.

/** Where the sessions are. */
export interface PostgresTable {
  /** Default: the first of the connection's `search_path`. */
  readonly schema?: string;
  /** Default "sessions". */
  readonly table?: string;
}

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

/** PostgreSQL cuts a longer name. */
const NAME_BYTES = 63;

/** As a statement names it. */
export function qualified(
  { schema, table = DEFAULT_TABLE }: PostgresTable,
): string {
  return schema === undefined
    ? quoted(table)
    : `${quoted(schema)}.${quoted(table)}`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
