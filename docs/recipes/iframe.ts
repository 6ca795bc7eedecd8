// In an iframe on another site. `sameSite: "none"` sends SameSite=None; Partitioned over https: the
// browser keeps a separate cookie for each site that embeds your app (CHIPS). Posts from other sites
// carry it too, so `csrf()` matters more. Over plain http the cookie is Lax.
import { session } from "@baton/session";
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { z } from "zod";

export const app = new Hono().use(csrf())
  .use(session({
    schema: z.object({ visits: z.number().default(0) }),
    secrets: [Deno.env.get("SESSION_SECRET")!],
    sameSite: "none",
  }))
  .get("/widget", async (c) => {
    const session = await c.var.session();
    session.update(({ visits }) => ({ visits: visits + 1 }));
    c.header("Content-Security-Policy", "frame-ancestors https://shop.example");
    return c.html(`<p>Visit ${session.data.visits}</p>`);
  });
