// Apple, SAML and 3-D Secure send the visitor back with a form post from their site. A Lax cookie
// does not come with that post, so it finds no session. Do nothing there but answer 303 to a page of
// yours: that is a GET, and the cookie comes with it. Each attempt has its own record, so that two
// tabs both work and a forged `state` costs nothing. sign_in_oidc.ts has the whole sign-in.
import { session } from "@baton/session";
import { Hono } from "hono";
import { z } from "zod";

const ATTEMPTS_LIMIT = 5;

const sessions = session({
  schema: z.object({
    paid: z.array(z.string()).default([]),
    attempts: z.array(z.object({ state: z.string(), order: z.string() }))
      .default([]),
  }),
  secrets: [Deno.env.get("SESSION_SECRET")!],
});

export const app = new Hono().use(sessions)
  .post("/pay/:order", async (c) => { // with csrf(), as every other post
    const attempt = { state: crypto.randomUUID(), order: c.req.param("order") };
    (await c.var.session()).update(({ attempts }) => ({
      attempts: [...attempts, attempt].slice(-ATTEMPTS_LIMIT),
    }));
    return c.redirect(`https://bank.example/pay?state=${attempt.state}`, 303);
  })
  // Without csrf(): this post comes from another site.
  .post("/callback", async (c) => {
    const { state } = await c.req.parseBody();
    const query = new URLSearchParams({ state: String(state) });
    return c.redirect(`/callback?${query}`, 303);
  })
  .get("/callback", async (c) => {
    const session = await c.var.session();
    const state = c.req.query("state");
    const found = session.data.attempts.find((one) => one.state === state);
    if (found === undefined) return c.text("Please try again", 403);
    // Ask the bank here, from server to server, whether it was paid.
    session.update(({ attempts, paid }) => ({
      attempts: attempts.filter((one) => one.state !== state),
      paid: [...paid, found.order],
    }));
    return c.redirect(`/orders/${found.order}`, 303);
  });
