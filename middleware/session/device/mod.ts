/**
 * Experimental: sessions that are bound to the device, so that a copied cookie
 * is soon worth nothing. Device Bound Session Credentials, the W3C draft of 17
 * February 2026, as Chromium 156 speaks it; both may change.
 * `docs/device_binding.md` has an example, and how a copied cookie still works.
 *
 * @module
 */
import type { Context } from "hono";
import type {
  Admission,
  AttachableBinding,
  AttachedBinding,
  Binding,
  BindingOutcome,
  BindingSite,
  BindingView,
} from "../binding.ts";
import { boundCookies, type Held } from "./cookies.ts";
import { endpoints } from "./endpoints.ts";
import { bondOf, boundTo } from "./proof.ts";

/** Seconds after which an offer that was not taken is made again, with each write: the browser may have lost the first one. */
const OFFER_AGAIN_SECONDS = 60;

/** With a server store, requests that were under way when the session was bound need no proof. At most `refreshSeconds`. */
const GRACE_SECONDS = 30;

/**
 * Experimental. The browser makes a key that cannot leave the device, and proves
 * every few minutes that it still has it; without a proof the session opens
 * empty, with the reason "unproven". It works over https, in browsers that
 * support it; others have ordinary sessions.
 *
 * @throws {TypeError} when an option is wrong
 */
export function deviceBinding(
  { refreshSeconds = 300, path = "/session" }: {
    /**
     * How long a copied cookie works, in whole seconds; default 300. Chrome makes
     * at most six signatures per site in nine minutes. Use less than 300 only in
     * tests.
     */
    readonly refreshSeconds?: number;
    /** Default "/session": the browser posts to `bind` and `refresh` under it, so mount `session()` there too. */
    readonly path?: string;
  } = {},
): Binding {
  if (!Number.isSafeInteger(refreshSeconds) || refreshSeconds < 1) {
    throw new TypeError(
      `deviceBinding(): refreshSeconds is ${refreshSeconds}; give whole seconds above 0`,
    );
  }
  if (!/^(?:\/[\w.~-]+)+$/.test(path)) {
    throw new TypeError(
      `deviceBinding(): path is "${path}"; give one such as "/session"`,
    );
  }
  const binding: AttachableBinding = {
    kind: "device",
    attach(site) {
      if (site.sameSite === "none") {
        throw new TypeError(
          'session():\n- binding: not with sameSite "none": browsers bind no partitioned cookie',
        );
      }
      return attached(site, path, refreshSeconds);
    },
  };
  return binding;
}

function attached(
  site: BindingSite,
  path: string,
  refreshSeconds: number,
): AttachedBinding {
  const cookies = boundCookies(site, path, refreshSeconds);
  const { bind, refresh } = endpoints(cookies, path);
  // With the cookie store such requests carry a cookie that is not bound yet.
  const graceSeconds = site.isStateless
    ? 0
    : Math.min(GRACE_SECONDS, refreshSeconds);

  /** Withholds a bound session when the proof is not of its device. */
  function admit(
    { id, mark, now }: BindingView,
    proof: Held | undefined,
  ): Admission {
    if (mark === undefined) {
      if (proof?.session !== id) return {};
      return { mark: boundTo({ key: proof.key, since: now }) };
    }
    const { key, since } = bondOf(mark);
    const isGood = proof?.key === key || now - since < graceSeconds;
    return isGood ? {} : "withhold";
  }

  /** After a write, sends an offer, or the key for the longer lifetime. */
  function tell(
    c: Context,
    kind: BindingOutcome["kind"],
    { id: session, mark, createdAt, until, now }: BindingView,
  ): void {
    if (mark === undefined) {
      // An offer to whoever has the cookie would let a thief bind the session to his device.
      const isFirst = kind === "began" || kind === "restarted";
      if (isFirst || now - createdAt >= OFFER_AGAIN_SECONDS) {
        cookies.offer(c, { session, until }, now);
      }
    } else if (kind === "restarted") { // otherwise the end did not move
      cookies.setKey(c, { key: bondOf(mark).key, session, until }, now);
    }
  }

  return {
    respond(c, now, keep) {
      if (c.req.method !== "POST") return undefined;
      switch (c.req.path) {
        case `${path}/bind`:
          return bind(c, now, (held) => keep((view) => admit(view, held)));
        case `${path}/refresh`:
          return refresh(c, now);
        default:
          return undefined;
      }
    },

    admit: (c, view) => admit(view, cookies.proof(c, view.now)),

    finish(c, { kind, session, isWithheld }) {
      if (kind === "destroyed") cookies.clear(c);
      else if (session === undefined) {
        // While the browser has a proof, it asks for no other.
        if (isWithheld) cookies.clearProof(c);
      } else if (kind !== "unchanged") tell(c, kind, session);
    },
  };
}
