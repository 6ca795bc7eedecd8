import { Buffer } from "node:buffer";
import { randomId } from "../../cookie/base64url.ts";
import { openRedis } from "./client.ts";
import type { RedisClient } from "./commands.ts";
import { addOwned, GRACE, listOwned } from "./owners.ts";
import type { SessionStore } from "../store.ts";

export type { RedisClient } from "./commands.ts";

/** How {@linkcode redisStore} reaches Redis: by a URL, or by a client of yours. */
export type RedisOptions = RedisSettings & (RedisByUrl | RedisByClient);

/** Both take these. */
export interface RedisSettings {
  /** What every key begins with. Default "session:". */
  readonly prefix?: string;
  /**
   * How long a connection of the store's own may leave a command without an
   * answer before another one is opened, in milliseconds. Default 1000.
   */
  readonly timeout?: number;
  /**
   * How many replicas must have a write before it is answered (`WAIT`), so that
   * none is lost when the master dies. With fewer it is an error. Default 0.
   */
  readonly replicas?: number;
}

/** A connection of the store's own. */
export interface RedisByUrl {
  /**
   * `redis://` or `rediss://` (TLS), with user, password and database if need
   * be; `redis-cluster://HOST:PORT,HOST:PORT`;
   * `redis-sentinel://HOST:PORT,HOST:PORT/NAME`.
   */
  readonly url: string;
}

/** A connection that you share. */
export interface RedisByClient {
  /**
   * What `createClient`, `createCluster`, `createSentinel` or `createClientPool`
   * of node-redis 5 or 6 made. You connect it, listen to its errors and close it.
   */
  readonly client: RedisClient;
}

/** Before the value: a random version, so that none fits again after a remove. */
const VERSION_BYTES = 22;

/** One key, so it works on a cluster. An empty ARGV[1] expects nothing there. */
const SWAP = `
if redis.call('GETRANGE', KEYS[1], 0, ${VERSION_BYTES - 1}) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1`;

/** Keys that a ping reads: enough to meet every node of a cluster. */
const PROBES = 16;

/**
 * Sessions in Redis 6 or newer, or Valkey, for many machines: one server, a
 * cluster, or a master that sentinels watch. It may be down when the app
 * starts; a server that stalls is given up after `timeout`, and connected to
 * again as soon as it answers.
 *
 * ```ts
 * import { redisStore } from "@baton/session/redis";
 *
 * const store = redisStore({ url: "redis://127.0.0.1:6379" });
 * ```
 *
 * @throws {TypeError} when the URL is none, or the client is not node-redis's
 */
export function redisStore(
  options: RedisOptions,
): SessionStore & AsyncDisposable {
  const { prefix = "session:", timeout = 1000, replicas = 0 } = options;
  const from = "url" in options ? options.url : options.client;
  const { ask, send, close } = openRedis(from, timeout);
  const indexOf = (owner: string) => `${prefix}owner:${owner}`;

  /** Throws when what was written on the way to this key has not reached enough replicas. */
  async function replicate(key: string): Promise<void> {
    if (replicas === 0) return;
    const wait = ["WAIT", String(replicas), String(timeout >> 1)];
    const reached = Number(await send(key, wait));
    if (reached >= replicas) return;
    throw new Error(`A write reached ${reached} of ${replicas} replicas`);
  }

  return {
    kind: "redis",

    async get(key) {
      const stored = await ask((commands) => commands.get(prefix + key));
      if (stored === null) return null;
      return {
        version: (stored as Buffer).toString("latin1", 0, VERSION_BYTES),
        value: stored.subarray(VERSION_BYTES),
      };
    },

    async swap(key, value, expected, ttlSeconds, owner) {
      if (expected !== null && expected.length !== VERSION_BYTES) return false;
      const began = Date.now();
      if (owner !== undefined) {
        await addOwned(ask, indexOf(owner), key, ttlSeconds);
      }
      const next = Buffer.concat([Buffer.from(randomId()), value]);
      const call = {
        keys: [prefix + key],
        arguments: [Buffer.from(expected ?? ""), next, String(ttlSeconds)],
      };
      const written = await ask((commands) => commands.eval(SWAP, call));
      if (written !== 1) return false;
      await replicate(prefix + key);
      // If this process was stopped in between, the entry may be pruned by now: nobody gets the token.
      if (owner !== undefined && Date.now() - began > GRACE / 2 * 1000) {
        throw new Error("Too long between the entry of a session and itself");
      }
      return true;
    },

    owned: (owner) => listOwned(ask, indexOf(owner), prefix),

    async remove(key) {
      await ask((commands) => commands.del(prefix + key));
      await replicate(prefix + key);
    },

    // A read, as a request does: a node of a cluster would answer PING and then no session.
    async ping() {
      const probes = Array.from(
        { length: PROBES },
        (_, i) => ask((commands) => commands.get(`${prefix}ping:${i}`)),
      );
      await Promise.all(probes);
    },

    // deno-lint-ignore require-await
    async [Symbol.asyncDispose]() {
      close();
    },
  };
}
