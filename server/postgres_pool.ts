// The store of SESSION_STORE=postgres://…: postgresStore() with npm:postgres as its driver.
import postgres from "postgres";
import type { SessionStore } from "../middleware/session/mod.ts";
import {
  type PostgresQuery,
  postgresSchema,
  postgresStore,
} from "../middleware/session/stores/postgres.ts";
import {
  TimeLimit,
  TimeLimitError,
} from "../middleware/session/stores/time_limit.ts";

const CONNECTIONS = 10;
const RECONNECT_SECONDS = 0.1;

/** Less than the store's own limit, which ends what this one has not. */
const LIMIT_MILLISECONDS = 900;

/**
 * Sessions in the PostgreSQL at this URL, in the table `sessions`, which is made
 * when it is missing. The server may be down when the app starts.
 */
export function openPostgres(url: string): SessionStore & AsyncDisposable {
  const limit = new TimeLimit(LIMIT_MILLISECONDS);
  let pool = connect(url);

  const ask: PostgresQuery = async (text, values) => {
    const asked = pool;
    try {
      const answer = limit.within(async () =>
        await asked.unsafe(text, values, { prepare: true })
      );
      return { rows: await answer };
    } catch (error) {
      // Its connections may be dead without knowing: the next questions take new ones.
      if (error instanceof TimeLimitError && asked === pool) {
        pool = connect(url);
        void close(asked);
      }
      throw error;
    }
  };

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
      await close(pool);
    },
  };
}

function connect(url: string): postgres.Sql {
  return postgres(url, {
    max: CONNECTIONS,
    connect_timeout: 1,
    backoff: () => RECONNECT_SECONDS,
    fetch_types: false,
    onnotice: () => {},
    connection: { application_name: "baton" },
  });
}

/** Questions under way may finish, within a second. */
async function close(pool: postgres.Sql): Promise<void> {
  await pool.end({ timeout: 1 });
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
