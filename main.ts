// Deno's entry, on a machine of one's own and on Deno Deploy.
import { dirname } from "node:path";
import { createApp } from "./app.ts";
import {
  type Config,
  ConfigError,
  DEPLOY_VARIABLES,
  readConfig,
  type StoreConfig,
  VARIABLES,
} from "./config.ts";
import {
  cookieStore,
  memoryStore,
  type SessionStore,
} from "./middleware/session/mod.ts";
import { KeptSecretError, loadOrCreateSecrets } from "./session_secret.ts";

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
  const secrets = config.secrets ?? await ownSecrets();
  const store = await openStore(config.store);
  const { cookieName, seal, lifetime, trustProxy, hsts } = config;
  const app = createApp({
    ...{ secrets, store, cookieName, seal, lifetime, trustProxy, hsts },
  });
  const inFlight = new InFlight();
  const server = listen(
    config,
    (request) => inFlight.count(app.fetch(request)),
  );

  let isStopping = false;
  const stop = async () => {
    if (isStopping) Deno.exit(1); // a second signal does not wait
    isStopping = true;
    console.log("Stopping");
    await inFlight.none();
    await server.shutdown();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, stop);
  }
  await server.finished;
  await store[Symbol.asyncDispose]?.();
  Deno.exit(0);
}

/** The requests being answered. `shutdown()` waits for answers, but cuts off a form still arriving. */
class InFlight {
  #count = 0;
  #whenNone = () => {};

  async count(answer: Response | Promise<Response>): Promise<Response> {
    this.#count++;
    try {
      return await answer;
    } finally {
      if (--this.#count === 0) this.#whenNone();
    }
  }

  /** Resolves at the first moment without any. */
  none(): Promise<void> {
    return new Promise((resolve) => {
      this.#whenNone = resolve;
      if (this.#count === 0) resolve();
    });
  }
}

/** The secrets of this machine, when the environment has none. */
async function ownSecrets(): Promise<string[]> {
  try {
    return await loadOrCreateSecrets(".data", console.log);
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
  { host, port }: Config,
  handler: Deno.ServeHandler,
): Deno.HttpServer {
  const onListen = ({ hostname, port }: Deno.NetAddr) => {
    const isLocal = hostname === "127.0.0.1" || hostname === "0.0.0.0";
    console.log(
      `Listening on http://${isLocal ? "localhost" : hostname}:${port}`,
    );
  };
  try {
    return Deno.serve({ hostname: host, port, onListen }, handler);
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

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Only the store that was asked for is loaded. */
async function openStore(store: StoreConfig): Promise<SessionStore> {
  try {
    switch (store.kind) {
      case "cookie":
        return cookieStore();
      case "memory":
        return memoryStore();
      case "sqlite": {
        const { sqliteStore } = await import(
          "./middleware/session/stores/sqlite.ts"
        );
        return sqliteStore(store.path);
      }
      case "redis": {
        const { redisStore } = await import(
          "./middleware/session/stores/redis.ts"
        );
        return redisStore({ url: store.url });
      }
      case "postgres": {
        const { openPostgres } = await import("./postgres_pool.ts");
        return openPostgres(store.url);
      }
      case "denokv": {
        const { denoKvStore } = await import(
          "./middleware/session/stores/deno_kv.ts"
        );
        if (store.path !== undefined) {
          // As with SQLite, nobody else may read it, whatever the umask.
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
        return denoKvStore(await Deno.openKv(store.path));
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
