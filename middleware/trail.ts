import type { Context, MiddlewareHandler } from "hono";
import type { Page } from "../pages.ts";
import type { AppEnv } from "../visitor.ts";

/** Pages that are remembered. */
const LENGTH = 6;

/** Remembers that the visitor saw this page: see {@linkcode remember}. */
export function trail(page: Page): MiddlewareHandler<AppEnv> {
  return async function trail(c, next) {
    await remember(c, page);
    await next();
  };
}

/**
 * Remembers that the visitor saw this page: its name, never its path. Only in a
 * session that is there already, only when the page before was another one, not
 * for a prefetch, and never at the price of a conflict. Tells whether there was something to write.
 */
export async function remember(
  c: Context<AppEnv>,
  page: Page,
): Promise<boolean> {
  if (c.req.method !== "GET" || isPrefetch(c)) return false;
  const session = await c.get("session")(); // c.var makes an object of all variables
  if (session.info.isNew || session.data.trail.at(-1) === page) return false;
  session.update(
    (latest) => ({ trail: [...latest.trail, page].slice(-LENGTH) }),
    { onConflict: "skip" },
  );
  return true;
}

/** The browser asks ahead of a click, and perhaps never shows the page. */
function isPrefetch(c: Context): boolean {
  return c.req.header("Sec-Purpose")?.startsWith("prefetch") ?? false;
}
