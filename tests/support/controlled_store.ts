// memoryStore(), and a test decides when it answers, and whether.
import { memoryStore } from "../../middleware/session/mod.ts";

type Operation = "get" | "swap" | "remove";

export interface ControlledStoreOptions {
  /** Awaited before every operation: a test decides who goes first. */
  readonly turn?: (operation: Operation) => Promise<void>;
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

type MemoryStore = ReturnType<typeof memoryStore>;

export interface ControlledStore extends MemoryStore {
  /** From now on every operation, or only those that write, fails with this error; undefined: none does. */
  fail(error: Error | undefined, which?: "all" | "writes"): void;
}

export function controlledStore(
  { turn = () => Promise.resolve(), ...options }: ControlledStoreOptions = {},
): ControlledStore {
  const store = memoryStore(options);
  let failure: Error | undefined;
  let isReadable = false;

  async function begin(operation: Operation): Promise<void> {
    await turn(operation);
    if (operation === "get" && isReadable) return;
    if (failure !== undefined) throw failure;
  }

  return {
    ...store,
    fail(error, which = "all") {
      failure = error;
      isReadable = which === "writes";
    },
    async get(key) {
      await begin("get");
      return await store.get(key);
    },
    async swap(...args) {
      await begin("swap");
      return await store.swap(...args);
    },
    async remove(key) {
      await begin("remove");
      await store.remove(key);
    },
    async removeAll(keys) {
      await begin("remove");
      await store.removeAll?.(keys);
    },
    ping() {
      return failure === undefined || isReadable
        ? Promise.resolve()
        : Promise.reject(failure);
    },
  };
}
