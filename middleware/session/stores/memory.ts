import { randomId } from "../cookie/base64url.ts";
import type { SessionStore } from "./store.ts";

/** Options for {@linkcode memoryStore}. */
export interface MemoryOptions {
  /** The most sessions that are kept; a new one removes the one that would end first. Default 10,000. */
  readonly limit?: number;
  /** Seconds since the epoch. Default: the clock. */
  readonly now?: () => number;
}

const LIMIT_SESSIONS = 10_000;

interface Entry {
  readonly key: string;
  readonly value: Uint8Array;
  readonly version: string;
  /** Seconds since the epoch. */
  readonly ends: number;
  readonly owner: string | undefined;
}

/** The {@linkcode SessionStore} of {@linkcode memoryStore}, and what is in it. */
export interface MemoryStore extends SessionStore {
  /** By key; some may have ended. */
  readonly entries: ReadonlyMap<
    string,
    { readonly value: Uint8Array; readonly version: string }
  >;
}

/**
 * Sessions in this process's memory, for development and tests: they end with
 * the process, and no other process sees them. There are never more than `limit`,
 * of at most 60,000 bytes each.
 *
 * @throws {TypeError} when the limit is not a whole number above 0
 */
export function memoryStore(
  { limit = LIMIT_SESSIONS, now = () => Date.now() / 1000 }: MemoryOptions = {},
): MemoryStore {
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw new TypeError(
      `memoryStore: limit is ${limit}; give a whole number above 0`,
    );
  }
  const entries = new Map<string, Entry>();
  const owners = new Map<string, Set<string>>();
  let byEnd: Entry[] = [];

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

  function keep(entry: Entry): void {
    forget(entry.key);
    entries.set(entry.key, entry);
    push(byEnd, entry);
    if (entry.owner === undefined) return;
    const keys = owners.get(entry.owner) ?? new Set();
    owners.set(entry.owner, keys.add(entry.key));
  }

  /** Removes what has ended, and makes room for one more. */
  function makeRoom(): void {
    for (let first = byEnd[0]; first !== undefined; first = byEnd[0]) {
      const isCurrent = entries.get(first.key) === first;
      const isOver = first.ends <= now() || entries.size >= limit;
      if (isCurrent && !isOver) break;
      if (isCurrent) forget(first.key);
      pop(byEnd);
    }
    if (byEnd.length < 2 * limit) return;
    byEnd = [];
    for (const entry of entries.values()) push(byEnd, entry);
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
      keep({ key, value, version: randomId(), ends, owner });
      return Promise.resolve(true);
    },

    owned: (owner) => Promise.resolve([...owners.get(owner) ?? []]),

    remove: (key) => Promise.resolve(forget(key)),

    ping: () => Promise.resolve(),
  };
}

// A binary heap: the entry that ends first is at the front. An entry that was
// replaced or removed stays in it until it gets there.

function push(heap: Entry[], entry: Entry): void {
  let at = heap.length;
  while (at > 0) {
    const parent = (at - 1) >> 1;
    const above = heap[parent];
    if (above === undefined || above.ends <= entry.ends) break;
    heap[at] = above;
    at = parent;
  }
  heap[at] = entry;
}

function pop(heap: Entry[]): void {
  const last = heap.pop();
  if (last === undefined || heap.length === 0) return;
  let at = 0;
  while (true) {
    const [left, right] = [heap[2 * at + 1], heap[2 * at + 2]];
    if (left === undefined) break;
    const isRight = right !== undefined && right.ends < left.ends;
    const next = isRight ? right : left;
    if (next.ends >= last.ends) break;
    heap[at] = next;
    at = 2 * at + (isRight ? 2 : 1);
  }
  heap[at] = last;
}
