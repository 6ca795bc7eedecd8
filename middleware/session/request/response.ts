import type { Context } from "hono";
import { COOKIE_LIMIT_BYTES, setCookieLine } from "../cookie/cookie.ts";
import { SessionTooLargeError } from "../errors.ts";
import type { RejectReason, SessionEvent } from "../events.ts";
import { endsAt } from "../lifetime.ts";
import type { Visit } from "./load.ts";
import type { Settings } from "../options.ts";
import type { Saved } from "./save.ts";
import type { SessionRecord } from "../stores/store.ts";

/** What the browser has to be told. */
export type CookieDecision =
  | { readonly kind: "nothing" | "clear" }
  | {
    readonly kind: "set";
    readonly token: string;
    readonly record: SessionRecord;
  };

const NOTHING: CookieDecision = { kind: "nothing" };
const CLEAR: CookieDecision = { kind: "clear" };

/** Every case in which a cookie is sent. */
export function decide<T>(
  saved: Saved,
  { base, rejected, value }: Visit<T>,
): CookieDecision {
  switch (saved.kind) {
    case "began":
    case "saved":
    case "renewed":
    case "restarted": {
      const { token, record } = saved;
      const isKnown = token === base?.token && !base.isOld;
      return isKnown ? NOTHING : { kind: "set", token, record };
    }
    case "unchanged":
      if (base?.isOld) {
        return { kind: "set", token: base.token, record: base.record };
      }
      return isCleared(rejected, value) ? CLEAR : NOTHING;
    case "ended":
      return value === undefined ? NOTHING : CLEAR;
  }
}

/**
 * Whether a rejected cookie is taken from the browser. Not when it is unknown:
 * another request may just have regenerated the id, and a late clear would
 * throw the new cookie away. Not for the schema either: a bad deploy must be
 * reversible. Not without a proof: the next request may bring one. And not when another app on this host wrote it: cookies ignore
 * ports.
 */
function isCleared(
  reason: RejectReason | undefined,
  value: string | undefined,
): boolean {
  switch (reason) {
    case "malformed":
      return value?.startsWith("v1.") ?? false;
    case "bad-seal":
    case "expired":
      return true;
    case "unknown":
    case "schema":
    case "unproven":
    case undefined:
      return false;
  }
}

/** What to tell about the outcome of saving. */
export function eventOf<T>(
  saved: Saved,
  { base }: Visit<T>,
): SessionEvent | undefined {
  const previousId = base?.record.generation;
  switch (saved.kind) {
    case "unchanged":
      return undefined;
    case "ended":
      return previousId === undefined
        ? undefined
        : { type: "ended", id: previousId };
    case "began":
    case "saved":
      return { type: saved.kind, id: saved.record.generation };
    case "renewed":
    case "restarted": {
      const { generation: id } = saved.record;
      return { type: saved.kind, id, previousId: previousId ?? id };
    }
  }
}

/** The Set-Cookie line of a decision, if it needs one. */
export function cookieLine<T>(
  decision: CookieDecision,
  { cookie, now }: Visit<T>,
  { lifetime }: Settings<T>,
): string | undefined {
  switch (decision.kind) {
    case "nothing":
      return undefined;
    case "clear":
      return setCookieLine(cookie, "", 0);
    case "set": {
      const { token, record } = decision;
      const value = cookie.sealer.seal(token);
      const bytes = cookie.name.length + value.length;
      if (bytes > COOKIE_LIMIT_BYTES) {
        const advice = "Store less, or keep sessions in a server-side store.";
        throw new SessionTooLargeError(bytes, COOKIE_LIMIT_BYTES, advice);
      }
      const isPersistent = record.terms?.persistent ?? true;
      const seconds = endsAt(record, lifetime).absolute - now;
      return setCookieLine(cookie, value, isPersistent ? seconds : undefined);
    }
  }
}

/** Marks the response as one visitor's, and sends the cookie. Works on every kind of response. */
export function finish(c: Context, line?: string): void {
  try {
    mark(c.res.headers);
  } catch {
    c.res = new Response(c.res.body, c.res); // the headers of a fetched response cannot be changed
    mark(c.res.headers);
  }
  if (line === undefined) return;
  // On a copy: a module may share one Response between requests.
  if (c.res.status !== 200 || c.res.headers.has("Content-Encoding")) {
    c.header("Set-Cookie", line, { append: true });
    return;
  }
  const copy = plainCopy(c.res);
  copy.headers.append("Set-Cookie", line);
  c.res = undefined;
  c.res = copy;
}

/**
 * The same answer, made without headers, which are added one by one: where
 * several are given at once, as hono does it, Deno encodes the whole page, and
 * again when another middleware sets one more.
 */
function plainCopy(response: Response): Response {
  const copy = new Response(response.body);
  const { headers } = copy;
  for (const [name, value] of response.headers) headers.append(name, value);
  return copy;
}

/** The response depends on who asks, so no shared cache may keep it. */
function mark(headers: Headers): void {
  if (!isPrivate(headers.get("Cache-Control"))) {
    headers.set("Cache-Control", "private, no-store");
  }
  const vary = headers.get("Vary");
  if (vary === null || !/(?:^|,)\s*(?:cookie|\*)\s*(?:,|$)/i.test(vary)) {
    headers.append("Vary", "Cookie");
  }
}

/** Whether the route's own Cache-Control keeps shared caches out (RFC 9111, 5.2.2.7). */
function isPrivate(given: string | null): boolean {
  if (given === null) return false;
  const directives = given.toLowerCase().split(",").map((one) => one.trim());
  return directives.includes("private") &&
    !directives.some((one) => one === "public" || one.startsWith("s-maxage"));
}

/**
 * Takes back the route's response, so that an error answer carries nothing of
 * it: only the marks, and what lets another origin's script read the answer.
 */
export function discardResponse(c: Context): void {
  const kept = [...c.res.headers].filter(([name]) =>
    name === "vary" || name.startsWith("access-control-")
  );
  c.res.body?.cancel().catch(() => {});
  c.res = undefined;
  const { headers } = c.res; // hono makes a new one, with what was set by c.header()
  for (const name of [...headers.keys()]) headers.delete(name);
  for (const [name, value] of kept) headers.append(name, value);
  mark(headers);
}
