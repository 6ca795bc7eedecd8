import type { Context } from "hono";
import { randomId } from "../cookie/base64url.ts";
import type { DeepReadonly } from "../data/change.ts";
import { COOKIE_LIMIT_BYTES, isHttps, readCookie } from "../cookie/cookie.ts";
import { SessionStoreError, SessionTooLargeError } from "../errors.ts";
import type { RejectReason } from "../events.ts";
import { secondsLeft } from "../lifetime.ts";
import type { SessionCookie, Settings } from "../options.ts";
import type { Opened } from "../cookie/seal.ts";
import type { Loaded, SessionStore } from "../stores/store.ts";

/** What one request brought, as far as the session goes. Nothing changes it. */
export interface Visit<T> {
  /** Seconds since the epoch: one moment for the whole request. */
  readonly now: number;
  /** The cookie of the request's scheme. */
  readonly cookie: SessionCookie;
  /** Its value as it came; undefined when it did not. */
  readonly value: string | undefined;
  /** Why the value opened no session. */
  readonly rejected: RejectReason | undefined;
  /** The session as it is stored; null: there is none. */
  readonly base: Stored<T> | null;
  /** The session's id; one that begins in this request gets this one. */
  readonly id: string;
  /** What this request binds the session to. */
  readonly bindTo?: string;
  /** The session that is bound to a device, while the request does not prove that it comes from there. */
  readonly unproven?: Stored<T>;
}

/** A session as a store keeps it, and what led to it. */
export interface Stored<T> extends Loaded {
  readonly token: string;
  /** Whether an older secret sealed the cookie: it has to be sealed again. */
  readonly isOld: boolean;
  /** null: what is stored no longer fits the schema. */
  readonly data: DeepReadonly<T> | null;
}

/** Reads the cookie, checks its seal, and asks the store; at once where nobody has to be asked. */
export function load<T>(
  c: Context,
  settings: Settings<T>,
): Visit<T> | Promise<Visit<T>> {
  const { trustProxy, http, https } = settings;
  const cookie = isHttps(c, trustProxy) ? https : http;
  const value = readCookie(c, cookie.name);
  const request = { now: Math.floor(settings.now()), cookie, value };
  if (value === undefined) return withoutSession(request);
  if (cookie.name.length + value.length > COOKIE_LIMIT_BYTES) {
    return withoutSession(request, "malformed");
  }
  const opened = cookie.sealer.open(value);
  if (typeof opened === "string") return withoutSession(request, opened);
  if (opened.derived !== undefined) {
    return withSession(request, opened.derived as Stored<T>, settings);
  }
  return ask(settings.store, (store) => store.load(opened.token)).then(
    (loaded) => {
      if (loaded === null) return withoutSession(request, "unknown");
      const stored = storedOf(opened, loaded, settings);
      // What the token itself holds never changes, so it is read once.
      if (settings.store.holdsSession) opened.derived = stored;
      return withSession(request, stored, settings);
    },
  );
}

type Request = Pick<Visit<unknown>, "now" | "cookie" | "value">;

function withoutSession<T>(
  request: Request,
  rejected?: RejectReason,
): Visit<T> {
  return { ...request, rejected, base: null, id: randomId() };
}

/** Unless it has ended. */
function withSession<T>(
  request: Request,
  base: Stored<T>,
  { lifetime }: Settings<T>,
): Visit<T> {
  const { record, data } = base;
  if (secondsLeft(record, lifetime, request.now) <= 0) {
    return withoutSession(request, "expired");
  }
  const rejected = data === null ? "schema" : undefined;
  return { ...request, rejected, base, id: record.generation };
}

function storedOf<T>(
  { token, isOld }: Opened,
  { record, version }: Loaded,
  { schema }: Settings<T>,
): Stored<T> {
  return { record, version, token, isOld, data: schema.read(record.data) };
}

/** The session of this request as it is now; null: it was ended or regenerated meanwhile. */
export async function reload<T>(
  { now, base }: Visit<T>,
  settings: Settings<T>,
): Promise<Stored<T> | null> {
  if (base === null) return null;
  const { token, isOld } = base;
  const loaded = await ask(settings.store, (store) => store.load(token));
  if (loaded === null) return null;
  if (secondsLeft(loaded.record, settings.lifetime, now) <= 0) return null;
  return storedOf({ token, isOld }, loaded, settings);
}

/** A store that fails is an outage, not a logout. */
export async function ask<R>(
  store: SessionStore,
  question: (store: SessionStore) => Promise<R>,
): Promise<R> {
  try {
    return await question(store);
  } catch (cause) {
    if (cause instanceof SessionTooLargeError) throw cause;
    throw new SessionStoreError(store.kind, cause);
  }
}
