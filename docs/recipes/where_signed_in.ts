// A list of the places where somebody is signed in, each with a button that ends it, and "sign out
// everywhere else" (OWASP ASVS 5.0, 7.4.2, 7.4.3, 7.4.5, 7.5.2). At most 50 sessions for each
// person: when another one begins, the one used last longest ago ends.
//
// This needs a server store and the option `owner` (sessions.ts). Take the owner from the session,
// never from a form; an administrator's page may take it from a form, behind its own rights.
// `usedAt` moves when the session is written: while it is only read, once in a tenth of `idle`.
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { createMiddleware } from "hono/factory";
import { type Env, sessions } from "./sessions.ts";

const SESSIONS_LIMIT = 50;

const signedIn = createMiddleware<Env & { Variables: { userId: string } }>(
  async (c, next) => {
    const { userId } = (await c.var.session()).data;
    if (userId === undefined) return c.text("Sign in first", 401);
    c.set("userId", userId);
    await next();
  },
);

export const app = new Hono<Env>().use(csrf()).use(sessions)
  .post("/sign-in/:id", async (c) => { // after you checked who it is
    const userId = c.req.param("id");
    const mine = sessions.of(userId);
    const all = await mine.list(); // the one used last comes first
    for (const { id } of all.slice(SESSIONS_LIMIT - 1)) await mine.destroy(id);
    const session = await c.var.session();
    session.restart();
    const device = c.req.header("User-Agent")?.slice(0, 200) ?? "";
    session.update({ userId, device });
    return c.redirect("/where", 303);
  })
  .use(signedIn)
  .get("/where", async (c) => {
    const { info } = await c.var.session();
    const all = await sessions.of(c.var.userId).list();
    return c.json(all.map(({ id, usedAt, data }) => (
      { id, usedAt, device: data.device, isThisOne: id === info.id }
    )));
  })
  .post("/end/:id", async (c) => {
    await sessions.of(c.var.userId).destroy(c.req.param("id"));
    return c.redirect("/where", 303);
  })
  .post("/end-others", async (c) => {
    const { info } = await c.var.session(); // before a regenerate(): the new id is stored later
    await sessions.of(c.var.userId).destroyAll({ except: info.id });
    return c.redirect("/where", 303);
  });
