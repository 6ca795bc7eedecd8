// Sign in and out. `restart()` begins a new session, with another id and a whole lifetime, so that
// an id that somebody planted or copied before is worth nothing (OWASP ASVS 5.0, 7.2.4). `csrf()`
// keeps other sites from posting the forms.
//
// "Stay signed in": `lifetime` gives this session its own two time limits; they are stored with it.
// `persistent: false` sends no Max-Age, so that the browser may forget the cookie when it closes.
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { type Env, sessions } from "./sessions.ts";
import { checkPassword } from "./users.ts";

const DAY = 24 * 60 * 60; // seconds
const MONTH = { idle: 15 * DAY, absolute: 30 * DAY };

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
  .get("/me", async (c) => {
    const { data: { userId } } = await c.var.session();
    return userId === undefined ? c.redirect("/", 303) : c.text(userId);
  });
