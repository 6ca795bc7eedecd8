// "Stay signed in". `lifetime` gives this session its own two time limits; they are stored with it.
// `persistent: false` sends no Max-Age, so that the browser may forget the cookie when it closes.
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { type Env, sessions } from "./sessions.ts";
import { checkPassword } from "./users.ts";

const DAY = 24 * 60 * 60; // seconds
const MONTH = { idle: 15 * DAY, absolute: 30 * DAY };

export const app = new Hono<Env>().use(csrf()).use(sessions)
  .post("/sign-in", async (c) => {
    const session = await c.var.session();
    const { name, password, remember } = await c.req.parseBody();
    const user = await checkPassword(String(name), String(password));
    if (user === null) return c.text("Wrong name or password", 401);
    const stay = remember === "on"
      ? { lifetime: MONTH }
      : { persistent: false };
    session.restart({ keep: ["cart"], ...stay });
    session.update({ userId: user.id, epoch: user.epoch });
    return c.redirect("/me", 303);
  })
  .get("/me", async (c) => c.json((await c.var.session()).data));
