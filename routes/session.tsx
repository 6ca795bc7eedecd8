import { Hono } from "hono";
import { SessionPage } from "../components/session_page.tsx";
import type { AppEnv } from "../middleware/visitor.ts";

/** `/session`: the inspector, and what can be done with a session. */
export const inspector = new Hono<AppEnv>()
  .get("/session", async (c) => {
    const { data, info } = await c.var.session();
    const stored = Object.entries(data).map(([key, value]) =>
      [key, JSON.stringify(value)] as const
    );
    return c.html(
      <SessionPage
        language={c.get("language")}
        session={info.isNew ? null : { stored, ...info }}
      />,
    );
  })
  .post("/session/renew", async (c) => {
    const session = await c.var.session();
    session.regenerate();
    return c.redirect("/session", 303);
  })
  .post("/session/end", async (c) => {
    const session = await c.var.session();
    session.destroy();
    return c.redirect("/", 303);
  });
