import { randomId } from "../cookie/base64url.ts";
import type { SessionStore } from "./store.ts";

const LIMIT_SESSIONS = 10_000;

/** The share of the limit that one search finds to leave next. */
const SEARCHED_SHARE = 1 / 20;

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
  { limit = LIMIT_SESSIONS, now = () => Date.now() / 1000 }: {
    /** The most sessions that are kept; a new one removes the one that would end first. Default 10,000. */
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
  const owners = new Map<string, Set<string>>();

  function find(key: string): Entry | null {
    const entry = entries.get(key);
    return entry !== undefined && entry.ends > now() ? entry : null;
  }

  function forget(key: string): void {
    const owner = entries.get(key)?.owner;
    entries.delete(key);
    if (owner === undefined) return;
    const keys = owners.get(owner);
    keys?.delete(key);
    if (keys?.size === 0) owners.delete(owner);
  }

  function keep(key: string, entry: Entry): void {
    forget(key);
    entries.set(key, entry);
    if (entry.owner === undefined) return;
    const keys = owners.get(entry.owner) ?? new Set();
    owners.set(entry.owner, keys.add(key));
  }

  /** The sessions that end first, the very first one last: a full store is not searched for each new session. */
  let leaving: [string, Entry][] = [];

  /** Makes room for one more: removes ended sessions or, if there are none, the one that would end first. */
  function makeRoom(): void {
    while (entries.size >= limit) {
      const next = leaving.pop();
      if (next === undefined) leaving = firstToEnd();
      else if (entries.get(next[0]) === next[1]) forget(next[0]);
    }
  }

  function firstToEnd(): [string, Entry][] {
    const time = now();
    for (const [key, { ends }] of entries) if (ends <= time) forget(key);
    const latestFirst = [...entries].sort(([, a], [, b]) => b.ends - a.ends);
    return latestFirst.slice(-Math.ceil(limit * SEARCHED_SHARE));
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
      const [last] = leaving;
      if (last !== undefined && ends < last[1].ends) leaving = [];
      keep(key, { value, version: randomId(), ends, owner });
      return Promise.resolve(true);
    },

    owned: (owner) => Promise.resolve([...owners.get(owner) ?? []]),

    remove: (key) => Promise.resolve(forget(key)),

    removeAll: (keys) => Promise.resolve(keys.forEach(forget)),

    ping: () => Promise.resolve(),
  };
}
