import type {
  Change,
  DeepReadonly,
  Only,
  Outcome,
  RegenerateOptions,
  UpdateOptions,
} from "./data/change.ts";
import { SessionClosedError } from "./errors.ts";
import type { SessionInfo } from "./request/info.ts";
import { lifetimeFaults } from "./lifetime.ts";
import { type DataSchema, isSameJson } from "./data/schema.ts";

/** What `await c.var.session()` gives to a route. */
export interface Session<T> {
  /** This request's view, its own changes included; frozen at every depth, never null. */
  readonly data: DeepReadonly<T>;
  /** Facts about it, as they were when this request opened it; after `regenerate()` those of the new id. */
  readonly info: SessionInfo;
  /**
   * Changes some keys; they are saved once, after the route. A function gets the
   * `latest` data, and may run more than once: again when another request saved
   * first. A key set to undefined is removed; unknown keys do not compile.
   *
   * @throws {SessionClosedError} after `destroy()`, or when the response is made
   * @throws {z.ZodError} when the result does not fit the schema
   * @throws {TypeError} for a key that the schema lacks, or a value that JSON would lose
   */
  update<const C extends Change<T>>(
    change: Change<T> | ((latest: DeepReadonly<T>) => Only<C, T>),
    options?: UpdateOptions,
  ): void;
  /**
   * Reads a key and puts it back to its default: the flash message. On replay
   * only if the key still holds what was taken.
   */
  take<K extends keyof T>(key: K): DeepReadonly<T[K]>;
  /**
   * New id, same data, same end; the old id is dead. With `restart` a new
   * session with this data and a new lifetime: do that when somebody signs in
   * (OWASP ASVS 5.0, 7.2.4).
   *
   * @throws {TypeError} when `lifetime` is wrong
   */
  regenerate(options?: RegenerateOptions<T>): void;
  /** Ends the session; a later write in this request throws. */
  destroy(): void;
}

type Write<T> =
  | {
    readonly kind: "update";
    readonly change: Change<T> | ((latest: DeepReadonly<T>) => Change<T>);
    readonly onConflict: "throw" | "skip";
  }
  | { readonly kind: "take"; readonly key: keyof T; readonly taken: unknown }
  | { readonly kind: "keep"; readonly keys: readonly (keyof T)[] };

/** Where a session starts from. */
export interface Base<T> {
  readonly schema: DataSchema<T>;
  /** The data that was loaded, or the empty session's. */
  readonly data: DeepReadonly<T>;
  /** Seconds since the epoch. */
  readonly now: number;
  readonly newId: () => string;
  readonly info: (outcome: Outcome<T>) => SessionInfo;
}

/** A loaded base and a list of changes, which are replayed when another request saved first. */
export class OpenSession<T> implements Session<T> {
  readonly #base: Base<T>;
  readonly #writes: Write<T>[] = [];
  #data: DeepReadonly<T>;
  #outcome: Outcome<T> = KEEP;
  #info: SessionInfo | undefined;
  #isClosed = false;

  constructor(base: Base<T>) {
    this.#base = base;
    this.#data = base.data;
  }

  get data(): DeepReadonly<T> {
    return this.#data;
  }

  get info(): SessionInfo {
    return this.#info ??= this.#base.info(this.#outcome);
  }

  get outcome(): Outcome<T> {
    return this.#outcome;
  }

  /** Whether this request asked for nothing. */
  get isUntouched(): boolean {
    return this.#writes.length === 0 && this.#outcome === KEEP;
  }

  /** Whether the data is another than it was. */
  get isChanged(): boolean {
    return !isSameJson(this.#data, this.#base.data);
  }

  /** Whether it would matter if the changes were dropped. */
  get mustBeSaved(): boolean {
    return this.#outcome !== KEEP ||
      this.#writes.some((write) =>
        write.kind === "update" && write.onConflict === "throw"
      );
  }

  update(
    change: Change<T> | ((latest: DeepReadonly<T>) => Change<T>),
    { onConflict = "throw" }: UpdateOptions = {},
  ): void {
    const copied = typeof change === "function"
      ? change
      : this.#base.schema.copy(change);
    this.#write({ kind: "update", change: copied, onConflict });
  }

  take<K extends keyof T>(key: K): DeepReadonly<T[K]> {
    const data = this.#data as { readonly [Key in K]: DeepReadonly<T[Key]> };
    const taken = data[key];
    this.#write({ kind: "take", key, taken });
    return taken;
  }

  regenerate(options: RegenerateOptions<T> = {}): void {
    this.#mustBeOpen();
    if (!options.restart) {
      if (this.#outcome.kind === "restart") return; // that gives a new id too
      this.#outcome = { kind: "regenerate", id: this.#base.newId() };
    } else {
      const { keep, lifetime } = options;
      const faults = lifetime ? lifetimeFaults(lifetime, this.#base.now) : [];
      if (faults.length > 0) {
        throw new TypeError(`regenerate(): ${faults.join("; ")}`);
      }
      if (keep !== undefined) this.#write({ kind: "keep", keys: [...keep] });
      this.#outcome = { kind: "restart", id: this.#base.newId(), options };
    }
    this.#info = undefined;
  }

  destroy(): void {
    if (this.#outcome.kind === "destroy") return;
    this.#mustBeOpen();
    this.#outcome = { kind: "destroy" };
    this.#data = this.#base.schema.empty();
  }

  /** This request's changes, made to data that another request saved meanwhile. */
  replay(latest: DeepReadonly<T>): DeepReadonly<T> {
    return this.#writes.reduce(
      (data, write) => applied(this.#base.schema, data, write),
      latest,
    );
  }

  /** The response is made: what is written from now on could not be saved. */
  close(): void {
    this.#isClosed = true;
  }

  #write(write: Write<T>): void {
    this.#mustBeOpen();
    this.#data = applied(this.#base.schema, this.#data, write);
    this.#writes.push(write);
  }

  #mustBeOpen(): void {
    if (this.#outcome.kind === "destroy") {
      throw new SessionClosedError(
        "The session was ended in this request: it takes no more writes",
      );
    }
    if (this.#isClosed) {
      throw new SessionClosedError(
        "The response is already made: write to the session before the route returns",
      );
    }
  }
}

const KEEP = { kind: "keep" } as const;

/** The data with one write made to it. */
function applied<T>(
  schema: DataSchema<T>,
  data: DeepReadonly<T>,
  write: Write<T>,
): DeepReadonly<T> {
  switch (write.kind) {
    case "update": {
      const { change } = write;
      if (typeof change !== "function") return schema.merge(data, change);
      return schema.merge(data, schema.copy(change(data)));
    }
    case "take": {
      const { key, taken } = write;
      if (!isSameJson((data as Record<keyof T, unknown>)[key], taken)) {
        return data;
      }
      return schema.merge(data, { [key]: undefined } as Change<T>);
    }
    case "keep": {
      const kept = write.keys.map((key) => [
        key,
        (data as Record<keyof T, unknown>)[key],
      ]);
      return schema.merge(schema.empty(), Object.fromEntries(kept));
    }
  }
}
