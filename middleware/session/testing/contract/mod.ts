import { CASES } from "./cases.ts";
import type { Backend } from "../../stores/store.ts";

/** One of the tests of {@linkcode storeContract}, for any test runner. */
export interface StoreContractCase {
  /** What must hold, as a sentence. */
  readonly name: string;
  /** Opens a backend, tries it, closes it; rejects when it breaks the contract. */
  readonly run: () => Promise<void>;
}

/** Options for {@linkcode storeContract}. */
export interface StoreContractOptions {
  /**
   * Resolves when an entry that was written with a ttl of one second has ended:
   * for a backend whose clock a test moves. Default: waits until it is not given
   * out any more.
   */
  readonly pass?: (backend: Backend) => Promise<void> | void;
  /** The most seconds that an entry may be given out after its end. Default 2. */
  readonly lateSeconds?: number;
}

/**
 * What every {@linkcode Backend} must do, as tests for any runner.
 *
 * ```ts
 * import { storeContract } from "@baton/session/testing";
 * import { sqliteBackend } from "@baton/session/sqlite";
 *
 * for (const { name, run } of storeContract(() => sqliteBackend("test.db"))) {
 *   Deno.test(`SQLite: ${name}`, run); // or test() of node:test, vitest, …
 * }
 * ```
 *
 * @param open makes a backend, anew for each test; they may share a database
 */
export function storeContract(
  open: () => Backend | Promise<Backend>,
  { pass, lateSeconds = 2 }: StoreContractOptions = {},
): StoreContractCase[] {
  return Object.entries(CASES).map(([name, test]) => ({
    name,
    async run() {
      const backend = await open();
      try {
        await test(backend, async (short) => {
          if (pass === undefined) await untilGone(backend, short, lateSeconds);
          else await pass(backend);
        });
      } finally {
        await backend[Symbol.asyncDispose]?.();
      }
    },
  }));
}

/** Looks again and again; that is not the same as sleeping and hoping. */
async function untilGone(
  backend: Backend,
  key: string,
  lateSeconds: number,
): Promise<void> {
  const deadline = Date.now() + (1 + lateSeconds) * 1000;
  while (await backend.get(key) !== null) {
    if (Date.now() > deadline) {
      throw new Error(`still given out ${lateSeconds} s after its end`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
