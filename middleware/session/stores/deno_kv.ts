import { unlessLocked } from "./locked.ts";
import type { SessionStore } from "./store.ts";

/** The part of `Deno.Kv` that a store needs, so that this file compiles without Deno's types. */
export interface KvDatabase {
  /** The entry of a key; null and null when there is none. */
  get(
    key: string[],
  ): Promise<{ readonly value: unknown; readonly versionstamp: string | null }>;
  /** The entries whose keys begin with these parts. */
  list(
    selector: { prefix: string[] },
  ): AsyncIterable<{ readonly key: readonly unknown[] }>;
  /** Begins a change of several entries. */
  atomic(): KvAtomicOperation;
  /** Closes the database. */
  close(): void;
}

/** The part of `Deno.AtomicOperation` that a store needs. */
export interface KvAtomicOperation {
  /** Writes only if the entry still has this version. */
  check(entry: { key: string[]; versionstamp: string | null }): this;
  /** Writes an entry that is removed after `expireIn` milliseconds. */
  set(key: string[], value: unknown, options: { expireIn: number }): this;
  /** Removes an entry. */
  delete(key: string[]): this;
  /** Does all of it or nothing. */
  commit(): Promise<{ readonly ok: boolean }>;
}

/** `expireIn` may be a minute late, so the end is stored as well. Bytes, because a string may take twice its length. */
interface Entry {
  readonly ends: number;
  readonly value: Uint8Array;
  readonly owner?: string;
}

/** Keys that are removed before other requests get a turn. Deno KV changes at most 1,000 entries in one step. */
const KEYS_AT_ONCE = 100;

/**
 * Sessions in Deno KV: a file on a machine, the managed database on Deno Deploy.
 * Closes `kv`, from `await Deno.openKv()`, when it is disposed.
 *
 * @throws {TypeError} when the prefix is empty
 */
export function denoKvStore(
  kv: KvDatabase,
  { prefix = "session", now = () => Date.now() / 1000 }: {
    /** The first part of every key, so that two apps can share a database. Default "session". */
    readonly prefix?: string;
    /** Seconds since the epoch. Default: the system clock. */
    readonly now?: () => number;
  } = {},
): SessionStore & AsyncDisposable {
  if (typeof prefix !== "string" || prefix === "") {
    throw new TypeError("denoKvStore: prefix: give a text that is not empty");
  }
  const path = (key: string) => [prefix, key];
  const ownedPath = (owner: string, ...key: string[]) => [
    `${prefix}_owner`,
    owner,
    ...key,
  ];

  async function find(key: string) {
    const { value, versionstamp } = await unlessLocked(() => kv.get(path(key)));
    const entry = value as Entry | null;
    const isLive = entry !== null && entry.ends > now();
    return { entry, isLive, versionstamp };
  }

  async function removeAll(keys: readonly string[]): Promise<void> {
    for (let at = 0; at < keys.length; at += KEYS_AT_ONCE) {
      const some = keys.slice(at, at + KEYS_AT_ONCE);
      const found = await Promise.all(some.map(find));
      await unlessLocked(() => {
        const change = kv.atomic();
        for (const [i, key] of some.entries()) {
          change.delete(path(key));
          // If another owner wrote it meanwhile, that entry ends by itself.
          const owner = found[i]?.entry?.owner;
          if (owner !== undefined) change.delete(ownedPath(owner, key));
        }
        return change.commit();
      });
    }
  }

  return {
    kind: "denokv",
    ownedInSteps: true,

    async get(key) {
      const { entry, isLive, versionstamp } = await find(key);
      if (entry === null || !isLive || versionstamp === null) return null;
      return { value: entry.value, version: versionstamp };
    },

    async swap(key, value, expected, ttlSeconds, owner) {
      const { entry, isLive, versionstamp } = await find(key);
      // An ended entry counts as absent, though it may still be there.
      if ((isLive ? versionstamp : null) !== expected) return false;
      const expireIn = ttlSeconds * 1000;
      const { ok } = await unlessLocked(() => {
        const next: Entry = {
          ends: now() + ttlSeconds,
          value,
          ...(owner !== undefined && { owner }),
        };
        const change = kv.atomic().check({ key: path(key), versionstamp })
          .set(path(key), next, { expireIn });
        if (entry?.owner !== undefined && entry.owner !== owner) {
          change.delete(ownedPath(entry.owner, key));
        }
        if (owner !== undefined) {
          change.set(ownedPath(owner, key), true, { expireIn });
        }
        return change.commit();
      });
      return ok;
    },

    owned: (owner) =>
      unlessLocked(async () => {
        const keys: string[] = [];
        for await (const { key } of kv.list({ prefix: ownedPath(owner) })) {
          keys.push(String(key.at(-1)));
        }
        return keys;
      }),

    remove: (key) => removeAll([key]),

    removeAll,

    async ping() {
      await find("");
    },

    // deno-lint-ignore require-await
    async [Symbol.asyncDispose]() {
      kv.close();
    },
  };
}
