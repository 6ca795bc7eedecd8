// A number in the user's own record and in the session. Whoever raises the one in the record ends
// all sessions of this user, in whatever store they are: those in cookies too, and those that are
// about to begin. A sign-in stores the epoch that it read together with the password's hash
// (users.ts says why).
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { createMiddleware } from "hono/factory";
import { type Env, sessions } from "./sessions.ts";
import { findUser, raiseEpoch } from "./users.ts";

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

export const app = new Hono<Env>().use(csrf()).use(sessions).use(signedIn)
  .get("/me", async (c) => c.text((await c.var.session()).data.userId ?? ""))
  .post("/sign-out-everywhere", async (c) => {
    const session = await c.var.session();
    await raiseEpoch(session.data.userId ?? "");
    session.destroy();
    return c.redirect("/sign-in", 303);
  });
