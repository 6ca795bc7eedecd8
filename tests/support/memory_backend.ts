// The backend of memoryStore(), and a test decides when it answers, and whether.
import {
  type MemoryBackend as Memory,
  memoryBackend as memory,
} from "../../middleware/session/stores/memory.ts";

export interface MemoryBackendOptions {
  /** Awaited before every operation: a test decides who goes first. */
  readonly turn?: (operation: "get" | "swap" | "remove") => Promise<void>;
  /** Seconds since the epoch. */
  readonly now?: () => number;
}

export interface MemoryBackend extends Memory {
  /** From now on every operation, or only those that write, fails with this error; undefined: none does. */
  fail(error: Error | undefined, which?: "all" | "writes"): void;
}

export function memoryBackend(
  { turn = () => Promise.resolve(), ...options }: MemoryBackendOptions = {},
): MemoryBackend {
  const backend = memory(options);
  let failure: Error | undefined;
  let isReadable = false;

  async function begin(operation: "get" | "swap" | "remove"): Promise<void> {
    await turn(operation);
    if (operation === "get" && isReadable) return;
    if (failure !== undefined) throw failure;
  }

  return {
    ...backend,
    fail(error, which = "all") {
      failure = error;
      isReadable = which === "writes";
    },
    async get(key) {
      await begin("get");
      return await backend.get(key);
    },
    async swap(...args) {
      await begin("swap");
      return await backend.swap(...args);
    },
    async remove(key) {
      await begin("remove");
      await backend.remove(key);
    },
    async removeAll(keys) {
      await begin("remove");
      await backend.removeAll?.(keys);
    },
    ping() {
      return failure === undefined || isReadable
        ? Promise.resolve()
        : Promise.reject(failure);
    },
  };
}
