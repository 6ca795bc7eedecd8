import { Buffer } from "node:buffer";
import { createClient, RESP_TYPES } from "redis";
import { randomId } from "../base64url.ts";
import { type Backend, serverStore, type SessionStore } from "./store.ts";

/** What {@linkcode redisStore} needs to know. */
export interface RedisOptions {
  /** `redis://` or `rediss://` (TLS), with user and password if need be. */
  readonly url: string;
  /** The most a command may take, in milliseconds. Default 1000. */
  readonly timeout?: number;
}

/**
 * Sessions in Redis 6 or newer, or Valkey, for many machines. It may be down
 * when the app starts; a server that stalls is given up after `timeout`, and
 * connected to again as soon as it answers.
 *
 * @throws {TypeError} when the URL is none
 */
export function redisStore(
  options: RedisOptions,
): SessionStore & AsyncDisposable {
  return serverStore(redisBackend(options));
}

const PREFIX = "session:";

/** Before the value: a random version, so that none fits again after a remove. */
const VERSION_BYTES = 22;

/** One key, so it works on a cluster. An empty ARGV[1] expects nothing there. */
const SWAP = `
if redis.call('GETRANGE', KEYS[1], 0, ${VERSION_BYTES - 1}) ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1`;

/** The longest pause between two attempts to connect. */
const RECONNECT_MILLISECONDS = 250;

/** The {@linkcode Backend} of {@linkcode redisStore}. */
export function redisBackend(
  { url, timeout = 1000 }: RedisOptions,
): Backend & AsyncDisposable {
  let current = connect(url, timeout);

  /** Gives up after `timeout`, and on a connection that stalled: what waits in it would never end. */
  async function within<R>(
    ask: (client: Connection["client"]) => Promise<R>,
  ): Promise<R> {
    const asked = current;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => {
        if (current === asked && asked.client.isReady) {
          current = { ...connect(url, timeout), begun: Promise.resolve() };
          asked.client.destroy();
        }
        reject(new Error(`Redis took longer than ${timeout} ms`));
      }, timeout);
    });
    try {
      const answer = asked.begun.then(() => {
        if (asked.client.isReady) return ask(asked.client);
        throw new Error(`Redis is not connected: ${asked.trouble()}`);
      });
      return await Promise.race([answer, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    kind: "redis",

    async get(key) {
      const stored = await within((client) => client.get(PREFIX + key));
      if (stored === null) return null;
      return {
        version: stored.toString("latin1", 0, VERSION_BYTES),
        value: stored.subarray(VERSION_BYTES),
      };
    },

    async swap(key, value, expected, ttlSeconds) {
      if (expected !== null && expected.length !== VERSION_BYTES) return false;
      const next = Buffer.concat([Buffer.from(randomId()), value]);
      const written = await within((client) =>
        client.eval(SWAP, {
          keys: [PREFIX + key],
          arguments: [
            Buffer.from(expected ?? ""),
            next,
            Buffer.from(String(ttlSeconds)),
          ],
        })
      );
      return written === 1;
    },

    async remove(key) {
      await within((client) => client.del(PREFIX + key));
    },

    async ping() {
      await within((client) => client.ping());
    },

    // deno-lint-ignore require-await
    async [Symbol.asyncDispose]() {
      current.client.destroy();
    },
  };
}

type Connection = ReturnType<typeof connect>;

function connect(url: string, timeout: number) {
  const client = createClient({
    url,
    disableOfflineQueue: true, // while Redis is away, a command fails at once
    maintNotifications: "disabled", // Redis Enterprise's; it would read the environment
    socket: {
      connectTimeout: timeout,
      reconnectStrategy: (retries) =>
        Math.min(10 * 2 ** retries, RECONNECT_MILLISECONDS),
    },
  }).withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer });
  // Without a listener an error would end the process; a command that fails tells it.
  let trouble = "not yet";
  client.on("error", (error: Error) => {
    trouble = error.message || error.name;
  });
  // Commands of the first moment wait for the connection, or for its first failure.
  const begun = new Promise<void>((resolve) => {
    client.once("ready", resolve);
    client.once("error", () => resolve());
  });
  client.connect().catch(() => {}); // never awaited: it tries until it succeeds
  return { client, begun, trouble: () => trouble };
}
