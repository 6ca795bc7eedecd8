// Sign in and out; see where you are signed in; sign out elsewhere, or everywhere.
//
// `restart()` begins a new session, with another id and a whole lifetime, so that an id that somebody
// planted or copied before is worth nothing (OWASP ASVS 5.0, 7.2.4). `csrf()` keeps other sites from
// posting the forms.
//
// "Stay signed in": `lifetime` gives this session its own two time limits; they are stored with it.
// `persistent: false` sends no Max-Age, so that the browser may forget the cookie when it closes.
//
// "Where you are signed in" (7.4.2, 7.4.3, 7.4.5, 7.5.2) needs a server store and the option `owner`
// (sessions.ts). Take the owner from the session, never from a form; an administrator's page may take
// it from a form, behind its own rights. `usedAt` moves when the session is written: while it is only
// read, once in a tenth of `idle`.
//
// "Sign out everywhere": the epoch is a number in the user's own record and in the session. Raising
// the one in the record ends all sessions of this user, in whatever store they are: those in cookies
// too, and those that are about to begin. A sign-in stores the epoch that it read together with the
// password's hash (users.ts says why).
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { createMiddleware } from "hono/factory";
import { type Env, sessions } from "./sessions.ts";
import { checkPassword, findUser, raiseEpoch } from "./users.ts";

const DAY = 24 * 60 * 60; // seconds
const MONTH = { idle: 15 * DAY, absolute: 30 * DAY };
const SESSIONS_LIMIT = 50; // of each person

const signedIn = createMiddleware<Env & { Variables: { userId: string } }>(
  async (c, next) => {
    const session = await c.var.session();
    const { userId, epoch } = session.data;
    const user = userId === undefined ? null : await findUser(userId);
    if (user?.epoch !== epoch) {
      if (userId !== undefined) session.destroy();
      return c.redirect("/sign-in", 303);
    }
    c.set("userId", user.id);
    await next();
  },
);

export const app = new Hono<Env>().use(csrf()).use(sessions)
  .post("/sign-in", async (c) => {
    // Before the slow check of the password: so a double click is one sign-in, and keeps the cart.
    const session = await c.var.session();
    const { name, password, stay } = await c.req.parseBody();
    const user = await checkPassword(String(name), String(password));
    if (user === null) return c.text("Wrong name or password", 401);

    const mine = sessions.of(user.id);
    const all = await mine.list(); // the one used last comes first
    for (const { id } of all.slice(SESSIONS_LIMIT - 1)) await mine.destroy(id);

    const terms = stay === "on" ? { lifetime: MONTH } : { persistent: false };
    session.restart({ keep: ["cart"], ...terms });
    const device = c.req.header("User-Agent")?.slice(0, 200) ?? "";
    session.update({ userId: user.id, epoch: user.epoch, device });
    return c.redirect("/where", 303);
  })
  .post("/sign-out", async (c) => {
    (await c.var.session()).destroy();
    return c.redirect("/", 303);
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
  })
  .post("/sign-out-everywhere", async (c) => {
    await raiseEpoch(c.var.userId);
    (await c.var.session()).destroy();
    return c.redirect("/sign-in", 303);
  });
