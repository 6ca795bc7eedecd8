// What the tests of the contract are made of.
import { randomId } from "../../cookie/base64url.ts";
import type { Backend } from "../../stores/store.ts";

/** Tries one thing; throws when the backend breaks the contract. */
export type Test = (
  backend: Backend,
  /** Resolves when this key, written with a ttl of a second, has ended. */
  ended: (key: string) => Promise<void>,
) => Promise<void>;

export function same<T>(actual: T, expected: T): void {
  if (actual === expected) return;
  throw new Error(`expected ${String(expected)}, got ${String(actual)}`);
}

export async function written(
  backend: Backend,
  value: string,
  ttlSeconds = 60,
  owner?: string,
): Promise<string> {
  const key = randomId();
  const args = [key, bytes(value), null, ttlSeconds] as const;
  same(await backend.swap(...args, ...(owner ? [owner] : [])), true);
  return key;
}

/** Writes it once more, at the version that is there. */
export async function again(
  backend: Backend,
  key: string,
  ttlSeconds: number,
  owner?: string,
): Promise<void> {
  const { version } = await found(backend, key);
  const args = [key, bytes("again"), version, ttlSeconds] as const;
  same(await backend.swap(...args, ...(owner ? [owner] : [])), true);
}

export function atOnce<R>(task: (i: number) => Promise<R>): Promise<R[]> {
  return Promise.all(Array.from({ length: 20 }, (_, i) => task(i)));
}

/** 43 characters of base64url, as `serverStore` makes them. */
export function newOwner(): string {
  return (randomId() + randomId()).slice(0, 43);
}

export function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

export async function found(
  backend: Backend,
  key: string,
): Promise<NonNullable<Awaited<ReturnType<Backend["get"]>>>> {
  const entry = await backend.get(key);
  if (entry === null) throw new Error("nothing is there");
  return entry;
}

export async function text(backend: Backend, key: string): Promise<string> {
  return new TextDecoder().decode((await found(backend, key)).value);
}
