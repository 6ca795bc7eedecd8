// A value that is used once: a nonce in a form, so that a double click pays once. `take()` reads it
// and removes it, `commit()` saves that before the payment. When two posts take the same nonce, one
// commits, and the other gets a SessionConflictError (409).
//
// This needs a server store: with the cookie store each post wins.
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { type Env, sessions } from "./sessions.ts";

export function createApp(charge: () => Promise<void>) {
  return new Hono<Env>().use(csrf()).use(sessions)
    .get("/pay", async (c) => {
      const nonce = crypto.randomUUID();
      (await c.var.session()).update({ nonce });
      return c.html(
        `<form method="post"><input type="hidden" name="nonce" value="${nonce}"><button>Pay</button></form>`,
      );
    })
    .post("/pay", async (c) => {
      const { nonce } = await c.req.parseBody();
      const session = await c.var.session();
      const expected = session.take("nonce");
      if (expected === undefined || expected !== nonce) {
        return c.text("This form was sent already", 409);
      }
      await session.commit();
      await charge();
      return c.text("Paid");
    });
}
