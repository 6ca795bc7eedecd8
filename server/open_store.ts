import type { StoreConfig } from "../config.ts";
import { memoryStore, type SessionStore } from "../middleware/session/mod.ts";
import { ConfigError, reasonOf } from "./reason.ts";

/**
 * The store of SESSION_STORE; no other one is loaded. A database that is away
 * does not stop the start: its sessions open once it is back.
 *
 * @throws {ConfigError} when no waiting helps, as with a file that is no database
 */
export async function openStore(
  store: StoreConfig,
): Promise<"cookie" | SessionStore> {
  try {
    return await open(store);
  } catch (error) {
    const path = "path" in store ? store.path : undefined;
    throw new ConfigError(
      `SESSION_STORE: the ${store.kind} store cannot be opened (${
        reasonOf(error, path)
      })`,
    );
  }
}

async function open(store: StoreConfig): Promise<"cookie" | SessionStore> {
  switch (store.kind) {
    case "cookie":
      return "cookie";
    case "memory":
      return memoryStore();
    case "sqlite": {
      const { sqliteStore } = await import(
        "../middleware/session/stores/sqlite/mod.ts"
      );
      return sqliteStore(store.path);
    }
    case "redis": {
      const { redisStore } = await import(
        "../middleware/session/stores/redis/mod.ts"
      );
      return redisStore({ url: store.url });
    }
    case "postgres": {
      const { openPostgres } = await import("./postgres_pool.ts");
      return openPostgres(store.url);
    }
    case "denokv":
      return await openKv(store.path);
    case "durable_object":
      throw new Error("it is for Cloudflare Workers");
  }
}

/** Errors of a disk, or another process in the way: they end without a change of SESSION_STORE. */
const DISK_FAILURE =
  /locked|busy|no space|quota|read-only|readonly|permission denied|i\/o error|input\/output|disk is full|unable to open/i;

/** Deno KV; in a file that cannot be opened now, it is tried again at each question. */
async function openKv(path: string | undefined): Promise<SessionStore> {
  const { denoKvStore } = await import(
    "../middleware/session/stores/deno_kv.ts"
  );
  const openFile = async () => {
    if (path !== undefined) await makePrivate(path);
    return denoKvStore(await Deno.openKv(path));
  };
  let opening: Promise<SessionStore> | undefined;
  const opened = () =>
    opening ??= openFile().catch((error) => {
      opening = undefined;
      throw error;
    });
  await opened().catch((error) => {
    if (!DISK_FAILURE.test(error.message)) throw error;
  });
  return {
    kind: "denokv",
    get: async (key) => (await opened()).get(key),
    swap: async (...entry) => (await opened()).swap(...entry),
    remove: async (key) => (await opened()).remove(key),
    ping: async () => (await opened()).ping(),
  };
}

/** As with SQLite, only this user may read the file, whatever the umask. */
async function makePrivate(path: string): Promise<void> {
  const { dirname } = await import("node:path"); // loading it takes a tenth of the start
  await Deno.mkdir(dirname(path), { recursive: true, mode: 0o700 });
  using _file = await Deno.open(path, {
    append: true,
    create: true,
    mode: 0o600,
  });
}
