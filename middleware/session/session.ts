import { Changes, type Outcome, type RestartOptions } from "./data/changes.ts";
import { isSameJson } from "./data/json.ts";
import type { Change, DataSchema, DeepReadonly, Only } from "./data/schema.ts";
import { SessionClosedError } from "./errors.ts";
import { lifetimeFaults } from "./lifetime.ts";
import type { SessionInfo } from "./request/info.ts";

/** The session that a route works with. */
export interface Session<T> {
  /** This request's view, its own changes included; frozen at every depth, never null. */
  readonly data: DeepReadonly<T>;
  /** Facts about it, as they were when this request opened it; after `regenerate()` those of the new id. */
  readonly info: SessionInfo;
  /**
   * Changes some keys; they are saved once, after the route. Pass a function to
   * compute the change from the newest data: it can run again if another request
   * saves first. A key set to undefined is removed; unknown keys do not compile.
   *
   * @param options `onConflict`: when the session was destroyed or regenerated
   * meanwhile, "throw" (default) a SessionConflictError, or "skip" the change
   * @throws {SessionClosedError} after `destroy()`, or when the response is made
   * @throws {z.ZodError} when the result does not fit the schema
   * @throws {TypeError} for a key that the schema lacks, a value that JSON would
   * lose, or a write to the session inside of the function
   */
  update<const C extends Change<T>>(
    change: Change<T> | ((latest: DeepReadonly<T>) => Only<C, T>),
    options?: { readonly onConflict?: "throw" | "skip" },
  ): void;
  /**
   * Reads a key and puts it back to its default: the flash message. On replay
   * only if the key still holds the value that was taken.
   */
  take<K extends keyof T>(key: K): DeepReadonly<T[K]>;
  /** Gives the session another id; its data and its ends stay. The old id opens nothing. For a new role, or after a second factor. */
  regenerate(): void;
  /**
   * Replaces the session by a new one with a new lifetime: for signing in (OWASP
   * ASVS 5.0, 7.2.4).
   *
   * @throws {TypeError} when `lifetime` is wrong
   */
  restart(options?: RestartOptions<T>): void;
  /** Ends the session, whatever the answer becomes; a later write in this request throws. */
  destroy(): void;
  /**
   * Saves the changes now. They stay, whatever the answer becomes, and `data` is
   * then the stored data, with the changes of other requests. An `update()` and a
   * `commit()` make a claim that one of many requests wins; a `take()` and a
   * `commit()` make a value that is used once. Both need a server store: the
   * cookie store cannot see other requests.
   *
   * @throws {SessionConflictError} when the session was destroyed or regenerated
   * meanwhile, or another request took first; nothing of it is saved then
   * @throws {SessionStoreError} when the store does not answer
   */
  commit(): Promise<void>;
}

/** A promise that knows if anyone waits for it. */
class Committing extends Promise<void> {
  static override get [Symbol.species](): PromiseConstructor {
    return Promise;
  }

  isAwaited = false;

  override then<A = void, B = never>(
    done?: ((value: void) => A | PromiseLike<A>) | null,
    failed?: ((reason: unknown) => B | PromiseLike<B>) | null,
  ): Promise<A | B> {
    this.isAwaited = true;
    return super.then(done, failed);
  }
}

/** The commits of one request. One that fails, and that no one waits for, must not end the process. */
export class Commits {
  readonly #failed: { readonly commit: Committing; readonly error: unknown }[] =
    [];

  begin(save: () => Promise<void>): Promise<void> {
    const commit: Committing = new Committing((resolve, reject) => {
      save().then(resolve, (error) => {
        this.#failed.push({ commit, error });
        reject(error);
      });
    });
    Promise.prototype.then.call(commit, undefined, () => {});
    return commit;
  }

  /** The first failure that no one waited for: it is the answer, however early it came. */
  get lost(): { readonly error: unknown } | undefined {
    return this.#failed.find(({ commit }) => !commit.isAwaited);
  }
}

/** The request that a session belongs to. */
export interface SessionHost<T> {
  readonly schema: DataSchema<T>;
  /** The data that was loaded, or the empty session's. */
  readonly data: DeepReadonly<T>;
  /** Seconds since the epoch. */
  readonly now: number;
  newId(): string;
  info(outcome: Outcome<T>): SessionInfo;
  commit(): Promise<void>;
}

const CLOSED =
  "The response is already made: write to the session before the route returns";

/** A loaded base and a list of changes. */
export class OpenSession<T> implements Session<T> {
  readonly #host: SessionHost<T>;
  #changes: Changes<T>;
  #info: SessionInfo | undefined;
  #state: "open" | "closed" | "destroyed" = "open";

  constructor(host: SessionHost<T>) {
    this.#host = host;
    this.#changes = new Changes(host.schema, host.data);
  }

  get data(): DeepReadonly<T> {
    return this.#changes.data;
  }

  get info(): SessionInfo {
    return this.#info ??= this.#host.info(this.#changes.outcome);
  }

  /** The changes since the last save. */
  get changes(): Changes<T> {
    return this.#changes;
  }

  update(
    change: Change<T> | ((latest: DeepReadonly<T>) => Change<T>),
    { onConflict = "throw" }: { readonly onConflict?: "throw" | "skip" } = {},
  ): void {
    this.#mustBeOpen();
    const copied = typeof change === "function"
      ? change
      : this.#host.schema.copy(change);
    this.#changes.add({ kind: "update", change: copied, onConflict });
  }

  take<K extends keyof T>(key: K): DeepReadonly<T[K]> {
    this.#mustBeOpen();
    const valueIn = (data: DeepReadonly<T>) =>
      (data as { readonly [Key in K]: DeepReadonly<T[Key]> })[key];
    const taken = valueIn(this.data);
    // Without a value there is nothing to take, and another request may put one there.
    if (!isSameJson(taken, valueIn(this.#host.schema.empty()))) {
      this.#changes.add({ kind: "take", key, taken });
    }
    return taken;
  }

  regenerate(): void {
    this.#mustBeOpen();
    if (this.#changes.outcome.kind === "restart") return; // that gives a new id too
    this.#become({ kind: "regenerate", id: this.#host.newId() });
  }

  restart(options: RestartOptions<T> = {}): void {
    this.#mustBeOpen();
    const { keep, lifetime } = options;
    const faults = lifetime === undefined
      ? []
      : lifetimeFaults(lifetime, this.#host.now);
    if (faults.length > 0) {
      throw new TypeError(`restart(): ${faults.join("; ")}`);
    }
    if (keep !== undefined) {
      this.#changes.add({ kind: "keep", keys: [...keep] });
    }
    this.#become({ kind: "restart", id: this.#host.newId(), options });
  }

  destroy(): void {
    if (this.#state === "destroyed") return;
    this.#mustBeOpen();
    this.rebase(this.#host.schema.empty());
    this.#changes.outcome = { kind: "destroy" };
    this.#state = "destroyed";
  }

  /** The host's own promise: its failure is the host's to answer for when the route does not wait. */
  commit(): Promise<void> {
    return this.#state === "closed"
      ? Promise.reject(new SessionClosedError(CLOSED))
      : this.#host.commit();
  }

  /** The changes until now are being saved: later ones are counted from this data. */
  rebase(data: DeepReadonly<T>): void {
    this.#changes = new Changes(this.#host.schema, data);
    this.#info = undefined;
  }

  /** The changes are saved, or given up; `data` is stored. Later changes stay. */
  settle(data: DeepReadonly<T>): void {
    const isOver = this.#changes.outcome.kind === "destroy";
    this.#changes = this.#changes.onTopOf(
      isOver ? this.#host.schema.empty() : data,
    );
    this.#info = undefined;
  }

  /** The response is made: a later write could not be saved. */
  close(): void {
    this.#state = "closed";
  }

  #become(outcome: Outcome<T>): void {
    this.#changes.outcome = outcome;
    this.#info = undefined;
  }

  #mustBeOpen(): void {
    switch (this.#state) {
      case "open":
        return;
      case "destroyed":
        throw new SessionClosedError(
          "The session was destroyed in this request: it takes no more writes",
        );
      case "closed":
        throw new SessionClosedError(CLOSED);
    }
  }
}
