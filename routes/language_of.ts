import type { Context } from "hono";
import { detectFromCookie, detectFromHeader } from "hono/language";
import { type Language, languages } from "../components/locales/mod.ts";
import { cookiesOf } from "./session_cookie.ts";

type DetectorOptions = Parameters<typeof detectFromHeader>[1];

/** Characters. No browser sends as many, and thousands of languages cost as much as ten pages. */
const LONGEST_HEADER = 500;

const OPTIONS: DetectorOptions = {
  supportedLanguages: languages,
  fallbackLanguage: "en",
  order: ["cookie", "header"],
  lookupCookie: "language",
  lookupFromHeaderKey: "Accept-Language",
  lookupQueryString: "", // not looked up
  lookupFromPathIndex: 0,
  ignoreCase: true,
  caches: false, // only POST /language sets the cookie
};

/** The visitor's language: as chosen, as the browser says, or English. An Accept-Language header that is too long is as good as none. */
export function languageOf(c: Context): Language {
  const header = c.req.header("Accept-Language") ?? "";
  const isChosen = cookiesOf(c)["language"] !== undefined; // otherwise all cookies are parsed once more
  const language = (isChosen && detectFromCookie(c, OPTIONS)) ||
    (header.length > LONGEST_HEADER ? undefined : detectFromHeader(c, OPTIONS));
  return (language ?? OPTIONS.fallbackLanguage) as Language;
}
