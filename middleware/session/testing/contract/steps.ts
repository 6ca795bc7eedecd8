// The steps that the tests of the contract are made of.
import { randomId } from "../../cookie/base64url.ts";
import type { SessionStore } from "../../stores/store.ts";

/** Tries one thing; throws when the store breaks the contract. */
export type Test = (
  store: SessionStore,
  /** Resolves when this key, written with a ttl of a second, has ended. */
  ended: (key: string) => Promise<void>,
) => Promise<void>;

export function same<T>(actual: T, expected: T): void {
  if (actual === expected) return;
  throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}

/** A swap of text. */
export function swapped(
  store: SessionStore,
  key: string,
  value: string,
  expected: string | null,
  ttlSeconds = 60,
  owner?: string,
): Promise<boolean> {
  const args = [key, bytes(value), expected, ttlSeconds] as const;
  return store.swap(...args, ...(owner ? [owner] : []));
}

/** Writes a new key. */
export async function written(
  store: SessionStore,
  value: string,
  ttlSeconds?: number,
  owner?: string,
): Promise<string> {
  const key = randomId();
  same(await swapped(store, key, value, null, ttlSeconds, owner), true);
  return key;
}

/** Writes it once more, at the version that is there. */
export async function again(
  store: SessionStore,
  key: string,
  ttlSeconds: number,
  owner?: string,
): Promise<void> {
  const { version } = await found(store, key);
  same(await swapped(store, key, "again", version, ttlSeconds, owner), true);
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

export async function found(
  store: SessionStore,
  key: string,
): Promise<NonNullable<Awaited<ReturnType<SessionStore["get"]>>>> {
  const entry = await store.get(key);
  if (entry === null) throw new Error("nothing is there");
  return entry;
}

export async function text(store: SessionStore, key: string): Promise<string> {
  return new TextDecoder().decode((await found(store, key)).value);
}
