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
  { turn, ...options }: ControlledStoreOptions = {},
): ControlledStore {
  const store = memoryStore(options);
  let failure: Error | undefined;
  let isReadable = false;

  const when = <A extends unknown[], R>(
    operation: Operation | "ping",
    ask: (...args: A) => Promise<R>,
  ) =>
  async (...args: A): Promise<R> => {
    if (operation !== "ping") await turn?.(operation);
    const isRead = operation === "get" || operation === "ping";
    if (failure !== undefined && !(isRead && isReadable)) throw failure;
    return await ask(...args);
  };

  return {
    ...store,
    fail(error, which = "all") {
      failure = error;
      isReadable = which === "writes";
    },
    get: when("get", store.get),
    swap: when("swap", store.swap),
    remove: when("remove", store.remove),
    removeAll: when("remove", store.removeAll!),
    ping: when("ping", store.ping),
  };
}
