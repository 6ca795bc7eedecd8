import type { Context } from "hono";
import { randomId } from "../cookie/base64url.ts";
import { COOKIE_LIMIT_BYTES, setCookieLine } from "../cookie/cookie.ts";
import { SessionTooLargeError } from "../errors.ts";
import type { SessionEvent } from "../events.ts";
import { endsAt } from "../lifetime.ts";
import type { SessionCookie, Settings } from "../options.ts";
import type { Visit } from "./load.ts";
import type { Saved } from "./save.ts";

/** The Set-Cookie line that the browser needs; undefined: it has the right cookie. */
export function cookieLine<T>(
  { kind, base }: Saved<T>,
  { base: before, value, cookie, now }: Visit<T>,
  { lifetime }: Settings<T>,
): string | undefined {
  if (kind === "destroyed") {
    return value === undefined ? undefined : setCookieLine(cookie, "", 0);
  }
  if (base === null || base.token === before?.token && !before.isOld) {
    return undefined;
  }
  const sealed = sealToken(cookie, base.token);
  const isPersistent = base.record.terms?.persistent ?? true;
  const seconds = endsAt(base.record, lifetime).absolute - now;
  return setCookieLine(cookie, sealed, isPersistent ? seconds : undefined);
}

/** @throws {SessionTooLargeError} when no browser would keep it */
export function sealToken(
  { name, sealer }: SessionCookie,
  token: string,
): string {
  const sealed = sealer.seal(token);
  const bytes = name.length + sealed.length;
  if (bytes <= COOKIE_LIMIT_BYTES) return sealed;
  const advice = "Store less, or keep sessions in a server-side store.";
  throw new SessionTooLargeError(bytes, COOKIE_LIMIT_BYTES, advice);
}

/** The event of a request that saved. */
export function eventOf<T>(
  { kind, base }: Saved<T>,
  { base: before, retired }: Visit<T>,
): SessionEvent | undefined {
  const previousId = (before ?? retired)?.record.id;
  if (kind === "unchanged") return undefined;
  if (kind === "destroyed") {
    return previousId === undefined
      ? undefined
      : { type: "destroyed", id: previousId };
  }
  const id = base?.record.id ?? "";
  return kind === "began" || kind === "saved"
    ? { type: kind, id }
    : { type: kind, id, previousId: previousId ?? id };
}

/** `c.res` of hono, as the class of a context has it. */
type Accessor = Required<Pick<PropertyDescriptor, "get" | "set">>;

interface Accessors {
  readonly plain: Accessor;
  /** Marks each response when it is read for the first time, and puts the cookies of the request on it. */
  readonly marking: PropertyDescriptor;
}

/** By the prototype, of which each copy of hono has its own. Contexts that share one accessor keep one shape, so the engine stays fast. */
const ACCESSORS = new WeakMap<object, Accessors>();

function accessorsOf(c: Context): Accessors {
  const prototype = Object.getPrototypeOf(c);
  const known = ACCESSORS.get(prototype);
  if (known !== undefined) return known;
  const plain = Object.getOwnPropertyDescriptor(prototype, "res") as Accessor;
  const marking = {
    configurable: true,
    get(this: MarkedContext): Response {
      if (this[IS_DUE] && this.finalized) markDue(this);
      return plain.get.call(this);
    },
    set(this: MarkedContext, response: Response | undefined) {
      this[IS_DUE] = true;
      plain.set.call(this, response);
    },
  };
  const accessors = { plain, marking };
  ACCESSORS.set(prototype, accessors);
  return accessors;
}

/** true until the response of this context is marked. */
const IS_DUE = Symbol("isDue");

/** The cookies that the sessions of a context have sent: whatever the answer becomes, it carries them. */
const SENT = Symbol("sent");

type MarkedContext = Context & {
  [IS_DUE]?: boolean;
  [SENT]?: readonly string[];
};

/**
 * Marks this response as one visitor's, and each one that is set later, as soon
 * as another middleware reads it. `c.header()` would not do: it is not carried
 * over to a raw `Response`.
 */
export function markFromNowOn(c: MarkedContext): void {
  c[IS_DUE] = true;
  // It is there already when another session of this app was opened.
  if (!Object.hasOwn(c, "res")) {
    Object.defineProperty(c, "res", accessorsOf(c).marking);
  }
  if (c.finalized) markDue(c); // who has it already sees the marks too
}

/** Once more at the end: a route may have set headers after its response. An answer that is made elsewhere may not be set on this context. */
export function markAnswer(c: MarkedContext): void {
  if (c.finalized) return c[IS_DUE] ? markDue(c) : markNow(c);
  c.header("Cache-Control", NO_STORE);
  c.header("Vary", "Cookie", { append: true });
}

/** Marks a response that was set, and puts the cookies of the request on it. */
function markDue(c: MarkedContext): void {
  c[IS_DUE] = false;
  markNow(c);
  addCookies(c);
}

function markNow(c: Context): void {
  try {
    mark(c.res.headers);
  } catch {
    copyResponse(c); // the headers of a fetched response cannot be changed
    mark(c.res.headers);
  }
}

function copyResponse(c: Context): void {
  accessorsOf(c).plain.set.call(c, new Response(c.res.body, c.res));
}

const NO_STORE = "private, no-store";

/** Headers that speak to one cache only, or to one vendor's caches. */
const ONE_CACHE =
  /^(?:.*cdn-cache-control|akamai-cache-control|edge-control|surrogate-control|x-accel-expires|expires)$/;

/** The response depends on the visitor, so no shared cache may keep it. */
function mark(headers: Headers): void {
  let control: string | undefined;
  let vary = "";
  const forOneCache: string[] = [];
  headers.forEach((value, name) => { // one pass costs less than ten questions
    if (name === "cache-control") control = value;
    else if (name === "vary") vary = value;
    else if (ONE_CACHE.test(name)) forOneCache.push(name);
  });
  if (!isPrivate(control)) headers.set("Cache-Control", NO_STORE);
  if (!VARIES.test(vary)) headers.append("Vary", "Cookie");
  for (const name of forOneCache) headers.delete(name);
}

const VARIES = /(?:^|,)\s*(?:cookie|\*)\s*(?:,|$)/i;

/** Checks that the route's own Cache-Control keeps shared caches out (RFC 9111, 5.2.2.7). */
function isPrivate(given = ""): boolean {
  if (given === NO_STORE) return true;
  const directives = given.toLowerCase().split(",").map((one) => one.trim());
  return directives.includes("private") &&
    !directives.some((one) => one === "public" || one.startsWith("s-maxage"));
}

/** The answer as it is, read without marking it; undefined: there is none yet. */
export function answerOf(c: Context): Response | undefined {
  return c.finalized ? accessorsOf(c).plain.get.call(c) : undefined;
}

/** true for a WebSocket's answer, of which there may be no copy. */
export function isSwitching(answer: Response | undefined): boolean {
  return answer?.status === 101;
}

/**
 * Sends the cookie with the answer, of whatever kind it is: with this one, and
 * with another one that hono or a wrapper makes instead.
 */
export function sendCookie(c: MarkedContext, line: string | undefined): void {
  if (line === undefined) return;
  c[SENT] = [...c[SENT] ?? [], line];
  const answer = answerOf(c);
  if (isSwitching(answer)) {
    // A copy would open no WebSocket, and the request's headers are gone.
    return answer?.headers.append("Set-Cookie", line);
  }
  if (answer?.bodyUsed) { // hono would not copy it, and another visitor may get it next
    throw new TypeError(
      "Make a new Response for each request: this one was sent before",
    );
  }
  c.header("Set-Cookie", line, { append: true });
  if (c.finalized && c.req.header("If-None-Match") !== undefined) {
    // The 304 of an outer etag() would drop the cookie, so no ETag may fit.
    c.res.headers.set("ETag", `"${randomId()}"`);
  }
}

function addCookies(c: MarkedContext): void {
  const missing = c[SENT]?.filter((line) => {
    const start = line.slice(0, line.indexOf("=") + 1);
    // Other middleware may have added an attribute to it.
    return !c.res.headers.getSetCookie().some((one) => one.startsWith(start));
  });
  if (!missing?.length) return;
  copyResponse(c); // a module may share it between requests, and the cookie is one visitor's
  for (const line of missing) c.res.headers.append("Set-Cookie", line);
}

/** Headers that an error answer keeps: the marks, the log's id, and CORS. */
const KEPT = /^(?:vary|x-request-id|access-control-.*)$/;

/** Drops the route's response, so that an error answer carries nothing of it. */
export function discardResponse(c: Context): void {
  const kept = [...c.res.headers].filter(([name]) => KEPT.test(name));
  c.res.body?.cancel().catch(() => {});
  c.res = undefined;
  c.status(200); // the route's own is not that of an error handler
  const { headers } = c.res; // hono makes a new one, with what was set by c.header()
  for (const name of [...headers.keys()]) {
    if (!KEPT.test(name)) headers.delete(name);
  }
  for (const [name, value] of kept) headers.set(name, value);
  markDue(c);
}
