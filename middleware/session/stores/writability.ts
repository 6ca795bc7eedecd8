import { randomId } from "../cookie/base64url.ts";
import type { SessionStore } from "./store.ts";
import { withinLimit } from "./time_limit.ts";

/** How often a check writes, in milliseconds: when all is well, and while writes fail. */
const PROBE_MILLISECONDS = 10_000;
const PROBE_AGAIN_MILLISECONDS = 1000;

/** The probe ends by itself if the process ends before it is removed. */
const PROBE_TTL_SECONDS = 10;

/**
 * Watches the writes of a store. With a full disk or a read-only replica, reads
 * still succeed, but no visitor can sign in.
 */
export class Writability {
  readonly #store: SessionStore;
  readonly #now: () => number;
  /** The error of the last write; undefined when it succeeded. */
  #failure: { readonly cause: unknown } | undefined;
  #writtenAt = -Infinity;
  #probedAt = -Infinity;

  /** `now` in milliseconds, on a monotonic clock. */
  constructor(
    store: SessionStore,
    now: () => number = () => performance.now(),
  ) {
    this.#store = store;
    this.#now = now;
  }

  /** {@linkcode SessionStore.swap}, within the time limit. */
  async swap(...args: Parameters<SessionStore["swap"]>): Promise<boolean> {
    const written = await this.#watched(() => this.#store.swap(...args));
    if (written) {
      this.#failure = undefined;
      this.#writtenAt = this.#now();
    }
    return written;
  }

  /** Removes up to 1,000 keys; each question has the time limit. */
  async remove(keys: readonly string[]): Promise<void> {
    const store = this.#store;
    if (keys.length > 1 && store.removeAll !== undefined) {
      return await this.#watched(async () => await store.removeAll?.(keys));
    }
    await Promise.all(
      keys.map((key) => this.#watched(() => store.remove(key))),
    );
  }

  /** Throws when the last write failed; writes one when it is time. */
  async check(): Promise<void> {
    const pause = this.#failure ? PROBE_AGAIN_MILLISECONDS : PROBE_MILLISECONDS;
    const last = this.#failure
      ? this.#probedAt
      : Math.max(this.#probedAt, this.#writtenAt);
    if (this.#now() - last >= pause) {
      this.#probedAt = this.#now();
      const key = randomId();
      await this.swap(key, new Uint8Array(1), null, PROBE_TTL_SECONDS);
      await this.remove([key]);
    }
    if (this.#failure !== undefined) {
      throw new Error("the last write failed", this.#failure);
    }
  }

  async #watched<R>(write: () => Promise<R>): Promise<R> {
    try {
      return await withinLimit(write);
    } catch (cause) {
      this.#failure = { cause };
      throw cause;
    }
  }
}
