import { Buffer } from "node:buffer";
import { randomId } from "../../cookie/base64url.ts";
import {
  isMoved,
  openRedis,
  type RedisCommands,
  shareRedis,
} from "./client.ts";
import { ADD_OWNED, listOwned } from "./owners.ts";
import { parseRedisUrl, type RedisClient } from "./url.ts";
import type { SessionStore } from "../store.ts";

export type { RedisClient } from "./url.ts";

/** How {@linkcode redisStore} reaches Redis: by a URL, or by a client of yours. */
export type RedisOptions =
  & {
    /** The beginning of every key. Default "session:". */
    readonly prefix?: string;
    /**
     * Milliseconds that Redis may take to answer, 1 to 60,000. A connection of
     * the store's own that takes longer is replaced. Default 1000.
     */
    readonly timeout?: number;
  }
  & (
    | {
      /**
       * `redis://HOST:PORT`, `redis-cluster://HOST:PORT,HOST:PORT` or
       * `redis-sentinel://HOST:PORT,HOST:PORT/NAME`, with `USER:PASSWORD@`
       * before the first host if need be. With TLS: `rediss` instead of `redis`.
       * `valkey` and `valkeys` mean the same.
       */
      readonly url: string;
    }
    | {
      /**
       * A client made by `createClient`, `createCluster`, `createSentinel` or
       * `createClientPool` of node-redis 5 or 6. You connect it, listen to its
       * errors and close it.
       */
      readonly client: RedisClient;
    }
  );

// A value begins with a random version, so that no version fits again after a
// remove. Then come one byte, the length of its owner, and the owner. A value of
// version 0.1 has neither; its next byte is "[".
const VERSION_BYTES = 22;
const OWNER_BYTES = 43;

/** -1 without such a byte. */
function ownerLength(stored: Buffer): number {
  const length = stored[VERSION_BYTES] ?? OWNER_BYTES + 1;
  return length > OWNER_BYTES ? -1 : length;
}

/** One key, so it works on a cluster. An empty ARGV[1] expects nothing there. */
const SWAP = `
if redis.call('GETRANGE', KEYS[1], 0, ${VERSION_BYTES - 1}) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1`;

/** Returns the value's beginning, owner included. */
const REMOVE = `
local stored = redis.call('GETRANGE', KEYS[1], 0, ${
  VERSION_BYTES + OWNER_BYTES
})
redis.call('DEL', KEYS[1])
return stored`;

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
 * @throws {TypeError} when an option is wrong; the message holds nothing of the URL
 */
export function redisStore(
  options: RedisOptions,
): SessionStore & AsyncDisposable & {
  /** Removes many keys at once, at most 1,000; a missing one is no error. */
  removeAll(keys: readonly string[]): Promise<void>;
} {
  const { from, prefix, timeout } = checked(options);
  const { ask, close } = "nodes" in from
    ? openRedis(from, timeout)
    : { ask: shareRedis(from, timeout), close() {} };
  const indexOf = (owner: string) => `${prefix}owner:${owner}`;

  async function removeAll(keys: readonly string[]): Promise<void> {
    const removed = await ask((redis) =>
      Promise.all(
        keys.map((key) => redis.eval(REMOVE, { keys: [prefix + key] })),
      )
    ) as unknown[] as Buffer[];
    const owned = new Map<string, string[]>();
    for (const [i, key] of keys.entries()) {
      const stored = removed[i] ?? Buffer.of();
      const end = VERSION_BYTES + 1 + ownerLength(stored);
      const owner = stored.toString("latin1", VERSION_BYTES + 1, end);
      if (owner === "") continue;
      owned.set(owner, owned.get(owner) ?? []);
      owned.get(owner)?.push(key);
    }
    // An entry that is left over does no harm: its failure is not the session's.
    await Promise.allSettled(
      [...owned].map(([owner, keys]) =>
        ask((redis) => redis.zRem(indexOf(owner), keys))
      ),
    );
  }

  return {
    kind: "redis",

    async get(key) {
      const answer = await ask((redis) => redis.get(prefix + key));
      if (answer === null) return null;
      const stored = answer as unknown as Buffer;
      return {
        version: stored.toString("latin1", 0, VERSION_BYTES),
        value: stored.subarray(VERSION_BYTES + 1 + ownerLength(stored)),
      };
    },

    async swap(key, value, expected, ttlSeconds, owner = "") {
      if (expected !== null && expected.length !== VERSION_BYTES) return false;
      const head = `${randomId()}${String.fromCharCode(owner.length)}${owner}`;
      const call = {
        keys: [prefix + key],
        arguments: [
          Buffer.from(expected ?? ""),
          Buffer.concat([Buffer.from(head), value]),
          String(ttlSeconds),
        ],
      };
      if (owner === "") {
        return await ask((redis) => redis.eval(SWAP, call)) === 1;
      }
      const entry = {
        keys: [indexOf(owner)],
        arguments: [key, String(ttlSeconds)],
      };
      return await ask(async (redis) => {
        // A cluster keeps the two on different nodes; one connection keeps the order.
        if (redis.masters !== undefined) {
          await redis.eval(ADD_OWNED, entry);
          return await redis.eval(SWAP, call);
        }
        const [, written] = await redis.multi().eval(ADD_OWNED, entry)
          .eval(SWAP, call).execAsPipeline();
        return written;
      }) === 1;
    },

    owned: (owner) => listOwned(ask, indexOf(owner)),
    remove: (key) => removeAll([key]),
    removeAll,
    ping: () => ask((redis) => ping(redis, prefix)),

    // deno-lint-ignore require-await
    async [Symbol.asyncDispose]() {
      close();
    },
  };
}

/** Reads as a request does: a server may answer PING and then no session. */
async function ping(redis: RedisCommands, prefix: string): Promise<void> {
  if (redis.masters === undefined) {
    // Slots far apart: a node of a cluster, given as if it were alone, lacks one of them.
    await Promise.all([
      redis.get(`${prefix}ping{a}`),
      redis.get(`${prefix}ping{b}`),
    ]);
    return;
  }
  await Promise.all(redis.masters.map(async (master) => {
    const node = await redis.nodeClient?.(master);
    await node?.get(`${prefix}ping`).catch((error: unknown) => {
      if (!isMoved(error)) throw error; // it answers, and knows who has the key
    });
  }));
}

/** No error holds anything of what was given: it may be a URL with a password. */
function checked(options: RedisOptions) {
  const { prefix = "session:", timeout = 1000, ...given } =
    (options ?? {}) as Partial<Record<string, unknown>>;
  if (typeof prefix !== "string") throw new TypeError("prefix: give a string");
  if (typeof timeout !== "number" || !(timeout >= 1 && timeout <= 60_000)) {
    throw new TypeError("timeout: give milliseconds from 1 to 60000");
  }
  if (typeof given["url"] === "string") {
    return { from: parseRedisUrl(given["url"]), prefix, timeout };
  }
  const client = given["client"] as RedisClient | undefined;
  if (typeof client?.withCommandOptions === "function") {
    return { from: client, prefix, timeout };
  }
  throw new TypeError(
    client === undefined
      ? "redisStore: give { url } or { client }"
      : "client: give what createClient(), createCluster() or createSentinel() of node-redis 5 or 6 made",
  );
}
