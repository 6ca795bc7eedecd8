import { SessionConflictError } from "../errors.ts";
import type { Lifetime } from "../lifetime.ts";
import { isSameJson } from "./json.ts";
import type { Change, DataSchema, DeepReadonly } from "./schema.ts";

/** Options for `session.restart()`. */
export interface RestartOptions<T> {
  /**
   * The keys that come along; default all. With `[]` nothing is read from the
   * old session, so nothing can conflict, not even a logout that came first: use
   * it for a form that begins anew. When a role changes, or after a second
   * factor, `regenerate()` is right.
   */
  readonly keep?: readonly (keyof T)[];
  /** The lifetime of this session alone ("remember me"); default the option's. It is kept with the session. */
  readonly lifetime?: Lifetime;
  /** Default true; false: no Max-Age, so that the browser may forget the cookie when it closes. */
  readonly persistent?: boolean;
}

/** The request's decision about the session itself, besides its data. */
export type Outcome<T> =
  | { readonly kind: "keep" | "destroy" }
  | { readonly kind: "regenerate"; readonly id: string }
  | {
    readonly kind: "restart";
    readonly id: string;
    readonly options: RestartOptions<T>;
  };

const KEEP = { kind: "keep" } as const;

/** One change, as the route asked for it. */
export type Write<T> =
  | {
    readonly kind: "update";
    readonly change: Change<T> | ((latest: DeepReadonly<T>) => Change<T>);
    readonly onConflict: "throw" | "skip";
  }
  | { readonly kind: "take"; readonly key: keyof T; readonly taken: unknown }
  | { readonly kind: "keep"; readonly keys: readonly (keyof T)[] };

/**
 * The changes that a request has asked for since it last saved, in their order,
 * so that they can be replayed when another request saved first.
 */
export class Changes<T> {
  readonly #schema: DataSchema<T>;
  readonly #base: DeepReadonly<T>;
  readonly #writes: Write<T>[] = [];
  #data: DeepReadonly<T>;
  #isAdding = false;
  outcome: Outcome<T> = KEEP;

  /** The base is the data as it was loaded or last saved. */
  constructor(schema: DataSchema<T>, base: DeepReadonly<T>) {
    this.#schema = schema;
    this.#base = base;
    this.#data = base;
  }

  /** The base with all changes made. */
  get data(): DeepReadonly<T> {
    return this.#data;
  }

  /** true when the request asked for nothing. */
  get isEmpty(): boolean {
    return this.#writes.length === 0 && this.outcome === KEEP;
  }

  /** true when the data differs from the base. */
  get isChanged(): boolean {
    return !isSameJson(this.#data, this.#base);
  }

  /** true when they are retried as often as it takes: all but an update that said "skip". */
  get isRetried(): boolean {
    return this.outcome !== KEEP ||
      this.#writes.some((write) =>
        write.kind !== "update" || write.onConflict === "throw"
      );
  }

  /** true when it is a conflict that the session was destroyed or regenerated meanwhile. */
  get needsSession(): boolean {
    return this.outcome !== KEEP ||
      this.#writes.some((write) =>
        write.kind === "update" && write.onConflict === "throw"
      );
  }

  /** Throws ZodError when the result does not fit the schema, TypeError for a write inside of another one. */
  add(write: Write<T>): void {
    if (this.#isAdding) {
      throw new TypeError(
        "update(): the function only computes a change; write to the session before or after it",
      );
    }
    this.#isAdding = true;
    try {
      this.#data = this.#applied(this.#data, write);
    } finally {
      this.#isAdding = false;
    }
    this.#writes.push(write);
  }

  /**
   * The changes made to data that another request saved meanwhile.
   *
   * @param isSingleUse true: a take fails when another request took first
   * @throws {SessionConflictError} also when the result no longer fits the schema
   */
  replay(latest: DeepReadonly<T>, isSingleUse = false): DeepReadonly<T> {
    try {
      return this.#writes.reduce(
        (data, write) => this.#applied(data, write, isSingleUse),
        latest,
      );
    } catch (error) {
      if (!(error instanceof Error && "issues" in error)) throw error;
      throw new SessionConflictError(
        "Together with the change of another request, this one does not fit the schema",
        error,
      );
    }
  }

  /** The same changes, to other data; when they do not fit it, the next replay says so. */
  onTopOf(base: DeepReadonly<T>): Changes<T> {
    const moved = new Changes(this.#schema, base);
    try {
      moved.#data = this.replay(base);
    } catch {
      // It is not this save's to answer for.
    }
    moved.#writes.push(...this.#writes);
    moved.outcome = this.outcome;
    return moved;
  }

  /** The data with one write made to it. */
  #applied(
    data: DeepReadonly<T>,
    write: Write<T>,
    isSingleUse = false,
  ): DeepReadonly<T> {
    const schema = this.#schema;
    const values = data as Record<keyof T, unknown>;
    switch (write.kind) {
      case "update": {
        const { change } = write;
        if (typeof change !== "function") return schema.merge(data, change);
        return schema.merge(data, schema.copy(change(data)));
      }
      case "take": {
        const { key, taken } = write;
        if (isSameJson(values[key], taken)) {
          return schema.merge(data, { [key]: undefined } as Change<T>);
        }
        if (!isSingleUse) return data;
        throw new SessionConflictError(
          `Another request took "${String(key)}" first`,
        );
      }
      case "keep": {
        if (write.keys.length === 0) return schema.empty();
        const kept = write.keys.map((key) => [key, values[key]]);
        return schema.merge(schema.empty(), Object.fromEntries(kept));
      }
    }
  }
}
