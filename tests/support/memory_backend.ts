// A Backend in a Map, for tests: what the real ones promise, with nothing to set up.
import type { Backend } from "../../middleware/session/mod.ts";

export interface MemoryBackendOptions {
  /** Awaited before every operation: a test decides who goes first. */
  readonly turn?: (operation: "get" | "swap" | "remove") => Promise<void>;
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

export interface MemoryBackend extends Backend {
  /** What is stored now, by key. */
  readonly entries: Map<string, { value: Uint8Array; version: string }>;
  /** From now on every operation fails with this error; undefined: none does. */
  fail(error: Error | undefined): void;
}

export function memoryBackend(
  { turn = () => Promise.resolve(), now = () => Date.now() / 1000 }:
    MemoryBackendOptions = {},
): MemoryBackend {
  const entries = new Map<
    string,
    { value: Uint8Array; version: string; goneAt: number }
  >();
  let versions = 0;
  let failure: Error | undefined;

  async function begin(operation: "get" | "swap" | "remove"): Promise<void> {
    await turn(operation);
    if (failure !== undefined) throw failure;
    for (const [key, { goneAt }] of entries) {
      if (goneAt <= now()) entries.delete(key);
    }
  }

  return {
    kind: "memory",
    entries,
    fail(error) {
      failure = error;
    },
    async get(key) {
      await begin("get");
      return entries.get(key) ?? null;
    },
    async swap(key, value, expected, ttlSeconds) {
      await begin("swap");
      if ((entries.get(key)?.version ?? null) !== expected) return false;
      const version = String(++versions);
      entries.set(key, {
        value: value.slice(),
        version,
        goneAt: now() + ttlSeconds,
      });
      return true;
    },
    async remove(key) {
      await begin("remove");
      entries.delete(key);
    },
    ping() {
      return failure === undefined
        ? Promise.resolve()
        : Promise.reject(failure);
    },
  };
}
