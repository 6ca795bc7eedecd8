// A proxy speaks https to visitors and http to your app. It must set X-Forwarded-Proto, and must
// overwrite what a visitor sends under that name. With `trustProxy` cookies are Secure and get their
// __Host- prefix; without it your app takes every visitor for one who came by plain http. Redirect
// http to https: each scheme has a cookie of its own.
import { session } from "@baton/session";
import { Hono } from "hono";
import { z } from "zod";

export const app = new Hono()
  .use(session({
    schema: z.object({ visits: z.number().default(0) }),
    secrets: [Deno.env.get("SESSION_SECRET")!],
    trustProxy: true,
  }))
  .get("/", async (c) => {
    const session = await c.var.session();
    session.update(({ visits }) => ({ visits: visits + 1 }));
    return c.text(`Visit ${session.data.visits}`);
  });
