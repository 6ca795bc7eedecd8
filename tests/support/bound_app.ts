// A few routes over bound sessions, by the package's own name, so that it runs wherever the package is installed.
import { session, type SessionOptions } from "@baton/session";
import { deviceBinding } from "@baton/session/bound";
import { Hono } from "hono";
import { html } from "hono/html";
import { z } from "zod";

export const boundSchema = z.object({
  user: z.string().optional(),
  count: z.number().default(0),
  seen: z.array(z.string()).default([]),
});

export interface BoundAppOptions
  extends Omit<SessionOptions<typeof boundSchema>, "schema"> {
  readonly refreshSeconds: number;
  /** Where other sites' links lead. */
  readonly origin?: string;
}

/** What `/me` tells. */
export interface Me {
  readonly user: string;
  readonly count: number;
  readonly binding: string;
  readonly rejected?: string;
  readonly usedAt: number;
  readonly idle: number;
}

export function boundApp(
  { refreshSeconds, origin = "", ...options }: BoundAppOptions,
): Hono {
  const binding = deviceBinding({ refreshSeconds });
  const app = new Hono()
    .use(session({ schema: boundSchema, binding, ...options }))
    .get("/", (c) => c.html("<title>home</title>"))
    .get("/link", (c) => c.html(page`<a href="${origin}/me">link</a>`))
    .get("/idp", (c) => c.html(page`<a href="${origin}/sign-in">link</a>`))
    .get(
      "/form",
      (c) =>
        c.html(
          page`<form method="post" action="/count"><button>ok</button></form>`,
        ),
    )
    .get("/sign-in", async (c) => {
      const session = await c.var.session();
      session.regenerate({ restart: true });
      session.update({ user: "Jay" });
      return c.redirect("/me", 303);
    })
    .get("/me", async (c) => {
      const { data, info } = await c.var.session();
      const { user = "nobody", count } = data;
      const { binding, rejected, usedAt, endsAt: { idle } } = info;
      return c.json({ user, count, binding, rejected, usedAt, idle });
    })
    .post("/count", async (c) => {
      const session = await c.var.session();
      session.update(({ count }) => ({ count: count + 1 }));
      return c.text(`${session.data.user ?? "nobody"} ${session.data.count}`);
    })
    .get("/seen", async (c) => {
      const session = await c.var.session();
      session.update(
        ({ seen }) => ({ seen: [...seen, "/seen"] }),
        { onConflict: "skip" },
      );
      return c.text(session.data.user ?? "nobody");
    })
    .post("/restart", async (c) => {
      (await c.var.session()).regenerate({ restart: true });
      return c.text("restarted");
    })
    .post("/renew", async (c) => {
      (await c.var.session()).regenerate();
      return c.text("renewed");
    })
    .post("/end", async (c) => {
      (await c.var.session()).destroy();
      return c.text("ended");
    });
  app.onError((error, c) =>
    c.text(error.name, "status" in error ? error.status as 409 | 503 : 500)
  );
  return app as unknown as Hono;
}

const page = html;
