// Experimental: the hook for a binding, which ties sessions to a device. The
// core knows these types only; `deviceBinding()` in device/ implements them.
import type { Context } from "hono";
import type { SameSite } from "./cookie/cookie.ts";
import type { Sealer } from "./cookie/seal.ts";

/** Experimental. Ties sessions to a device; `deviceBinding()` makes one. */
export interface Binding {
  /** The name of the kind, such as "device". */
  readonly kind: string;
}

/** A binding within the package. It may change in any version. */
export interface AttachableBinding extends Binding {
  /** `session()` calls it once, when its own options are right. */
  attach(site: BindingSite): AttachedBinding;
}

/** The facts that a binding needs about its `session()`. */
export interface BindingSite {
  /** Without its prefix. */
  readonly cookieName: string;
  readonly sameSite: SameSite;
  /** true for the cookie store: the cookie itself holds the session. */
  readonly isStateless: boolean;
  /** Seals for a purpose and a cookie of its own, with keys from the same secrets. */
  readonly sealer: (purpose: string, cookieName: string) => Sealer;
}

/** A live session, as far as a binding looks at it. Times are in seconds since the epoch. */
export interface BindingView {
  readonly id: string;
  /** The text that the binding keeps with the session. */
  readonly mark: string | undefined;
  readonly createdAt: number;
  /** When the session ends by its absolute limit. */
  readonly until: number;
  readonly now: number;
}

/** "withhold": the request may not have the session. Otherwise `mark` is kept with it from now on. */
export type Admission = "withhold" | { readonly mark?: string };

/** The end of a request, as far as a binding looks at it. */
export interface BindingOutcome {
  readonly kind:
    | "unchanged"
    | "began"
    | "saved"
    | "regenerated"
    | "restarted"
    | "destroyed";
  /** The session as it is now; undefined when it was destroyed, or there is none. */
  readonly session: BindingView | undefined;
  readonly isWithheld: boolean;
}

/** A binding at work. It is asked over https only. */
export interface AttachedBinding {
  /**
   * The answer to a request for the binding's own addresses; undefined for all
   * others. `keep` writes a mark into the request's session, unless it has one,
   * and returns the session's mark; null: there is no session to mark;
   * undefined: the request has no cookie.
   */
  respond(
    c: Context,
    now: number,
    keep: (
      choose: (view: BindingView) => Admission,
    ) => Promise<string | null | undefined>,
  ): Promise<Response> | undefined;
  /** Decides if this request may have the session. */
  admit(c: Context, view: BindingView): Admission;
  /** After the route, when all is saved: sends the browser an offer, or its key. */
  finish(c: Context, outcome: BindingOutcome): void;
}
