import type { Context } from "hono";
import { generateCookie } from "hono/cookie";

/** The most that a cookie's name and value may take together, in bytes (RFC 6265bis, 5.6). */
export const COOKIE_LIMIT_BYTES = 4096;

/** Browsers keep no cookie for longer than 400 days (RFC 6265bis, 5.5). */
export const MAX_AGE_LIMIT_SECONDS: number = 400 * 24 * 60 * 60;

/**
 * The requests from other sites that carry the cookie. "lax": links. "strict":
 * none. "none": all of them, in a jar of its own for each site that embeds the
 * app (`SameSite=None; Partitioned`, CHIPS); over plain http that is "lax".
 */
export type SameSite = "lax" | "strict" | "none";

/** true when the visitor came by https; behind a proxy only the proxy knows. */
export function isHttps(c: Context, trustProxy: boolean): boolean {
  const forwarded = trustProxy ? c.req.header("X-Forwarded-Proto") : undefined;
  if (forwarded !== undefined) return /^\s*https\s*(?:,|$)/i.test(forwarded);
  return c.req.url.startsWith("https:");
}

/** The name that fits the scheme: over https a prefix keeps other hosts and plain http out. */
export function cookieName(name: string, https: boolean): string {
  return https ? `__Host-${name}` : name;
}

/** Leaves room in a cookie for the longest token of a server store. */
const NAME_LIMIT = 3900;

/** The fault in the name of a cookie; undefined: there is none. */
export function cookieNameFault(name: unknown): string | undefined {
  if (typeof name !== "string" || !/^[\w!#$%&'*.^`|~+-]+$/.test(name)) {
    return `"${name}" is not a token (RFC 9110, 5.6.2); give letters, digits or any of !#$%&'*+-.^_\`|~`;
  }
  if (/^__(?:host|secure|http)-/i.test(name)) {
    return `leave the prefix off "${name}"; it is added over https`;
  }
  return name.length > NAME_LIMIT
    ? `${name.length} characters are too many`
    : undefined;
}

/** The spaces that HTTP allows around a cookie; JavaScript's trim() removes others too. */
const AROUND = /^[ \t]+|[ \t]+$/g;

/** The values of all cookies with this name, as they came, in their order. */
export function readCookies(c: Context, name: string): string[] {
  const header = c.req.raw.headers.get("Cookie");
  if (header === null || !header.includes(name)) return [];
  const values: string[] = [];
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at < 0 || pair.slice(0, at).replace(AROUND, "") !== name) continue;
    values.push(pair.slice(at + 1).replace(AROUND, ""));
  }
  return values;
}

/** How the cookie of one session is written. */
export interface CookieOptions {
  /** With its prefix. */
  readonly name: string;
  readonly sameSite: SameSite;
}

/**
 * The Set-Cookie line. Without a Max-Age the browser may forget the cookie when
 * it closes; an empty value with a Max-Age of zero clears it.
 */
export function setCookieLine(
  { name, sameSite }: CookieOptions,
  value: string,
  maxAgeSeconds: number | undefined,
): string {
  const isSecure = name.startsWith("__Host-");
  const isEmbedded = sameSite === "none" && isSecure;
  return generateCookie(name, value, {
    ...(maxAgeSeconds !== undefined && {
      maxAge: Math.min(Math.ceil(maxAgeSeconds), MAX_AGE_LIMIT_SECONDS),
    }),
    path: "/",
    httpOnly: true,
    secure: isSecure,
    sameSite: isEmbedded ? "None" : sameSite === "strict" ? "Strict" : "Lax",
    ...(isEmbedded && { partitioned: true }),
  });
}
