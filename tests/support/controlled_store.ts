// memoryStore(), and a test decides when it answers, and whether.
import { memoryStore } from "../../middleware/session/mod.ts";

type Operation = "get" | "swap" | "remove" | "owned" | "ping";

export interface ControlledStoreOptions {
  /** Awaited before every operation on a key, an owner, or many keys: a test decides who goes first. */
  readonly turn?: (operation: Operation, on: unknown) => Promise<void>;
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
    operation: Operation,
    ask: (...args: A) => Promise<R>,
  ) =>
  async (...args: A): Promise<R> => {
    if (operation !== "ping") await turn?.(operation, args[0]);
    const isRead = !["swap", "remove"].includes(operation);
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
    owned: when("owned", store.owned!),
    ping: when("ping", store.ping),
  };
}

/** A store that answers later than at once. */
export const slowStore = () =>
  controlledStore({
    turn: () => new Promise((resolve) => setTimeout(resolve)),
  });
