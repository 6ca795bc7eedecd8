// A few routes over the package by its own name, so that it runs wherever the package is installed.
import { session, type SessionOptions } from "@baton/session";
import { deviceBinding } from "@baton/session/bound";
import { Hono } from "hono";
import { z } from "zod";

const contractSchema = z.object({
  user: z.string().optional(),
  notice: z.string().optional(),
  count: z.number().default(0),
  seen: z.number().default(0),
});

/** Seconds between two proofs of a bound session, unless a test says otherwise. */
export const REFRESH_SECONDS = 300;

export interface ContractAppOptions
  extends Omit<SessionOptions<typeof contractSchema>, "schema" | "now"> {
  readonly refreshSeconds?: number;
  /** Where another site's links lead. */
  readonly origin?: string;
}

/** The answer of `/me`. */
export interface Me {
  readonly user: string;
  readonly count: number;
  readonly seen: number;
  readonly isNew: boolean;
  readonly binding: string;
  readonly rejected?: string;
  readonly usedAt: number;
}

export function contractApp(
  { refreshSeconds = REFRESH_SECONDS, origin = "", ...options }:
    ContractAppOptions,
): Hono {
  let ahead = 0;
  const sessions = session({
    schema: contractSchema,
    binding: deviceBinding({ refreshSeconds }),
    now: () => Date.now() / 1000 + ahead,
    ...options,
  });
  const app = new Hono()
    .post("/clock/:seconds", (c) => {
      ahead += Number(c.req.param("seconds"));
      return c.body(null, 204);
    })
    .use(sessions)
    .use(async (c, next) => {
      const wait = c.req.query("wait"); // milliseconds, with the session open
      if (wait !== undefined) {
        await c.var.session();
        await new Promise((resolve) => setTimeout(resolve, Number(wait)));
      }
      await next();
    })
    .get("/link", (c) => c.html(`<a href="${origin}/me">link</a>`))
    .get("/idp", (c) => c.html(`<a href="${origin}/sign-in">link</a>`))
    .get("/sign-in", async (c) => {
      const session = await c.var.session();
      session.restart();
      session.update({ user: "Jay" });
      return c.redirect("/me", 303);
    })
    .post("/users", async (c) => {
      const { user } = await c.req.parseBody();
      const session = await c.var.session();
      session.restart();
      session.update({ user: String(user), notice: "Saved." });
      return c.redirect("/me", 303);
    })
    .get("/me", async (c) => {
      const { data, info } = await c.var.session();
      const { user = "stranger", ...rest } = data;
      const { isNew, binding, rejected, usedAt } = info;
      return c.json({ user, ...rest, isNew, binding, rejected, usedAt });
    })
    .post("/take", async (c) => {
      const session = await c.var.session();
      return c.text(session.take("notice") ?? "");
    })
    .post("/count", async (c) => {
      const session = await c.var.session();
      session.update(({ count }) => ({ count: count + 1 }));
      return c.text(`${session.data.user} ${session.data.count}`);
    })
    .post("/seen", async (c) => {
      const session = await c.var.session();
      session.update(
        ({ seen }) => ({ seen: seen + 1 }),
        { onConflict: "skip" },
      );
      return c.body(null, 204);
    })
    .post("/renew", async (c) => {
      (await c.var.session()).regenerate();
      return c.body(null, 204);
    })
    .post("/restart", async (c) => {
      (await c.var.session()).restart();
      return c.body(null, 204);
    })
    .post("/restart/empty", async (c) => {
      const session = await c.var.session();
      session.restart({ keep: [] });
      session.update({ user: "Eve" });
      return c.body(null, 204);
    })
    .post("/end", async (c) => {
      (await c.var.session()).destroy();
      return c.body(null, 204);
    });
  app.onError((error, c) =>
    c.text(error.name, "status" in error ? error.status as 409 | 503 : 500)
  );
  return app as unknown as Hono;
}
