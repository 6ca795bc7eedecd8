import { Buffer } from "node:buffer";
import { withinLimit } from "../time_limit.ts";
import {
  type RedisClient,
  type RedisCommands,
  type RedisSource,
  sharedClient,
} from "./client.ts";
import { RedisConnection } from "./connection.ts";
import {
  ADD_OWNED,
  OWNER_BYTES,
  REMOVE,
  SWAP,
  VERSION_BYTES,
} from "./scripts.ts";
import { parseRedisUrl } from "./url.ts";
import type { SessionStore } from "../store.ts";

export type { RedisClient } from "./client.ts";

/** How {@linkcode redisStore} reaches Redis: by a URL, or by a client of yours. */
export type RedisOptions =
  & {
    /** The beginning of every key. Default "session:". */
    readonly prefix?: string;
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

const encoder = new TextEncoder();

/** Entries read with one question, more or less, so that others come in between. */
const PAGE = 1000;

/**
 * Sessions in Redis 6 or newer, or Valkey, for many machines: one server, a
 * cluster, or a master that sentinels watch. It may be down when the app
 * starts; a server that stalls is given up after a second, and connected to
 * again as soon as it answers.
 *
 * @throws {TypeError} when an option is wrong; the message holds nothing of the URL
 */
export function redisStore(
  options: RedisOptions,
): SessionStore & AsyncDisposable {
  const { source, prefix } = opened(options);
  const indexOf = (owner: string) => `${prefix}owner:${owner}`;

  /** The answer to a question, or an error within the time limit. */
  async function ask<R>(
    question: (redis: RedisCommands) => Promise<R>,
  ): Promise<R> {
    const found = source.client();
    const client = found instanceof Promise
      ? await withinLimit(() => found)
      : found;
    try {
      return await withinLimit(() => question(client.redis));
    } catch (error) {
      source.failed?.(client, error);
      throw isMoved(error) ? new Error(IS_CLUSTER, { cause: error }) : error;
    }
  }

  /** An entry that is left over does no harm: its failure is not the session's. */
  async function dropEntry(owner: string, key: string): Promise<void> {
    await ask((redis) => redis.zRem(indexOf(owner), key)).catch(() => {});
  }

  async function removeAll(keys: readonly string[]): Promise<void> {
    const owners = await ask((redis) =>
      Promise.all(
        keys.map((key) => redis.eval(REMOVE, { keys: [prefix + key] })),
      )
    );
    await Promise.all(keys.map((key, i) => {
      const owner = String(owners[i]);
      return owner && dropEntry(owner, key);
    }));
  }

  return {
    kind: "redis",
    ownedInSteps: true,

    async get(key) {
      const answer = await ask((redis) => redis.get(prefix + key));
      if (answer === null) return null;
      const stored = answer as unknown as Buffer;
      const length = stored[VERSION_BYTES] ?? 0;
      const before = length > OWNER_BYTES ? 0 : 1 + length;
      return {
        version: stored.toString("latin1", 0, VERSION_BYTES),
        value: stored.subarray(VERSION_BYTES + before),
      };
    },

    async swap(key, value, expected, ttlSeconds, owner = "") {
      if (expected !== null && expected.length !== VERSION_BYTES) return false;
      // A UUID costs less than an id, and has 74 random bits there.
      const version = crypto.randomUUID().slice(-VERSION_BYTES);
      const head = `${version}${String.fromCharCode(owner.length)}${owner}`;
      const stored = Buffer.allocUnsafe(head.length + value.length);
      encoder.encodeInto(head, stored);
      stored.set(value, head.length);
      if (expected === null && owner === "") {
        // A new session of no owner needs no script, which costs more.
        const answer = await ask((redis) =>
          redis.set(prefix + key, stored, {
            condition: "NX",
            expiration: { type: "EX", value: ttlSeconds },
          })
        );
        return answer !== null;
      }
      const ttl = String(ttlSeconds);
      const args = [expected ?? "", stored, ttl];
      const session = { keys: [prefix + key], arguments: args };
      const entry = { keys: [indexOf(owner)], arguments: [key, ttl] };
      const before = await ask((redis) =>
        owner === ""
          ? redis.eval(SWAP, session)
          : swapOwned(redis, entry, session)
      );
      if (before === null) return false;
      const former = before === 1 ? owner : String(before);
      if (former !== owner) void dropEntry(former, key);
      return true;
    },

    /** With ZSCAN, which misses no entry, though others move meanwhile. */
    async owned(owner) {
      const keys = new Set<string>();
      let cursor = "0";
      do {
        const page = await ask((redis) =>
          redis.zScan(indexOf(owner), cursor, { COUNT: PAGE })
        );
        for (const { value } of page.members) keys.add(String(value));
        cursor = String(page.cursor);
      } while (cursor !== "0");
      return [...keys];
    },

    remove: (key) => removeAll([key]),
    removeAll,
    ping: () => ask((redis) => ping(redis, prefix)),

    // deno-lint-ignore require-await
    async [Symbol.asyncDispose]() {
      source.close?.();
    },
  };
}

/** Writes the entry of the owner's list, then the session. One connection keeps the order; a cluster keeps the two on different nodes. */
async function swapOwned(
  redis: RedisCommands,
  entry: EvalOptions,
  session: EvalOptions,
): Promise<unknown> {
  if (redis.masters !== undefined) {
    await redis.eval(ADD_OWNED, entry);
    return await redis.eval(SWAP, session);
  }
  const [, written] = await redis.multi().eval(ADD_OWNED, entry)
    .eval(SWAP, session).execAsPipeline();
  return written;
}

type EvalOptions = Parameters<RedisCommands["eval"]>[1];

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

/** Whether a node of a cluster says that another one has the key. */
function isMoved(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith("MOVED ");
}

const IS_CLUSTER =
  "This Redis is a node of a cluster: give redis-cluster://HOST:PORT,HOST:PORT, or a client of createCluster()";

/** No error holds anything of what was given: it may be a URL with a password. */
function opened(options: RedisOptions) {
  const { prefix = "session:", url, client, ...rest } =
    (options ?? {}) as Partial<Record<string, unknown>>;
  if ((typeof url === "string") === (client !== undefined)) {
    throw new TypeError("redisStore: give { url } or { client }");
  }
  for (const name in rest) {
    throw new TypeError(`${name}: there is no such option`);
  }
  if (typeof prefix !== "string") throw new TypeError("prefix: give a string");
  const source: RedisSource = typeof url === "string"
    ? new RedisConnection(parseRedisUrl(url))
    : sharedClient(client as RedisClient | null);
  return { source, prefix };
}
