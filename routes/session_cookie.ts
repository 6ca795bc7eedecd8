import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import { type Language, locales } from "../components/locales/mod.ts";
import { cookieName as prefixed } from "../middleware/session/cookie/cookie.ts";
import { isHttps, type SessionInfo } from "../middleware/session/mod.ts";

/** The app's options for the session's cookie. */
export interface CookieOptions {
  /** As the option of `session()`. */
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
  const name = prefixed(cookieName, isHttps(c, trustProxy));
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

/** Why the cookie opened nothing, and what becomes of it, in two sentences; undefined when none was refused. */
export function refusal(
  language: Language,
  { rejected }: SessionInfo,
): string | undefined {
  const t = locales[language].refused;
  return rejected && `${t[rejected]} ${t.stays}`;
}
