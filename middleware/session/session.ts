import type { DataSchema } from "./schema.ts";
import { isSameJson } from "./schema.ts";
import type { Ends } from "./lifetime.ts";
import type { SealKind } from "./seal.ts";
import { SessionClosedError } from "./errors.ts";

/** `T`, and all that is in it, read-only. */
export type DeepReadonly<T> = unknown extends T ? T
  : T extends readonly (infer Item)[] ? DeepReadonlyArray<T, Item>
  : T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> }
  : T;

/** A tuple keeps its length. */
export type DeepReadonlyArray<T extends readonly unknown[], Item> =
  number extends T["length"] ? DeepReadonlyList<Item>
    : { readonly [K in keyof T]: DeepReadonly<T[K]> };

/** An interface, because TypeScript looks into it only when it must: schemas may be recursive. */
export interface DeepReadonlyList<Item>
  extends ReadonlyArray<DeepReadonly<Item>> {}

/** New values for some of the session's keys. */
export type Change<T> = { readonly [K in keyof T]?: DeepReadonly<T[K]> };

/**
 * `C` without a key that `T` lacks. When there is none it must be `C` alone:
 * as `C & {}`, a change with nothing but unknown keys would be taken.
 */
export type Only<C, T> = [Exclude<keyof C, keyof T>] extends [never] ? C
  : C & { readonly [K in Exclude<keyof C, keyof T>]: never };

/**
 * When the session was ended or renewed meanwhile: "throw" (default) a
 * SessionConflictError, or "skip" what does not matter.
 */
export interface UpdateOptions {
  /** Default "throw". */
  readonly onConflict?: "throw" | "skip";
}

/** Why a cookie that came with the request opened no session. */
export type RejectReason =
  | "malformed"
  | "bad-seal"
  | "expired"
  | "unknown"
  | "schema";

/** Facts about a session, as they were when this request opened it. */
export interface SessionInfo {
  /** 128 random bits; another one after `regenerate()`. Not a secret: the cookie is sealed. */
  readonly id: string;
  /** Whether there was no session to open, so that the data is the empty session's. */
  readonly isNew: boolean;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Seconds since the epoch; the session ends at whichever comes first. */
  readonly endsAt: Ends;
  /** The store's kind, such as "cookie" or "redis". */
  readonly store: string;
  /** Whether the cookie is signed or encrypted. */
  readonly seal: SealKind;
  /** Bytes stored now: the cookie's name and value, or the store's record; 0 when nothing is. */
  readonly bytes: number;
  /** Bytes that may be stored. */
  readonly limit: number;
  /** Why the cookie that came with this request opened nothing. */
  readonly rejected?: RejectReason;
}

/** What `await c.var.session()` gives to a route. */
export interface Session<T> {
  /** This request's view, its own changes included; deeply frozen, never null. */
  readonly data: DeepReadonly<T>;
  /** Facts about it, as they were when this request opened it. */
  readonly info: SessionInfo;
  /**
   * Changes some keys; they are saved once, after the route. A function is
   * replayed if another request saved first, so it gets the `latest` data and
   * must do nothing else. A key set to undefined goes; unknown keys do not compile.
   *
   * @throws {SessionClosedError} after `destroy()`, or when the response is made
   * @throws {z.ZodError} when the result does not fit the schema
   * @throws {TypeError} for a key that the schema lacks, or a value that JSON would lose
   */
  update<const C extends Change<T>>(
    change: (latest: DeepReadonly<T>) => Only<C, T>,
    options?: UpdateOptions,
  ): void;
  /** Changes some keys to values that are known already. */
  update(change: Change<T>, options?: UpdateOptions): void;
  /**
   * Reads a key and puts it back to its default: the flash message. On replay
   * only if the key still holds what was taken.
   */
  take<K extends keyof T>(key: K): DeepReadonly<T[K]>;
  /**
   * New id, same data, same end; the old id is dead. With `restart` a new
   * session with this data and a new lifetime: do that when somebody signs in
   * (OWASP ASVS 5.0, 7.2.4).
   */
  regenerate(options?: { readonly restart?: boolean }): void;
  /** Ends the session; a later write in this request throws. */
  destroy(): void;
}

type Write<T> =
  | {
    readonly kind: "update";
    readonly change: Change<T> | ((latest: DeepReadonly<T>) => Change<T>);
    readonly onConflict: "throw" | "skip";
  }
  | { readonly kind: "take"; readonly key: keyof T; readonly taken: unknown };

/** What becomes of the session when the request is over. */
export type Outcome = "keep" | "regenerate" | "restart" | "destroy";

/** A loaded base and a list of changes. The middleware replays them when it saves. */
export class OpenSession<T> implements Session<T> {
  readonly #schema: DataSchema<T>;
  readonly #info: () => SessionInfo;
  readonly #writes: Write<T>[] = [];
  readonly #base: DeepReadonly<T>;
  #data: DeepReadonly<T>;
  #outcome: Outcome = "keep";
  #isClosed = false;

  constructor(
    schema: DataSchema<T>,
    base: DeepReadonly<T>,
    info: () => SessionInfo,
  ) {
    this.#schema = schema;
    this.#base = base;
    this.#data = base;
    this.#info = info;
  }

  get data(): DeepReadonly<T> {
    return this.#data;
  }

  get info(): SessionInfo {
    return this.#info();
  }

  get outcome(): Outcome {
    return this.#outcome;
  }

  /** Whether this request asked for nothing. */
  get isUntouched(): boolean {
    return this.#writes.length === 0 && this.#outcome === "keep";
  }

  /** Whether the data is another than it was. */
  get isChanged(): boolean {
    return !isSameJson(this.#data, this.#base);
  }

  /** Whether it would matter if the changes were dropped. */
  get mustBeSaved(): boolean {
    return this.#outcome !== "keep" ||
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
      : this.#schema.copy(change);
    this.#write({ kind: "update", change: copied, onConflict });
  }

  take<K extends keyof T>(key: K): DeepReadonly<T[K]> {
    const data = this.#data as { readonly [Key in K]: DeepReadonly<T[Key]> };
    const taken = data[key];
    this.#write({ kind: "take", key, taken });
    return taken;
  }

  regenerate({ restart = false }: { readonly restart?: boolean } = {}): void {
    this.#mustBeOpen();
    if (this.#outcome !== "restart") {
      this.#outcome = restart ? "restart" : "regenerate";
    }
  }

  destroy(): void {
    if (this.#outcome === "destroy") return;
    this.#mustBeOpen();
    this.#outcome = "destroy";
    this.#data = this.#schema.empty();
  }

  /** This request's changes, made to data that another request saved meanwhile. */
  replay(latest: DeepReadonly<T>): DeepReadonly<T> {
    return this.#writes.reduce(
      (data, write) => this.#apply(data, write),
      latest,
    );
  }

  /** The response is made: what is written from now on could not be saved. */
  close(): void {
    this.#isClosed = true;
  }

  #write(write: Write<T>): void {
    this.#mustBeOpen();
    this.#data = this.#apply(this.#data, write);
    this.#writes.push(write);
  }

  #apply(data: DeepReadonly<T>, write: Write<T>): DeepReadonly<T> {
    switch (write.kind) {
      case "update": {
        const { change } = write;
        if (typeof change !== "function") {
          return this.#schema.merge(data, change);
        }
        return this.#schema.merge(data, this.#schema.copy(change(data)));
      }
      case "take": {
        const { key, taken } = write;
        if (!isSameJson((data as Record<keyof T, unknown>)[key], taken)) {
          return data;
        }
        return this.#schema.merge(data, { [key]: undefined } as Change<T>);
      }
    }
  }

  #mustBeOpen(): void {
    if (this.#outcome === "destroy") {
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
