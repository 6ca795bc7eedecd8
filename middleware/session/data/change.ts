// The types of a session's data, and of what a route may ask for.
import type { Lifetime } from "../lifetime.ts";

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
 * as `C & {}`, a change with nothing but unknown keys would be accepted.
 */
export type Only<C, T> = [Exclude<keyof C, keyof T>] extends [never] ? C
  : C & { readonly [K in Exclude<keyof C, keyof T>]: never };

/**
 * When the session was ended or regenerated meanwhile: "throw" (default) a
 * SessionConflictError, or "skip" what does not matter.
 */
export interface UpdateOptions {
  /** Default "throw". */
  readonly onConflict?: "throw" | "skip";
}

/** What `regenerate()` does besides giving the session another id. */
export type RegenerateOptions<T> =
  | { readonly restart?: false }
  | RestartOptions<
    T
  >;

/** A new session with a new lifetime: for signing in. */
export interface RestartOptions<T> {
  /** The old session ends, also where it was opened elsewhere. */
  readonly restart: true;
  /** What comes along: default all. With `[]` nothing is read from the old session, so nothing can conflict. */
  readonly keep?: readonly (keyof T)[];
  /** This session's own ("remember me"); default the option's. It is kept with the session. */
  readonly lifetime?: Lifetime;
  /** Default true; false: no Max-Age, so that the browser may forget the cookie when it closes. */
  readonly persistent?: boolean;
}

/** What becomes of the session when the request is over. */
export type Outcome<T> =
  | { readonly kind: "keep" | "destroy" }
  | { readonly kind: "regenerate"; readonly id: string }
  | {
    readonly kind: "restart";
    readonly id: string;
    readonly options: RestartOptions<T>;
  };
