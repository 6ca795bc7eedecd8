/**
 * Experimental: sessions that are bound to the device, so that a copied cookie
 * is soon worth nothing. Device Bound Session Credentials, the W3C draft of 17
 * February 2026, as Chromium 156 speaks it; both may change.
 *
 * ```ts
 * import { session } from "@baton/session";
 * import { deviceBinding } from "@baton/session/bound";
 * import { Hono } from "hono";
 * import { z } from "zod";
 *
 * const schema = z.object({ name: z.string().optional() });
 * const secrets = ["32 bytes or more, from `openssl rand -base64 32`"];
 * const binding = deviceBinding();
 * const app = new Hono().use(session({ schema, secrets, binding }));
 * ```
 *
 * @module
 */
import type { Context } from "hono";
import type {
  AttachableBinding,
  AttachedBinding,
  Binder,
  Binding,
} from "./binding.ts";
import { BoundCookies, type Proof } from "./cookies.ts";
import { bind, refresh } from "./endpoints.ts";
import { bondOf, boundTo } from "./proof.ts";
import { isHttps } from "../cookie/cookie.ts";
import { endsAt, isRenewalDue } from "../lifetime.ts";
import type { Visit } from "../request/load.ts";
import type { Settings } from "../options.ts";
import { decide } from "../request/response.ts";
import type { Saved } from "../request/save.ts";

/** Options for {@linkcode deviceBinding}. */
export interface DeviceBindingOptions {
  /**
   * So long a copied cookie works, in whole seconds; default 300. Chrome signs
   * six times in nine minutes for a site, so less than that is for tests.
   */
  readonly refreshSeconds?: number;
  /** Default "/session": the browser posts to `bind` and `refresh` under it, so `session()` must be mounted there too. */
  readonly path?: string;
}

/** With a server store, requests that were on their way when the session was bound have no proof yet; never longer than a proof is good. */
const GRACE_SECONDS = 30;

/**
 * Experimental. The browser makes a key that cannot leave the device, and proves
 * every few minutes that it still has it; without a proof the session opens
 * empty, with the reason "unproven". Over https, in browsers that can; others
 * have ordinary sessions.
 *
 * @throws {TypeError} when an option is wrong
 */
export function deviceBinding(options: DeviceBindingOptions = {}): Binding {
  const { refreshSeconds = 300, path = "/session" } = options;
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
    attach<T>(binder: Binder<T>) {
      if (binder.settings.https.sameSite === "none") {
        throw new TypeError(
          'session():\n- binding: not with sameSite "none": browsers bind no partitioned cookie',
        );
      }
      return new DeviceBinding<T>(binder, path, refreshSeconds);
    },
  };
  return binding;
}

class DeviceBinding<T> implements AttachedBinding<T> {
  readonly #settings: Settings<T>;
  readonly #cookies: BoundCookies;
  readonly #path: string;
  readonly #graceSeconds: number;

  constructor(
    { settings, sealer }: Binder<T>,
    path: string,
    refreshSeconds: number,
  ) {
    const { cookieName, store } = settings;
    this.#settings = settings;
    this.#path = path;
    this.#cookies = new BoundCookies({
      ...{ sealer, cookieName, path, refreshSeconds },
    });
    // With the cookie store they carry a cookie that is not bound yet.
    this.#graceSeconds = store.holdsSession
      ? 0
      : Math.min(GRACE_SECONDS, refreshSeconds);
  }

  respond(c: Context): Promise<Response> | undefined {
    if (c.req.method !== "POST") return undefined;
    if (!isHttps(c, this.#settings.trustProxy)) return undefined;
    const endpoint = {
      settings: this.#settings,
      cookies: this.#cookies,
      path: this.#path,
      admit: this.#admit,
    };
    switch (c.req.path) {
      case `${this.#path}/bind`:
        return bind(c, endpoint);
      case `${this.#path}/refresh`:
        return refresh(c, endpoint);
      default:
        return undefined;
    }
  }

  admit(c: Context, visit: Visit<T>): Visit<T> {
    if (visit.base === null || !this.#isHttps(visit)) return visit;
    return this.#admit(visit, this.#cookies.proof(c, visit.now));
  }

  finish(c: Context, saved: Saved, visit: Visit<T>): void {
    if (!this.#isHttps(visit)) return;
    if (decide(saved, visit).kind === "clear") {
      this.#cookies.clear(c);
    } else if ("record" in saved) {
      this.#tell(c, saved, visit);
    } else if (visit.unproven !== undefined) {
      // As long as the browser has one, it asks for no other.
      this.#cookies.clearProof(c);
    }
  }

  /** What a session that was written needs: an offer, or its key for longer. */
  #tell(
    c: Context,
    { kind, record }: Extract<Saved, { readonly record: unknown }>,
    { base, now }: Visit<T>,
  ): void {
    const { lifetime } = this.#settings;
    const { generation: session, terms } = record;
    const until = endsAt(record, lifetime).absolute;
    if (terms?.bound !== undefined) {
      if (kind !== "restarted") return; // the end is where it was
      const { key } = bondOf(terms.bound);
      this.#cookies.setKey(c, { key, session, until }, now);
    } else if (
      session !== base?.record.generation ||
      // The browser may have missed the first offer. Each takes one of its few signatures.
      isRenewalDue(base.record, lifetime, now)
    ) {
      this.#cookies.offer(c, { session, until }, now);
    }
  }

  #isHttps({ cookie }: Visit<T>): boolean {
    return cookie === this.#settings.https;
  }

  /** Without the session when it is bound and the proof is not of that device. */
  readonly #admit = (visit: Visit<T>, proof: Proof | undefined): Visit<T> => {
    const { base, now } = visit;
    if (base === null) return visit;
    const { terms, generation } = base.record;
    if (terms?.bound === undefined) {
      if (proof?.session !== generation) return visit;
      return { ...visit, bindTo: boundTo({ key: proof.key, since: now }) };
    }
    const { key, since } = bondOf(terms.bound);
    if (proof?.key === key || now - since < this.#graceSeconds) return visit;
    return { ...visit, base: null, unproven: base, rejected: "unproven" };
  };
}
