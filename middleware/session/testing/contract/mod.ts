import { CASES } from "./cases.ts";
import type { SessionStore } from "../../stores/store.ts";

/**
 * The contract of a {@linkcode SessionStore}, as tests for any runner. `name` is
 * a sentence; `run` opens a store, tries it, closes it, and rejects when the
 * store breaks the contract.
 *
 * ```ts
 * import { storeContract } from "@baton/session/testing";
 * import { sqliteStore } from "@baton/session/sqlite";
 *
 * for (const { name, run } of storeContract(() => sqliteStore("test.db"))) {
 *   Deno.test(`SQLite: ${name}`, run); // or test() of node:test, vitest, …
 * }
 * ```
 *
 * @param open makes a store, anew for each test; they may share a database
 */
export function storeContract(
  open: () => SessionStore | Promise<SessionStore>,
  { pass, lateSeconds = 2 }: {
    /**
     * Resolves when an entry that was written with a ttl of one second has ended:
     * for a store whose clock a test moves. Default: waits until the store does
     * not give it out any more.
     */
    readonly pass?: (store: SessionStore) => Promise<void> | void;
    /** The most seconds that an entry may be given out after its end. Default 2. */
    readonly lateSeconds?: number;
  } = {},
): { readonly name: string; readonly run: () => Promise<void> }[] {
  return Object.entries(CASES).map(([name, test]) => ({
    name,
    async run() {
      const store = await open();
      try {
        await test(store, async (short) => {
          if (pass === undefined) await untilGone(store, short, lateSeconds);
          else await pass(store);
        });
      } finally {
        await store[Symbol.asyncDispose]?.();
      }
    },
  }));
}

/** Looks again and again, instead of sleeping for a fixed time. */
async function untilGone(
  store: SessionStore,
  key: string,
  lateSeconds: number,
): Promise<void> {
  const deadline = Date.now() + (1 + lateSeconds) * 1000;
  while (await store.get(key) !== null) {
    if (Date.now() > deadline) {
      throw new Error(`still given out ${lateSeconds} s after its end`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
