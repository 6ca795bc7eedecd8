// The store of SESSION_STORE=postgres://…: postgresStore() over ten connections of npm:pg.
import pg from "pg";
import type { SessionStore } from "../middleware/session/mod.ts";
import {
  type PostgresQuery,
  postgresSchema,
  postgresStore,
} from "../middleware/session/stores/postgres.ts";
import { parsePostgresUrl, type PostgresConfig } from "./postgres_url.ts";

/** Less than the store's own limit: nothing stays stuck for longer than its visitor waits. */
const LIMIT_MILLISECONDS = 900;
const CANCEL_AGAIN_MILLISECONDS = 300;

/** A server that has not answered for so long is behind a network that is dead. */
const ABANDON_MILLISECONDS = 10_000;

/**
 * One row when this is the server itself and no pooler such as PgBouncer, which
 * invents the process ids that it gives out. A setting would stay on whichever
 * of the server's connections the pooler has chosen, for others to find, and a
 * prepared statement would be on another one next time.
 */
const SET_UP = `SELECT set_config('statement_timeout', $2, false)
  WHERE pg_backend_pid() = $1::int`;

/**
 * Sessions in the PostgreSQL at this URL, in the table `sessions`, which is made
 * when it is missing. The server may be down when the app starts.
 *
 * @throws {Error} when something in the URL would not work
 */
export function openPostgres(url: string): SessionStore & AsyncDisposable {
  const { ask, close } = openPool(parsePostgresUrl(url));

  let table: Promise<void> | undefined;
  const query: PostgresQuery = async (text, values) => {
    let isMade = false;
    try {
      await (table ??= makeTable(ask));
      isMade = true;
      return await ask(text, values);
    } catch (error) {
      // The next question makes the table that could not be made, or was dropped.
      if (!isMade || codeOf(error) === "42P01") table = undefined;
      throw error;
    }
  };

  const store = postgresStore({ query });
  store.ping().catch(() => {}); // connects, and makes the table, before the first visitor comes
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await close();
    },
  };
}

/**
 * A connection that does not answer keeps its place until the server has ended
 * its question, by itself or when a pooler passes the cancel on.
 */
function openPool(config: PostgresConfig) {
  /** Those to a server itself. */
  const direct = new WeakSet<pg.Client>();
  const names = new Map<string, string>();
  const pool = new pg.Pool({
    ...config,
    max: 10,
    idleTimeoutMillis: 0,
    connectionTimeoutMillis: ABANDON_MILLISECONDS,
    query_timeout: ABANDON_MILLISECONDS,
    async onConnect(client: pg.Client) {
      client.on("error", () => {}); // its question is rejected
      const values = [client.processID, String(LIMIT_MILLISECONDS)];
      const { rows } = await client.query(SET_UP, values);
      if (rows.length === 1) direct.add(client);
    },
  });
  pool.on("error", () => {}); // an idle connection was closed

  const ask: PostgresQuery = async (text, values) => {
    const client = await pool.connect();
    const isDirect = direct.has(client);
    const name = names.get(text) ?? `baton_${names.size}`;
    names.set(text, name);
    const cancels = isDirect ? undefined : cancelLate(config, client);
    let isBroken = false;
    try {
      return await client.query({ text, values, name: isDirect ? name : "" });
    } catch (error) {
      // None: the network. 25006: a primary that became a standby.
      isBroken = [undefined, "25006"].includes(codeOf(error));
      throw error;
    } finally {
      await cancels?.stop(isBroken);
      client.release(isBroken);
    }
  };
  return { ask, close: () => pool.end() };
}

/**
 * Asks more than once: PgBouncer drops the cancel of a question that waits in
 * its own queue. One after the other: it opens a connection for each.
 */
function cancelLate(config: PostgresConfig, client: pg.Client) {
  const late = performance.now() + LIMIT_MILLISECONDS;
  let sent: Promise<void> | undefined;
  const timer = setInterval(() => {
    if (performance.now() < late) return;
    sent ??= cancel(config, client).then(() => sent = undefined);
  }, CANCEL_AGAIN_MILLISECONDS);
  return {
    /** Resolves when no cancel can meet the next question on this connection. */
    async stop(isBroken: boolean): Promise<void> {
      clearInterval(timer);
      if (!isBroken) await sent;
    },
  };
}

/** The server closes the connection of a cancel: PgBouncer 1.18 crashes when the client goes first. */
function cancel(config: PostgresConfig, client: pg.Client): Promise<void> {
  const { connection, host, port } = new pg.Client(config);
  const send = () => connection.cancel(client.processID, client.secretKey);
  const greet = () => config.ssl ? connection.requestSsl() : send();
  connection.once("connect", greet);
  connection.once("sslconnect", send);
  connection.on("error", () => {}); // it ends then
  if (host.startsWith("/")) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
  return new Promise((resolve) => connection.once("end", resolve));
}

/** SQLSTATE, when the server answered. */
function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
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
