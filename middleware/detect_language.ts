import type { MiddlewareHandler } from "hono";
import { languageDetector } from "hono/language";

type Options = Parameters<typeof languageDetector>[0];

/** Characters. No browser sends as many, and thousands of languages cost as much as ten pages. */
const LONGEST_HEADER = 500;

/** hono's languageDetector, but an Accept-Language header that is too long is as good as none. */
export function detectLanguage(options: Options): MiddlewareHandler {
  const detect = languageDetector(options);
  const byCookie = languageDetector({ ...options, order: ["cookie"] });
  return function detectLanguage(c, next) {
    const header = c.req.header("Accept-Language") ?? "";
    return (header.length > LONGEST_HEADER ? byCookie : detect)(c, next);
  };
}
