// A few routes over bound sessions, by the package's own name, so that it runs wherever the package is installed.
import { session, type SessionOptions } from "@baton/session";
import { deviceBinding } from "@baton/session/bound";
import { Hono } from "hono";
import { z } from "zod";

export const boundSchema = z.object({
  user: z.string().optional(),
  count: z.number().default(0),
  seen: z.number().default(0),
});

export interface BoundAppOptions
  extends Omit<SessionOptions<typeof boundSchema>, "schema" | "now"> {
  readonly refreshSeconds: number;
  /** Where another site's links lead. */
  readonly origin?: string;
}

/** The answer of `/me`. */
export interface Me {
  readonly user: string;
  readonly count: number;
  readonly seen: number;
  readonly binding: string;
  readonly rejected?: string;
  readonly usedAt: number;
}

export function boundApp(
  { refreshSeconds, origin = "", ...options }: BoundAppOptions,
): Hono {
  let ahead = 0;
  const sessions = session({
    schema: boundSchema,
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
    .get("/link", (c) => c.html(`<a href="${origin}/me">link</a>`))
    .get("/idp", (c) => c.html(`<a href="${origin}/sign-in">link</a>`))
    .get(
      "/form",
      (c) => c.html('<form method="post" action="/count"><button>+</button>'),
    )
    .get("/sign-in", async (c) => {
      const session = await c.var.session();
      session.restart();
      session.update({ user: "Jay" });
      return c.redirect("/me", 303);
    })
    .get("/me", async (c) => {
      const { data, info } = await c.var.session();
      const { user = "nobody", ...rest } = data;
      const { binding, rejected, usedAt } = info;
      return c.json({ user, ...rest, binding, rejected, usedAt });
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
