import type { Context } from "hono";
import type { AppEnv } from "../visitor.ts";

/** The name in the session, for the page's head; null: there is no session. Opens it, so that a visit to any page keeps it alive. */
export async function knownAs(c: Context<AppEnv>): Promise<string | null> {
  const { data } = await c.get("session")();
  return data.name ?? null;
}

/** Whether a link or a form on this page of ours led here: what an address claims may have been typed. */
export function cameFrom(c: Context, ...pages: readonly string[]): boolean {
  const referer = c.req.header("Referer") ?? "";
  if (!URL.canParse(referer)) return false;
  const { host, pathname } = new URL(referer);
  return host === new URL(c.req.url).host && pages.includes(pathname);
}
