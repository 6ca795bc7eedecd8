import { type Backend, serverStore, type SessionStore } from "./store.ts";

/** As much of `Deno.Kv` as a store needs, so that this file compiles without Deno's types. */
export interface KvDatabase {
  /** The entry of a key; null and null when there is none. */
  get(
    key: string[],
  ): Promise<{ readonly value: unknown; readonly versionstamp: string | null }>;
  /** Removes an entry. */
  delete(key: string[]): Promise<void>;
  /** Begins a compare-and-swap. */
  atomic(): KvAtomicOperation;
  /** Closes the database. */
  close(): void;
}

/** As much of `Deno.AtomicOperation`. */
export interface KvAtomicOperation {
  /** Writes only if the entry is still that old. */
  check(entry: { key: string[]; versionstamp: string | null }): this;
  /** Writes an entry that goes after `expireIn` milliseconds. */
  set(key: string[], value: unknown, options: { expireIn: number }): this;
  /** Does all of it or nothing. */
  commit(): Promise<{ readonly ok: boolean }>;
}

/** What {@linkcode denoKvStore} may be told. */
export interface DenoKvOptions {
  /** Seconds since the epoch. Default: the clock. */
  readonly now?: () => number;
}

/**
 * Sessions in Deno KV: a file on a machine, the managed database on Deno Deploy.
 * Closes `kv` when it is disposed.
 *
 * ```ts
 * const store = denoKvStore(await Deno.openKv());
 * ```
 */
export function denoKvStore(
  kv: KvDatabase,
  options?: DenoKvOptions,
): SessionStore & AsyncDisposable {
  return serverStore(denoKvBackend(kv, options));
}

/** `expireIn` may be a minute late, so the end is stored as well. Bytes, because a string may take twice its length. */
interface Entry {
  readonly ends: number;
  readonly value: Uint8Array;
}

const VERSIONSTAMP = /^[0-9a-f]{20}$/;

/** Two processes that write hard to one file get in each other's way for moments. */
const LOCKED_ATTEMPTS = 50;
const LOCKED_PAUSE_MILLISECONDS = 20;

/** The {@linkcode Backend} of {@linkcode denoKvStore}. */
export function denoKvBackend(
  kv: KvDatabase,
  { now = () => Date.now() / 1000 }: DenoKvOptions = {},
): Backend & AsyncDisposable {
  async function find(key: string) {
    const { value, versionstamp } = await retried(() => kv.get(path(key)));
    const entry = value as Entry | null;
    const isLive = entry !== null && entry.ends > now();
    return { entry: isLive ? entry : null, versionstamp };
  }

  return {
    kind: "denokv",

    async get(key) {
      const { entry, versionstamp } = await find(key);
      if (entry === null || versionstamp === null) return null;
      return { value: entry.value, version: versionstamp };
    },

    async swap(key, value, expected, ttlSeconds) {
      const { entry, versionstamp } = await find(key);
      // What has ended is as good as absent, though it may still be there.
      const found = entry === null ? null : versionstamp;
      if (found !== expected) return false;
      if (expected !== null && !VERSIONSTAMP.test(expected)) return false;
      const next: Entry = { ends: now() + ttlSeconds, value };
      const { ok } = await retried(() =>
        kv.atomic().check({ key: path(key), versionstamp })
          .set(path(key), next, { expireIn: ttlSeconds * 1000 }).commit()
      );
      return ok;
    },

    remove: (key) => retried(() => kv.delete(path(key))),

    async ping() {
      await retried(() => kv.get(path("")));
    },

    // deno-lint-ignore require-await
    async [Symbol.asyncDispose]() {
      kv.close();
    },
  };
}

function path(key: string): string[] {
  return ["session", key];
}

async function retried<R>(ask: () => Promise<R>): Promise<R> {
  for (let attempt = 1;; attempt++) {
    try {
      return await ask();
    } catch (error) {
      const isLocked = error instanceof Error &&
        error.message.includes("database is locked");
      if (!isLocked || attempt === LOCKED_ATTEMPTS) throw error;
      const ms = Math.random() * LOCKED_PAUSE_MILLISECONDS;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
  }
}
