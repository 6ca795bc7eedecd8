import type { MiddlewareHandler } from "hono";
import type { Page } from "../pages.ts";
import type { AppEnv } from "../visitor.ts";

/** So many pages are remembered. */
const LENGTH = 6;

/**
 * Remembers that the visitor saw this page: its name, never its path. Only in a
 * session that is there already, only when the page before was another one, and
 * never at the price of a conflict.
 */
export function trail(page: Page): MiddlewareHandler<AppEnv> {
  return async function trail(c, next) {
    if (c.req.method === "GET") {
      const session = await c.var.session();
      if (!session.info.isNew && session.data.trail.at(-1) !== page) {
        session.update(
          (latest) => ({ trail: [...latest.trail, page].slice(-LENGTH) }),
          { onConflict: "skip" },
        );
      }
    }
    await next();
  };
}
