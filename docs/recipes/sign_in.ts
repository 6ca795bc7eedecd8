// Sign in, out, and out everywhere. `restart()` begins a new session, with another id and a whole
// lifetime, so that an id that somebody planted or copied before is worth nothing (OWASP ASVS 5.0,
// 7.2.4). `csrf()` keeps other sites from posting the forms.
//
// "Stay signed in": `lifetime` gives this session its own two time limits; they are stored with it.
// `persistent: false` sends no Max-Age, so that the browser may forget the cookie when it closes.
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

const signedIn = createMiddleware<Env>(async (c, next) => {
  const session = await c.var.session();
  const { userId, epoch } = session.data;
  const user = userId === undefined ? null : await findUser(userId);
  if (user?.epoch !== epoch) {
    if (userId !== undefined) session.destroy();
    return c.redirect("/sign-in", 303);
  }
  await next();
});

export const app = new Hono<Env>().use(csrf()).use(sessions)
  .post("/sign-in", async (c) => {
    // Before the slow check of the password: so a double click is one sign-in, and keeps the cart.
    const session = await c.var.session();
    const { name, password, stay } = await c.req.parseBody();
    const user = await checkPassword(String(name), String(password));
    if (user === null) return c.text("Wrong name or password", 401);
    const terms = stay === "on" ? { lifetime: MONTH } : { persistent: false };
    session.restart({ keep: ["cart"], ...terms });
    session.update({ userId: user.id, epoch: user.epoch });
    return c.redirect("/me", 303);
  })
  .post("/sign-out", async (c) => {
    (await c.var.session()).destroy();
    return c.redirect("/", 303);
  })
  .use(signedIn)
  .get("/me", async (c) => c.text((await c.var.session()).data.userId ?? ""))
  .post("/sign-out-everywhere", async (c) => {
    const session = await c.var.session();
    await raiseEpoch(session.data.userId ?? "");
    session.destroy();
    return c.redirect("/sign-in", 303);
  });
