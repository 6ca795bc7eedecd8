import type { Context } from "hono";
import { generateCookie } from "hono/cookie";
import { parse } from "hono/utils/cookie";

/** The most that a cookie's name and value may take together, in bytes (RFC 6265bis, 5.6). */
export const COOKIE_LIMIT_BYTES = 4096;

/** Browsers keep no cookie for longer than 400 days (RFC 6265bis, 5.5). */
const MAX_AGE_LIMIT_SECONDS = 400 * 24 * 60 * 60;

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

/**
 * The value of the cookie; undefined when there is none, and an empty string,
 * which nobody can have sealed, when what is there is not as we write it.
 */
export function readCookie(c: Context, name: string): string | undefined {
  const header = c.req.raw.headers.get("Cookie");
  if (header === null) return undefined;
  const value = parse(header, name)[name];
  // hono/cookie leaves out what RFC 6265 does not allow in a value,
  // and takes away quotes and percent-encoding, of which we write neither.
  if (value === undefined) return hasCookie(header, name) ? "" : undefined;
  return header.includes(`${name}=${value}`) ? value : "";
}

function hasCookie(header: string, name: string): boolean {
  return header.split(";").some((pair) =>
    pair.split("=", 1)[0]?.trim() === name
  );
}

/** The Set-Cookie line; an empty value for no time at all clears the cookie. */
export function setCookieLine(
  name: string,
  value: string,
  maxAgeSeconds: number,
): string {
  return generateCookie(name, value, {
    maxAge: Math.min(Math.ceil(maxAgeSeconds), MAX_AGE_LIMIT_SECONDS),
    path: "/",
    httpOnly: true,
    secure: name.startsWith("__Host-"),
    sameSite: "Lax",
  });
}
