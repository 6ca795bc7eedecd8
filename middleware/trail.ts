import type { MiddlewareHandler } from "hono";
import type { AppEnv, Page, Visitor } from "./visitor.ts";

/** So many pages are remembered. */
const LENGTH = 6;

/** Every session begins with the form, which leads here: that need not be stored. */
const FIRST: readonly Page[] = ["show"];

/** The pages that the visitor saw last, the latest at the end. */
export function trailOf(data: Pick<Visitor, "trail">): readonly Page[] {
  return data.trail ?? FIRST;
}

/**
 * Remembers that the visitor saw this page: its name, never its path. Only in a
 * session that is there already, only when the page before was another one, and
 * never at the price of a conflict.
 */
export function trail(page: Page): MiddlewareHandler<AppEnv> {
  return async function trail(c, next) {
    if (c.req.method === "GET") {
      const session = await c.var.session();
      if (!session.info.isNew && trailOf(session.data).at(-1) !== page) {
        session.update(
          (latest) => ({ trail: [...trailOf(latest), page].slice(-LENGTH) }),
          { onConflict: "skip" },
        );
      }
    }
    await next();
  };
}
