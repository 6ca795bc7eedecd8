// A new visitor's first writes. Ten requests without a cookie that write at once begin ten sessions,
// of which the browser keeps one. So begin the session with the page, and let its scripts write
// afterwards: then all share one session, and no change is lost (in a server store).
import { session, type SessionStore } from "@baton/session";
import { Hono } from "hono";
import { z } from "zod";

export function createApp(store: SessionStore) {
  const sessions = session({
    schema: z.object({
      isBegun: z.boolean().default(false),
      seen: z.array(z.string()).default([]),
    }),
    store,
    secrets: [Deno.env.get("SESSION_SECRET")!],
  });
  return new Hono().use(sessions)
    .get("/", async (c) => {
      const session = await c.var.session();
      session.update({ isBegun: true });
      return c.html("<p>The page, whose scripts post to /seen.</p>");
    })
    .post("/seen/:item", async (c) => {
      const session = await c.var.session();
      const item = c.req.param("item");
      session.update(({ seen }) => ({ seen: [...seen, item] }));
      return c.body(null, 204);
    })
    .get("/seen", async (c) => c.json((await c.var.session()).data.seen));
}
