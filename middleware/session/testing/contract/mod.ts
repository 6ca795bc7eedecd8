import type { SessionStore } from "../../stores/store.ts";
import { ALWAYS, WITH_OWNED, WITH_REMOVE_ALL } from "./cases.ts";
import { type Test, trial } from "./steps.ts";

type OptionalMethod = "owned" | "removeAll";

/**
 * The contract of a {@linkcode SessionStore}, as tests for any runner. `name` is
 * a sentence; `run` opens a store, tries it, closes it, and rejects when the
 * store breaks the contract. `docs/stores.md` has an example.
 *
 * @param open makes a store, anew for each test; they may share a database
 * @param options `pass`: resolves when an entry that was written with a ttl of
 * one second has ended, for a store whose clock a test moves (default: waits
 * until it is not given out any more, for at most two seconds). `without`: the
 * methods that the store lacks on purpose; their tests have a reason to `ignore`
 * them
 */
export function storeContract(
  open: () => SessionStore | Promise<SessionStore>,
  { pass, without = [] }: {
    readonly pass?: (store: SessionStore) => Promise<void> | void;
    readonly without?: readonly ("owned" | "removeAll")[];
  } = {},
): {
  readonly name: string;
  readonly ignore?: string;
  readonly run: () => Promise<void>;
}[] {
  async function run(test: Test, method?: OptionalMethod): Promise<void> {
    const store = await open();
    try {
      if (method !== undefined && store[method] === undefined) {
        throw new Error(
          `the store has no ${method}(); if that is meant, give without: ["${method}"]`,
        );
      }
      const ended = async (key: string) =>
        pass ? await pass(store) : await untilGone(store, key);
      await test(trial(store, ended));
    } finally {
      await store[Symbol.asyncDispose]?.();
    }
  }

  const cases = (tests: Record<string, Test>, method?: OptionalMethod) =>
    Object.entries(tests).map(([name, test]) => ({
      name,
      ...(method && without.includes(method) && {
        ignore: `the store has no ${method}()`,
      }),
      run: () => run(test, method),
    }));
  return [
    ...cases(ALWAYS),
    ...cases(WITH_OWNED, "owned"),
    ...cases(WITH_REMOVE_ALL, "removeAll"),
  ];
}

/** The most seconds that an entry may be given out after its end. */
const LATE_SECONDS = 2;

/** Looks again and again, instead of sleeping for a fixed time. */
async function untilGone(store: SessionStore, key: string): Promise<void> {
  const deadline = Date.now() + (1 + LATE_SECONDS) * 1000;
  while (await store.get(key) !== null) {
    if (Date.now() > deadline) {
      throw new Error(`still given out ${LATE_SECONDS} s after its end`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
