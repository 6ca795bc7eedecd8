// One of many requests refreshes a token. Most providers accept a refresh token once: when two
// requests use the same one, both lose their grant. So each request first claims the refresh:
// `update()` writes the claim, `commit()` saves it, and `data` then shows who won. The new token is
// committed too, so that it stays even when the route fails later with a 502.
//
// This needs a server store: with the cookie store each request wins.
import { session, type SessionEnvOf, type SessionStore } from "@baton/session";
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";

const CLAIM_SECONDS = 10; // then another request may try: this one may have died

const tokens = z.object({
  access: z.string(),
  endsAt: z.number(), // of `access`
  refresh: z.string(),
});

export function createApp(
  store: SessionStore,
  askProvider: (refreshToken: string) => Promise<z.infer<typeof tokens>>,
  now: () => number = () => Date.now() / 1000,
) {
  const sessions = session({
    schema: z.object({
      tokens: tokens.default({ access: "", endsAt: 0, refresh: "" }),
      claim: z.object({ by: z.string(), endsAt: z.number() }).optional(),
    }),
    store,
    secrets: [Deno.env.get("SESSION_SECRET")!],
  });

  const withToken = createMiddleware<SessionEnvOf<typeof sessions>>(
    async (c, next) => {
      const session = await c.var.session();
      if (session.data.tokens.endsAt > now()) return await next();

      const by = crypto.randomUUID();
      session.update(({ tokens, claim }) => {
        const isFree = claim === undefined || claim.endsAt <= now();
        if (!isFree || tokens.endsAt > now()) return {};
        return { claim: { by, endsAt: now() + CLAIM_SECONDS } };
      });
      await session.commit();
      if (session.data.claim?.by === by) {
        const tokens = await askProvider(session.data.tokens.refresh);
        session.update({ tokens, claim: undefined });
        await session.commit(); // it stays, whatever the answer becomes
      } else if (session.data.tokens.endsAt <= now()) {
        throw new HTTPException(503, { message: "Another request refreshes" });
      }
      await next();
    },
  );

  return new Hono().use(sessions)
    .post("/sign-in", async (c) => {
      const tokens = { access: "", endsAt: 0, refresh: "first" };
      (await c.var.session()).update({ tokens });
      return c.body(null, 204);
    })
    .get("/mail", withToken, async (c) => {
      return c.text((await c.var.session()).data.tokens.access);
    });
}
