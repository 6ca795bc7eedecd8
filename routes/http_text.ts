// The visitor's own request and its answer, as text: the headers that matter, and never a whole cookie.
import type { Context } from "hono";
import type { ExchangesProps } from "../components/exchange.tsx";
import { formatsOf } from "../components/format.ts";
import type { HttpRequestProps } from "../components/http_message.tsx";
import type { Language } from "../components/locales/mod.ts";
import { MAX_AGE_LIMIT_SECONDS } from "../middleware/session/cookie/cookie.ts";
import { isTouchDue } from "../middleware/session/lifetime.ts";
import type { SessionInfo } from "../middleware/session/mod.ts";
import { cookiesOf } from "./page.ts";

/** A visitor's own text on a page: no longer than a line. */
const LINE_CHARACTERS = 80;

/** The request, as HTTP/1.1 writes it. `cookieName`: the session's, with its prefix. */
export function requestText(c: Context, cookieName: string): HttpRequestProps {
  const [, , host = "", ...path] = c.req.url.split("/");
  const { [cookieName]: session, language } = cookiesOf(c);
  const cookies: string[] = [];
  if (session !== undefined) {
    cookies.push(`${cookieName}=${beginning(session)}`);
  }
  if (language !== undefined) cookies.push(`language=${cut(language)}`);
  return {
    start: `${c.req.method} ${cut(`/${path.join("/")}`)} HTTP/1.1`,
    host: cut(host),
    hasCookies: cookies.length > 0,
    cookies: cookies.join("; "),
  };
}

/** The version and a few characters of the payload. */
function beginning(value: string): string {
  return `${cut(value.slice(0, value.indexOf(".") + 7))}…`;
}

function cut(text: string): string {
  return text.length > LINE_CHARACTERS
    ? `${text.slice(0, LINE_CHARACTERS)}…`
    : text;
}

/**
 * How the session began, and the request for this page with its answer. `now`:
 * seconds since the epoch; `isChanged`: this request changes what the session holds.
 */
export function exchangesProps(
  c: Context,
  language: Language,
  info: SessionInfo,
  now: number,
  isChanged: boolean,
): ExchangesProps {
  const { createdAt, endsAt: { absolute }, cookieName } = info;
  const isSet = info.store === "cookie" && isSaved(info, now, isChanged);
  const left = Math.min(absolute - now, MAX_AGE_LIMIT_SECONDS);
  const maxAge = Math.min(absolute - createdAt, MAX_AGE_LIMIT_SECONDS);
  const { duration } = formatsOf(language);
  return {
    ...requestText(c, cookieName),
    language,
    isSecure: cookieName.startsWith("__Host-"),
    cookieName,
    maxAge: `${maxAge}`,
    lifetime: duration(maxAge),
    idle: duration(idleSeconds(info)),
    lastLine: isSet
      ? `\nSet-Cookie: ${cookieName}=v1.…; Max-Age=${left}; …`
      : "",
  };
}

/** How long a session may be unused. */
export function idleSeconds({ usedAt, endsAt }: SessionInfo): number {
  return endsAt.idle - usedAt;
}

/** Whether the session is saved after this request, so that its idle time begins anew. */
export function isSaved(
  info: SessionInfo,
  now: number,
  isChanged: boolean,
): boolean {
  const idle = idleSeconds(info);
  return isChanged || isTouchDue(info, { idle, absolute: idle }, now);
}
