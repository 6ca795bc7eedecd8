import { Socket } from "node:net";
import pg from "pg";
import type { PostgresAddress } from "./postgres_url.ts";

/** Settings of npm:pg's Client. */
export interface ConnectionConfig {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** A function, so that npm:pg looks for no password file. */
  readonly password: () => string;
  readonly database: string;
  readonly application_name: string;
  readonly ssl: false | object;
}

/** @throws {Error} when a file cannot be used, such as the authority's certificate */
export function configOf(address: PostgresAddress): ConnectionConfig {
  const { host, port, user, password, database, applicationName } = address;
  if (host.startsWith("/")) {
    const path = `${host}/.s.PGSQL.${port}`;
    for (const name of ["read", "write"] as const) {
      if (Deno.permissions.querySync({ name, path }).state !== "granted") {
        throw new Error(`the socket ${path} needs --allow-${name}`);
      }
    }
  }
  return {
    ...{ host, port, user, password: () => password, database },
    application_name: applicationName,
    ssl: tlsOf(address),
  };
}

function tlsOf({ tls, rootCertificate }: PostgresAddress): false | object {
  if (tls === "disable") return false;
  if (tls === "require") return { rejectUnauthorized: false };
  return {
    ...(rootCertificate && { ca: Deno.readTextFileSync(rootCertificate) }),
    ...(tls === "verify-ca" && { checkServerIdentity: () => undefined }),
  };
}

export interface Answer {
  readonly rows: readonly object[];
}

const CONNECT_MILLISECONDS = 1000;
const CLOSE_MILLISECONDS = 1000;

/** A server that has not answered for so long is behind a network that is dead. */
const ABANDON_MILLISECONDS = 10_000;

/** The pause before a question is cancelled again. */
const CANCEL_AGAIN_MILLISECONDS = 250;

/**
 * One row when this is the server itself and no pooler such as PgBouncer, which
 * invents the process ids that it gives out. A setting would stay on whichever
 * of the server's connections the pooler has chosen, for others to find, and a
 * prepared statement would be on another one next time.
 */
const SET_UP = `SELECT set_config('statement_timeout', $2, false)
  WHERE pg_backend_pid() = $1::int`;

/** For statements with values: each is prepared once on each connection. */
const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `baton_${names.size}`;
  names.set(text, name);
  return name;
}

/** A connection that takes one question at a time. */
export class PostgresConnection {
  /** Resolves when it is closed, by whichever side. */
  readonly closed: Promise<void>;
  readonly #config: ConnectionConfig;
  readonly #client: pg.Client;
  #isServer = false;
  #isBroken = false;
  #question: Promise<unknown> | undefined;

  constructor(config: ConnectionConfig) {
    this.#config = config;
    this.#client = new pg.Client({ ...config, stream: newSocket });
    this.#client.on("error", () => this.#isBroken = true);
    this.closed = new Promise((resolve) => this.#client.once("end", resolve));
  }

  /** Whether it takes questions. */
  get isUsable(): boolean {
    return !this.#isBroken;
  }

  /** The server ends by itself what takes longer than `limit`, in milliseconds. */
  async open(limit: number): Promise<void> {
    const abandoned = setTimeout(() => this.#destroy(), ABANDON_MILLISECONDS);
    try {
      await this.#client.connect();
      const values = [this.#client.processID, String(limit)];
      const { rows } = await this.#client.query(SET_UP, values);
      this.#isServer = rows.length === 1;
    } catch (error) {
      this.#destroy();
      throw error;
    } finally {
      clearTimeout(abandoned);
    }
  }

  async ask(text: string, values: readonly unknown[]): Promise<Answer> {
    const name = this.#isServer && values.length > 0 && nameOf(text);
    try {
      this.#question = this.#client.query({ text, values, name: name || "" });
      return await this.#question as Answer;
    } catch (error) {
      // A primary that became a standby: another connection may find the new one.
      if ((error as { code?: unknown }).code === "25006") this.#destroy();
      throw error;
    } finally {
      this.#question = undefined;
    }
  }

  /**
   * Has the server stop the question that is under way. Resolves when it has
   * stopped, and no cancel can meet the next one. It asks more than once, since
   * a pooler drops the cancel of a question that it has not passed on yet.
   */
  async cancel(): Promise<void> {
    const abandoned = setTimeout(() => this.#destroy(), ABANDON_MILLISECONDS);
    while (this.#question !== undefined) {
      if (!await sendCancel(this.#config, this.#client)) this.#destroy();
      if (this.#question === undefined) break;
      await new Promise((resolve) =>
        setTimeout(resolve, CANCEL_AGAIN_MILLISECONDS)
      );
    }
    clearTimeout(abandoned);
  }

  /** Lets the question that is under way finish, within a second. */
  async close(): Promise<void> {
    const late = setTimeout(() => this.#destroy(), CLOSE_MILLISECONDS);
    await this.#question?.catch(() => {});
    await this.#client.end();
    clearTimeout(late);
  }

  #destroy(): void {
    this.#isBroken = true;
    this.#client.connection.stream.destroy();
  }
}

/**
 * Over a connection of its own, as the protocol wants it. Whether the server was
 * reached. It is the server that closes it, when the cancel is on its way:
 * PgBouncer 1.18 crashes when the client of a cancel goes first.
 */
function sendCancel(
  config: ConnectionConfig,
  { processID, secretKey }: pg.Client,
): Promise<boolean> {
  const { connection } = new pg.Client({ ...config, stream: newSocket });
  return new Promise((resolve) => {
    let isSent = false;
    const send = () => {
      connection.cancel(processID, secretKey);
      isSent = true;
    };
    connection.once(
      "connect",
      () => config.ssl ? connection.requestSsl() : send(),
    );
    connection.once("sslconnect", send);
    connection.on("error", () => {}); // it ends then
    connection.once("end", () => resolve(isSent));
    connection.unref();
    const { host, port } = config;
    if (host.startsWith("/")) connection.connect(`${host}/.s.PGSQL.${port}`);
    else connection.connect(port, host);
  });
}

/** One that gives up connecting after a second; what is slow after that is the server. */
function newSocket(): Socket {
  const socket = new Socket().setKeepAlive(true, ABANDON_MILLISECONDS);
  const late = setTimeout(() => {
    if (socket.connecting) socket.destroy(new Error("cannot connect"));
  }, CONNECT_MILLISECONDS);
  socket.once("connect", () => clearTimeout(late));
  socket.once("close", () => clearTimeout(late));
  return socket;
}
