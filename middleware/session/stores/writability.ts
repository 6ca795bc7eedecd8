import { randomId } from "../cookie/base64url.ts";
import type { Backend } from "./store.ts";
import { withinLimit } from "./time_limit.ts";

/** How often a check writes, in milliseconds: when all is well, and while writes fail. */
const PROBE_MILLISECONDS = 10_000;
const PROBE_AGAIN_MILLISECONDS = 1000;

/** Should the process end before it is removed. */
const PROBE_TTL_SECONDS = 10;

/**
 * A backend's writes, and whether they succeed: a full disk or a read-only
 * replica answers every read, and no visitor can sign in.
 */
export class Writability {
  readonly #backend: Backend;
  readonly #now: () => number;
  /** What the last write failed with; undefined when it did not. */
  #failure: { readonly cause: unknown } | undefined;
  #writtenAt = -Infinity;
  #probedAt = -Infinity;

  /** `now` in milliseconds, on a clock that nobody sets. */
  constructor(backend: Backend, now: () => number = () => performance.now()) {
    this.#backend = backend;
    this.#now = now;
  }

  /** {@linkcode Backend.swap}, within the time limit. */
  async swap(...args: Parameters<Backend["swap"]>): Promise<boolean> {
    const written = await this.#watched(() => this.#backend.swap(...args));
    if (written) {
      this.#failure = undefined;
      this.#writtenAt = this.#now();
    }
    return written;
  }

  /** {@linkcode Backend.remove}, within the time limit. */
  async remove(key: string): Promise<void> {
    await this.#watched(() => this.#backend.remove(key));
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
      await this.remove(key);
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
