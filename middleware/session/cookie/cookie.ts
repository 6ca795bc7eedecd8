import type { Context } from "hono";
import { generateCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";

/** The most that a cookie's name and value may take together, in bytes (RFC 6265bis, 5.6). */
export const COOKIE_LIMIT_BYTES = 4096;

/** Browsers keep no cookie for longer than 400 days (RFC 6265bis, 5.5). */
export const MAX_AGE_LIMIT_SECONDS: number = 400 * 24 * 60 * 60;

/**
 * Which requests from other sites carry the cookie. "lax": links. "strict":
 * none. "none": all of them, in a jar of its own for each site that embeds the
 * app (`SameSite=None; Partitioned`, CHIPS); over plain http that is "lax".
 */
export type SameSite = "lax" | "strict" | "none";

/** Whether the visitor came by https; behind a proxy only the proxy knows. */
export function isHttps(c: Context, trustProxy: boolean): boolean {
  const forwarded = trustProxy ? c.req.header("X-Forwarded-Proto") : undefined;
  if (forwarded !== undefined) return /^\s*https\s*(?:,|$)/i.test(forwarded);
  return c.req.url.startsWith("https:");
}

/** The name that fits the scheme: over https a prefix keeps other hosts and plain http out. */
export function cookieName(name: string, https: boolean): string {
  return https ? `__Host-${name}` : name;
}

/** Characters that JavaScript trims and HTTP does not: with them a name is another name. */
const NOT_HTTP_SPACE = /[\v\f\xa0]/g;

/**
 * The value of the cookie as it came; undefined when there is none. Of several
 * with the name, the first that is well-formed.
 */
export function readCookie(c: Context, name: string): string | undefined {
  const given = c.req.raw.headers.get("Cookie");
  if (given === null) return undefined;
  const header = given.replace(NOT_HTTP_SPACE, "?");
  const value = parse(header, name)[name];
  // hono/cookie leaves out what RFC 6265 does not allow in a value,
  // and takes away quotes and percent-encoding, of which we write neither.
  if (value !== undefined && header.includes(`${name}=${value}`)) return value;
  for (const pair of header.split(";")) {
    const at = pair.indexOf("=");
    if (at >= 0 && pair.slice(0, at).trim() === name) {
      return pair.slice(at + 1).trim();
    }
  }
  return undefined;
}

/** How the cookie of one session is written. */
export interface CookieOptions {
  /** With its prefix. */
  readonly name: string;
  readonly sameSite: SameSite;
}

/**
 * The Set-Cookie line. Without a Max-Age the browser may forget the cookie when
 * it closes; an empty value for no time at all clears it.
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
