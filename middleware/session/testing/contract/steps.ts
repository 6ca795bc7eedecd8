// The steps that the tests of the contract are made of.
import { randomId } from "../../cookie/base64url.ts";
import type { SessionStore } from "../../stores/store.ts";

/** Tries one thing; throws when the store breaks the contract. */
export type Test = (t: Trial) => Promise<void>;

export type Trial = ReturnType<typeof trial>;

/**
 * One trial of a store.
 *
 * @param ended resolves when this key, written with a ttl of a second, has ended
 */
export function trial(
  store: SessionStore,
  ended: (key: string) => Promise<void>,
) {
  /** A swap of text. */
  const swap = (
    key: string,
    value: string,
    expected: string | null,
    ttlSeconds = 60,
    owner?: string,
  ) => store.swap(key, bytes(value), expected, ttlSeconds, owner);

  async function find(key: string) {
    const answer = store.get(key);
    same(typeof answer.then, "function"); // a promise, always
    const entry = await answer;
    if (entry === null) throw new Error("nothing is there");
    same(typeof entry.version, "string");
    return entry;
  }

  return {
    ...{ store, ended, swap, find },

    /** Writes a new key. */
    async write(value: string, ttlSeconds?: number, owner?: string) {
      const key = randomId();
      same(await swap(key, value, null, ttlSeconds, owner), true);
      return key;
    },

    /** Writes it once more, at the version that is there. */
    async again(key: string, ttlSeconds: number, owner?: string) {
      const { version } = await find(key);
      same(await swap(key, "again", version, ttlSeconds, owner), true);
    },

    async text(key: string) {
      return new TextDecoder().decode((await find(key)).value);
    },

    async lists(owner: string, keys: readonly string[]) {
      const listed = await store.owned?.(owner);
      for (const key of keys) same(listed?.includes(key), true);
    },
  };
}

export function same<T>(actual: T, expected: T): void {
  if (actual === expected) return;
  throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}

export function atOnce<R>(task: (i: number) => Promise<R>): Promise<R[]> {
  return Promise.all(Array.from({ length: 20 }, (_, i) => task(i)));
}

/** 43 characters of base64url, as the package makes them. */
export function newOwner(): string {
  return (randomId() + randomId()).slice(0, 43);
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
