import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { type Language, locales } from "../components/locales/mod.ts";
import {
  isHttps,
  type RejectReason,
  type SessionInfo,
} from "../middleware/session/mod.ts";

/** The app's options for the session's cookie. */
export interface CookieOptions {
  /** Default "session". */
  readonly cookieName?: string;
  readonly trustProxy?: boolean;
}

/** The session's cookie: its whole name, and the value that this request brought. */
export interface SessionCookie {
  readonly name: string;
  readonly value: string | undefined;
}

export function sessionCookie(
  c: Context,
  { cookieName = "session", trustProxy = false }: CookieOptions,
): SessionCookie {
  const name = isHttps(c, trustProxy) ? `__Host-${cookieName}` : cookieName;
  return { name, value: cookiesOf(c)[name] };
}

/** The request's cookies, by their whole names; parsed once. */
export function cookiesOf(c: Context): Readonly<Record<string, string>> {
  const known: Record<string, string> | undefined = c.get("cookies");
  if (known !== undefined) return known;
  const cookies = getCookie(c);
  c.set("cookies", cookies);
  return cookies;
}

/** In two sentences: why the cookie opened nothing, and what became of it; undefined when none was refused. */
export function refusal(
  language: Language,
  { rejected }: SessionInfo,
  { value = "" }: SessionCookie,
): string | undefined {
  if (rejected === undefined) return undefined;
  const { reason, cookie } = locales[language].refused;
  const fate = isDeleted(rejected, value) ? cookie.deleted : cookie.kept;
  return `${reason[rejected]} ${fate}`;
}

function isDeleted(reason: RejectReason, value: string): boolean {
  switch (reason) {
    case "bad-seal":
    case "expired":
      return true;
    case "malformed":
      return value.startsWith("v1."); // another app on this host wrote the others
    case "unknown":
    case "schema":
    case "unproven":
      return false;
  }
}
