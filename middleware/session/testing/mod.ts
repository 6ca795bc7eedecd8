/**
 * For tests of apps (`docs/recipes/testing_test.ts`) and of stores
 * (`docs/stores.md`).
 *
 * @module
 */
import type { z } from "zod";
import type { Hono } from "hono";
import { randomId } from "../cookie/base64url.ts";
import { ttlOf } from "../lifetime.ts";
import { type Sessions, settingsOf } from "../middleware.ts";
import type { Change } from "../data/schema.ts";
import { sealToken } from "../request/response.ts";

export { storeContract } from "./contract/mod.ts";

/** Anything that answers requests as a Hono app does. */
export type App = Pick<Hono, "request"> | {
  request(input: string, init?: RequestInit): Response | Promise<Response>;
};

/** Options for one request of a {@linkcode Browser}. */
export interface VisitOptions {
  /** Headers to send; they replace those that a browser would send. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Follow redirects, at most 20 of them. Default false. */
  readonly follow?: boolean;
}

/** A browser as far as cookies, redirects and `Origin` go, over `app.request`. */
export interface Browser {
  /** Visits a page. */
  get(path: string, options?: VisitOptions): Promise<Response>;
  /** Posts a form. */
  post(
    path: string,
    form?: Readonly<Record<string, string>>,
    options?: VisitOptions,
  ): Promise<Response>;
  /** Any request, with this browser's cookies. */
  request(
    path: string,
    init?: RequestInit,
    options?: VisitOptions,
  ): Promise<Response>;
  /** Names and values of the cookies that a request to "/" would carry now. */
  readonly cookies: ReadonlyMap<string, string>;
  /** Puts a cookie into the jar, as a Set-Cookie line from this origin would. */
  setCookie(line: string): void;
}

interface Cookie {
  readonly value: string;
  readonly path: string;
  readonly isSecure: boolean;
  readonly expiresAt: number;
}

/**
 * A cookie jar over `app.request`. It obeys Max-Age, Path, Secure and the name
 * prefixes (RFC 6265bis), and sends `Origin` with every method but GET and HEAD.
 */
export function browser(
  app: App,
  { origin: address = "http://localhost", now = () => Date.now() / 1000 }: {
    /** The address of the app; https turns Secure cookies and prefixes on. Default "http://localhost". */
    readonly origin?: string;
    /** Seconds since the epoch, by which cookies expire. Default: the system clock. */
    readonly now?: () => number;
  } = {},
): Browser {
  const { origin } = new URL(address);
  const isHttps = origin.startsWith("https:");
  const jar = new Map<string, Cookie>();

  function cookiesFor(path: string): Map<string, string> {
    const sent = new Map<string, string>();
    for (const [name, cookie] of jar) {
      if (cookie.expiresAt <= now()) jar.delete(name);
      else if (isUnder(path, cookie.path) && (isHttps || !cookie.isSecure)) {
        sent.set(name, cookie.value);
      }
    }
    return sent;
  }

  /** `from`: the path of the request that the line answers. */
  function setCookie(line: string, from = "/"): void {
    const [pair = "", ...attributes] = line.split(";");
    const [name = "", ...value] = pair.trimStart().split("=");
    const given = new Map(attributes.map((text) => {
      const [key = "", value = ""] = text.split("=", 2);
      return [key.trim().toLowerCase(), value.trim()] as const;
    }));
    const isSecure = given.has("secure");
    const attribute = given.get("path") ?? "";
    const isHost = isSecure && attribute === "/" && !given.has("domain");
    if (isSecure && !isHttps) return;
    if (/^__secure-/i.test(name) && !isSecure) return;
    if (/^__host-/i.test(name) && !isHost) return;
    const maxAge = given.get("max-age");
    const expiresAt = maxAge === undefined ? Infinity : now() + Number(maxAge);
    const path = attribute.startsWith("/") ? attribute : folderOf(from);
    jar.delete(name);
    jar.set(name, { value: value.join("="), path, isSecure, expiresAt });
  }

  /** One request, and the cookies of its answer. */
  async function visit(
    url: URL,
    init: RequestInit,
    more: VisitOptions["headers"] = {},
  ): Promise<Response> {
    if (url.origin !== origin) throw new Error(`${url.href} leaves ${origin}`);
    const headers = new Headers(init.headers);
    for (const [name, value] of Object.entries(more)) headers.set(name, value);
    const cookies = [...cookiesFor(url.pathname)].map((pair) => pair.join("="));
    if (cookies.length > 0 && !headers.has("Cookie")) {
      headers.set("Cookie", cookies.join("; "));
    }
    if (!isSafe(init) && !headers.has("Origin")) headers.set("Origin", origin);
    const response = await app.request(url.href, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      setCookie(line, url.pathname);
    }
    return response;
  }

  async function request(
    path: string,
    init: RequestInit = {},
    { headers, follow = false }: VisitOptions = {},
  ): Promise<Response> {
    let url = new URL(path, origin);
    let current = init;
    for (let redirects = 0; redirects <= 20; redirects++) {
      const response = await visit(url, current, headers);
      const { status } = response;
      const location = response.headers.get("Location");
      const isRedirect = location !== null && status >= 300 && status <= 399;
      if (!follow || !isRedirect) return response;
      await response.body?.cancel();
      url = new URL(location, url);
      // With a GET, or with the same request again (Fetch, 4.4).
      const isPost = current.method?.toUpperCase() === "POST";
      const isMoved = isPost && (status === 301 || status === 302);
      if (isMoved || status === 303 && !isSafe(current)) current = {};
    }
    throw new Error(`Too many redirects, the last to ${url.href}`);
  }

  return {
    request,
    setCookie,
    get: (path, options) => request(path, {}, options),
    post(path, form = {}, options) {
      const body = new URLSearchParams(form);
      return request(path, { method: "POST", body }, options);
    },
    get cookies() {
      return cookiesFor("/");
    },
  };
}

function isSafe({ method = "GET" }: RequestInit): boolean {
  return /^(?:get|head)$/i.test(method);
}

/** The path of a cookie without one (RFC 6265bis, 5.1.4). */
function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/")) || "/";
}

function isUnder(path: string, cookiePath: string): boolean {
  return path === cookiePath ||
    path.startsWith(cookiePath.endsWith("/") ? cookiePath : `${cookiePath}/`);
}

/**
 * Makes a session, in any store, and returns the Cookie header's `name=value` of
 * a visitor whose session holds `data`.
 *
 * @throws {SessionTooLargeError} when it does not fit
 */
export async function sealFor<S extends z.ZodObject>(
  sessions: Sessions<S, string>,
  data: Change<z.output<S>>,
  { url = "http://localhost/", at }: {
    /** The address that will be visited: https or http decides the cookie's name. */
    readonly url?: string;
    /** The time when the session began and was last used, in seconds since the epoch. Default: now. */
    readonly at?: number;
  } = {},
): Promise<string> {
  const { schema, records, lifetime, now, ownerOf, http, https } = settingsOf(
    sessions,
  );
  const createdAt = Math.floor(at ?? now());
  const stored = schema.merge(schema.empty(), schema.copy(data));
  const owner = ownerOf(stored);
  const record = {
    ...{ key: randomId(), id: randomId(), createdAt, usedAt: createdAt },
    data: stored,
    ...(owner !== undefined && { terms: { owner } }),
  };
  const ttl = ttlOf(record, lifetime, createdAt);
  const token = await records.save(record, null, ttl);
  if (token === null) throw new Error("The store refused a new session");
  const cookie = new URL(url).protocol === "https:" ? https : http;
  return `${cookie.name}=${sealToken(cookie, token)}`;
}
