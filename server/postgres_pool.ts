// What SESSION_STORE=postgres://… opens: postgresStore() over ten connections of npm:pg.
import type { SessionStore } from "../middleware/session/mod.ts";
import {
  type PostgresQuery,
  postgresSchema,
  postgresStore,
} from "../middleware/session/stores/postgres.ts";
import { ConnectionPool } from "./connection_pool.ts";
import { configOf } from "./postgres_connection.ts";
import { parsePostgresUrl } from "./postgres_url.ts";

/**
 * Sessions in the PostgreSQL at this URL, in the table `sessions`, which is made
 * when it is missing. The server may be down when the app starts.
 *
 * @throws {Error} when something in the URL would not work
 */
export function openPostgres(url: string): SessionStore & AsyncDisposable {
  const pool = new ConnectionPool(configOf(parsePostgresUrl(url)));
  const ask: PostgresQuery = (text, values) => pool.ask(text, values);

  let table: Promise<void> | undefined;
  const query: PostgresQuery = async (text, values) => {
    table ??= makeTable(ask);
    try {
      await table;
    } catch (error) {
      table = undefined; // tried again at the next question
      throw error;
    }
    return await ask(text, values);
  };

  const store = postgresStore({ query });
  store.ping().catch(() => {}); // connects, and makes the table, before the first visitor comes
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await pool[Symbol.asyncDispose]();
    },
  };
}

/** A user who may not make tables can have it made by somebody else. */
async function makeTable(query: PostgresQuery): Promise<void> {
  const isThere = async () => {
    const { rows } = await query("SELECT to_regclass('sessions') AS name", []);
    return rows.some((row) => (row as { name: unknown }).name !== null);
  };
  if (await isThere()) return;
  try {
    for (const statement of postgresSchema().split(/;\s*/).filter(Boolean)) {
      await query(statement, []);
    }
  } catch (error) {
    if (!await isThere()) throw error; // else another process was first
  }
}
