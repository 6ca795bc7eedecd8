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

const schema = z.object({
  access: z.object({ token: z.string(), endsAt: z.number() }).optional(),
  refreshToken: z.string().default(""),
  claim: z.object({ by: z.string(), endsAt: z.number() }).optional(),
});

interface Tokens {
  readonly access: { readonly token: string; readonly endsAt: number };
  readonly refreshToken: string;
}

export function createApp(
  store: SessionStore,
  refresh: (refreshToken: string) => Promise<Tokens>, // asks the provider
  now: () => number = () => Date.now() / 1000,
) {
  const sessions = session({
    schema,
    store,
    secrets: [Deno.env.get("SESSION_SECRET")!],
  });

  const withToken = createMiddleware<SessionEnvOf<typeof sessions>>(
    async (c, next) => {
      const session = await c.var.session();
      const { access } = session.data;
      if (access !== undefined && access.endsAt > now()) return await next();

      const by = crypto.randomUUID();
      session.update((latest) => {
        const isFree = (latest.claim?.endsAt ?? 0) <= now();
        const isFresh = (latest.access?.endsAt ?? 0) > now();
        if (!isFree || isFresh) return {};
        return { claim: { by, endsAt: now() + CLAIM_SECONDS } };
      });
      await session.commit();
      if (session.data.claim?.by === by) {
        const tokens = await refresh(session.data.refreshToken);
        session.update({ ...tokens, claim: undefined });
        await session.commit(); // it stays, whatever the answer becomes
      } else if ((session.data.access?.endsAt ?? 0) <= now()) {
        throw new HTTPException(503, { message: "Another request refreshes" });
      }
      await next();
    },
  );

  return new Hono().use(sessions)
    .post("/sign-in", async (c) => {
      (await c.var.session()).update({ refreshToken: "first" });
      return c.body(null, 204);
    })
    .get(
      "/mail",
      withToken,
      async (c) => c.text((await c.var.session()).data.access?.token ?? ""),
    );
}
