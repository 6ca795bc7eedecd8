import { randomId } from "../cookie/base64url.ts";
import type { SessionStore } from "./store.ts";

/** The share of the limit that a full store removes. */
const REMOVED_SHARE = 1 / 20;

interface Entry {
  readonly value: Uint8Array;
  readonly version: string;
  /** Seconds since the epoch. */
  readonly ends: number;
  readonly owner: string | undefined;
}

/**
 * Sessions in this process's memory, for development and tests: they end with
 * the process, and no other process sees them. It keeps at most `limit` sessions,
 * of at most 60,000 bytes each.
 *
 * @throws {TypeError} when the limit is not a whole number above 0
 */
export function memoryStore(
  { limit = 10_000, now = () => Date.now() / 1000 }: {
    /** The most sessions that are kept; when it is full, the twentieth that would end first is removed. Default 10,000. */
    readonly limit?: number;
    /** Seconds since the epoch. Default: the system clock. */
    readonly now?: () => number;
  } = {},
): SessionStore & {
  /** The stored sessions by key; some may have ended. */
  readonly entries: ReadonlyMap<
    string,
    { readonly value: Uint8Array; readonly version: string }
  >;
} {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new TypeError(
      `memoryStore: limit is ${limit}; give a whole number above 0`,
    );
  }
  const entries = new Map<string, Entry>();

  function find(key: string): Entry | null {
    const entry = entries.get(key);
    return entry !== undefined && entry.ends > now() ? entry : null;
  }

  /** Many at once, so that a full store is not searched for each new session. */
  function makeRoom(): void {
    if (entries.size < limit) return;
    const all = [...entries].sort(([, a], [, b]) => a.ends - b.ends);
    const firstToEnd = all.slice(0, Math.ceil(limit * REMOVED_SHARE));
    for (const [key] of firstToEnd) entries.delete(key);
  }

  return {
    kind: "memory",
    entries,

    get: (key) => Promise.resolve(find(key)),

    swap(key, value, expected, ttlSeconds, owner) {
      const current = find(key);
      if ((current?.version ?? null) !== expected) {
        return Promise.resolve(false);
      }
      if (current === null) makeRoom();
      const ends = now() + ttlSeconds;
      entries.set(key, { value, version: randomId(), ends, owner });
      return Promise.resolve(true);
    },

    owned(owner) {
      const theirs = [...entries].filter(([, entry]) => entry.owner === owner);
      return Promise.resolve(theirs.map(([key]) => key));
    },

    remove: (key) => Promise.resolve(void entries.delete(key)),

    removeAll(keys) {
      for (const key of keys) entries.delete(key);
      return Promise.resolve();
    },

    ping: () => Promise.resolve(),
  };
}
