// Every page asks these of its request, and is sent by sendPage().
import type { Context } from "hono";
import { getCookie } from "hono/cookie";
import type { Child } from "hono/jsx";
import { detectFromHeader } from "hono/language";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import {
  type Language,
  languages,
  locales,
} from "../components/locales/mod.ts";
import type { Mode } from "../components/mode.ts";
import { render } from "../components/template.ts";
import type { TimedEnv } from "../middleware/server_timing.ts";
import type { Lifetime, SessionInfo } from "../middleware/session/mod.ts";
import type { AppEnv } from "../visitor.ts";

/** This server, as its pages have to know it. */
export interface Lesson {
  readonly mode: Mode;
  readonly lifetime: Lifetime;
  /** Seconds since the epoch. */
  readonly now: () => number;
  /** Of the session, without a prefix. */
  readonly cookieName: string;
  readonly trustProxy: boolean;
}

/** Characters. No browser sends as many, and thousands of languages cost as much as ten pages. */
const LONGEST_HEADER = 500;

const OPTIONS: Parameters<typeof detectFromHeader>[1] = {
  supportedLanguages: languages,
  fallbackLanguage: "en",
  order: ["header"],
  lookupCookie: "", // not looked up
  lookupFromHeaderKey: "Accept-Language",
  lookupQueryString: "", // not looked up
  lookupFromPathIndex: 0,
  ignoreCase: true,
  caches: false, // only POST /language sets the cookie
};

/** The visitor's language: as chosen, as the browser says, or English. An Accept-Language header that is too long is as good as none. */
export function languageOf(c: Context): Language {
  const { language } = cookiesOf(c);
  const chosen = languages.find((known) => known === language);
  if (chosen !== undefined) return chosen;
  const { length } = c.req.header("Accept-Language") ?? "";
  const accepted = length > 0 && length <= LONGEST_HEADER
    ? detectFromHeader(c, OPTIONS)
    : undefined;
  return (accepted ?? OPTIONS.fallbackLanguage) as Language;
}

/** The request's cookies, by their whole names; parsed once. */
export function cookiesOf(c: Context): Readonly<Record<string, string>> {
  const known: Record<string, string> | undefined = c.get("cookies");
  if (known !== undefined) return known;
  const cookies = getCookie(c);
  c.set("cookies", cookies);
  return cookies;
}

/** For the page's frame: the language, and the name in the session (null: there is no session). Opens it, so that a visit to any page keeps it alive. */
export async function frameOf(c: Context<AppEnv>, language = languageOf(c)) {
  const { data } = await c.get("session")();
  return { language, knownAs: data.name ?? null };
}

/** Whether a link or a form on this page of ours led here: what an address claims may have been typed. */
export function cameFrom(c: Context, ...pages: readonly string[]): boolean {
  const referer = c.req.header("Referer") ?? "";
  if (!URL.canParse(referer)) return false;
  const { host, pathname } = new URL(referer);
  return host === new URL(c.req.url).host && pages.includes(pathname);
}

/** Why the cookie opened nothing, and what becomes of it, in two sentences; undefined when none was refused. */
export function refusal(
  language: Language,
  { rejected }: SessionInfo,
): string | undefined {
  const t = locales[language].refused;
  return rejected && `${t[rejected]} ${t.stays}`;
}

/** Answers with a page. As c.html(), which waits for its components even when there is nothing to wait for. */
export function sendPage<E extends TimedEnv>(
  c: Context<E>,
  content: Child,
  status: ContentfulStatusCode = 200,
): Response | Promise<Response> {
  const time = c.get("timeRender");
  const html = time ? time(() => render(content)) : render(content);
  return c.html(html, status);
}
