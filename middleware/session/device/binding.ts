// Experimental: what ties a session to a device. The core knows these types
// only; `deviceBinding()` of bound.ts is what stands behind them.
import type { Context } from "hono";
import type { Visit } from "../request/load.ts";
import type { Settings } from "../options.ts";
import type { Saved } from "../request/save.ts";
import type { Sealer } from "../cookie/seal.ts";

/** Experimental. What ties sessions to a device; `deviceBinding()` makes one. */
export interface Binding {
  /** What it ties them by: "device". */
  readonly kind: string;
}

/** What a binding is within the package: how it does it may change in any version. */
export interface AttachableBinding extends Binding {
  /** `session()` calls it once, when its own options are right. */
  attach<T>(session: Binder<T>): AttachedBinding<T>;
}

/** The session that a binding is given to. */
export interface Binder<T> {
  /** As if there were no binding. */
  readonly settings: Settings<T>;
  /** Seals for a purpose and a cookie of its own, with keys from the same secrets. */
  readonly sealer: (purpose: string, cookieName: string) => Sealer;
}

/** A binding at work. Over plain http it does nothing. */
export interface AttachedBinding<T> {
  /** The answer to a request for the binding's own addresses; undefined when it is for none. */
  respond(c: Context): Promise<Response> | undefined;
  /** The visit as far as the request proves it: a bound session without a proof is withheld. */
  admit(c: Context, visit: Visit<T>): Visit<T>;
  /** After the route, when all is saved: what the browser has to be told. */
  finish(c: Context, saved: Saved, visit: Visit<T>): void;
}

/** Whether the session is tied to the device; "offered": the browser may still do it, if it can. */
export type BindingState = "none" | "offered" | "bound";

/** What a route may know about it. */
export function bindingState<T>(
  { base, bindTo, cookie }: Visit<T>,
  { https }: Settings<T>,
): BindingState {
  if (base === null || cookie !== https) return "none";
  return (bindTo ?? base.record.terms?.bound) ? "bound" : "offered";
}
