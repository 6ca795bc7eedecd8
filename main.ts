// Deno's entry, on a machine of one's own and on Deno Deploy.
import { createApp } from "./app.ts";
import {
  type Config,
  ConfigError,
  DEPLOY_VARIABLES,
  readConfig,
  type StoreConfig,
  VARIABLES,
} from "./config.ts";
import settings from "./deno.json" with { type: "json" };
import { routeSpan } from "./middleware/route_span.ts";
import { formatLog, type Log, writeTogether, writeToStdout } from "./log.ts";
import { memoryStore, type SessionStore } from "./middleware/session/mod.ts";
import { type Fetch, GracefulServer } from "./server/serve.ts";
import {
  KeptSecretError,
  loadOrCreateSecrets,
} from "./server/session_secret.ts";
import { steadyClock } from "./server/steady_clock.ts";

async function main(): Promise<void> {
  try {
    await serve(readEnvironment());
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    console.error(error.message);
    Deno.exit(1);
  }
}

function readEnvironment(): Config {
  const isDeploy = DEPLOY_VARIABLES.some((name) => Deno.env.has(name));
  const environment = Object.fromEntries(
    VARIABLES.map((name) => [name, Deno.env.get(name)]),
  );
  return readConfig(environment, isDeploy ? "deploy" : "machine");
}

async function serve(config: Config): Promise<void> {
  const log = openLog(config);
  const now = steadyClock({ log });
  const secrets = config.secrets ?? await ownSecrets(log);
  const store = await openStore(config.store, now);
  const server = new GracefulServer(log);
  const { cookieName, seal, lifetime, trustProxy, hsts } = config;
  const app = createApp({
    ...{ secrets, store, cookieName, seal, lifetime, trustProxy, hsts },
    ...{ now, log, ...(config.isTraced && { trace: routeSpan() }) },
    isTimed: Deno.args.includes("--dev"),
    isStopping: () => server.isStopping,
  });
  listen(server, config, log, app.fetch);
  introduce(config, store).then((line) => log(line));
  await server.stopped();
  const closed = store === "cookie"
    ? undefined
    : store[Symbol.asyncDispose]?.();
  await Promise.race([closed, atMostASecond()]);
  Deno.exit(0);
}

/** Traces want each line within its request; otherwise lines are written together. */
function openLog({ logFormat, isTraced }: Config): Log {
  const write = isTraced
    ? (line: string) => console.log(line)
    : writeTogether(writeToStdout);
  return formatLog(logFormat, write);
}

/** The line at the start that says what runs here. */
async function introduce(
  { seal, trustProxy }: Config,
  store: "cookie" | SessionStore,
): Promise<string> {
  const kind = store === "cookie" ? store : store.kind;
  const ping = store === "cookie" ? Promise.resolve() : store.ping();
  const answer = await Promise.race([
    ping.then(() => "answers", () => "does not answer"),
    atMostASecond().then(() => "does not answer"),
  ]);
  const proxy = trustProxy ? "trusted" : "not trusted";
  return `Baton ${settings.version}: store ${kind} (${answer}), seal ${seal}, X-Forwarded-Proto ${proxy}`;
}

function atMostASecond(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 1000));
}

/** The secrets of this machine, when the environment has none. */
async function ownSecrets(log: Log): Promise<string[]> {
  try {
    return await loadOrCreateSecrets(".data", (line) => log(line));
  } catch (error) {
    if (error instanceof KeptSecretError) throw new ConfigError(error.message);
    throw new ConfigError(
      `The session secret cannot be kept in .data (${
        reason(error)
      }): make it writable, or set SESSION_SECRET`,
    );
  }
}

function listen(
  server: GracefulServer,
  { host, port }: Config,
  log: Log,
  fetch: Fetch,
): void {
  const onListen = ({ hostname, port }: Deno.NetAddr) =>
    log(`Listening on ${origin(hostname, port)}`);
  try {
    server.listen({ hostname: host, port, onListen }, fetch);
  } catch (error) {
    throw new ConfigError(
      error instanceof Deno.errors.AddrInUse
        ? `Port ${port} is taken: stop what listens there, or set PORT to another`
        : `Cannot listen on ${host}, port ${port} (${
          reason(error)
        }): set HOST and PORT`,
    );
  }
}

function origin(hostname: string, port: number): string {
  if (hostname === "127.0.0.1" || hostname === "0.0.0.0") {
    return `http://localhost:${port}`;
  }
  return hostname.includes(":")
    ? `http://[${hostname}]:${port}`
    : `http://${hostname}:${port}`;
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Only the store that was asked for is loaded. */
async function openStore(
  store: StoreConfig,
  now: () => number,
): Promise<"cookie" | SessionStore> {
  try {
    switch (store.kind) {
      case "cookie":
        return "cookie";
      case "memory":
        return memoryStore({ now });
      case "sqlite": {
        const { sqliteStore } = await import(
          "./middleware/session/stores/sqlite/mod.ts"
        );
        return sqliteStore(store.path, { now });
      }
      case "redis": {
        const { redisStore } = await import(
          "./middleware/session/stores/redis/mod.ts"
        );
        return redisStore({ url: store.url });
      }
      case "postgres": {
        const { openPostgres } = await import("./server/postgres_pool.ts");
        return openPostgres(store.url);
      }
      case "denokv": {
        const { denoKvStore } = await import(
          "./middleware/session/stores/deno_kv.ts"
        );
        if (store.path !== undefined) {
          const { dirname } = await import("node:path"); // loading it takes a tenth of the start
          // As with SQLite, other users may not read it, whatever the umask.
          await Deno.mkdir(dirname(store.path), {
            recursive: true,
            mode: 0o700,
          });
          using _file = await Deno.open(store.path, {
            append: true,
            create: true,
            mode: 0o600,
          });
        }
        return denoKvStore(await Deno.openKv(store.path), { now });
      }
      case "durable_object":
        throw new Error("it is for Cloudflare Workers");
    }
  } catch (error) {
    throw new ConfigError(
      `SESSION_STORE: the ${store.kind} store cannot be opened (${
        reason(error)
      })`,
    );
  }
}

await main();
