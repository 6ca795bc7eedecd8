// A few routes over the package by its own name, so that it runs wherever the package is installed.
import { session, type SessionOptions } from "@baton/session";
import { Hono } from "hono";
import { z } from "zod";

export const cookieSchema = z.object({
  name: z.string().optional(),
  notice: z.string().optional(),
  count: z.number().default(0),
});

export type CookieOptions = Omit<SessionOptions<typeof cookieSchema>, "schema">;

export function cookieApp(options: CookieOptions): Hono {
  const app = new Hono()
    .use(session({ schema: cookieSchema, ...options }))
    .get("/untouched", (c) => c.text("Nobody asked"))
    .get("/show", async (c) => {
      const { data, info } = await c.var.session();
      return c.json({ ...data, isNew: info.isNew, rejected: info.rejected });
    })
    .post("/users", async (c) => {
      const { name } = await c.req.parseBody();
      const session = await c.var.session();
      session.restart();
      session.update({ name: String(name), notice: "Saved." });
      return c.redirect("/show", 303);
    })
    .post("/add", async (c) => {
      const session = await c.var.session();
      await new Promise((resolve) => setTimeout(resolve));
      session.update(({ count }) => ({ count: count + 1 }));
      return c.body(null, 204);
    })
    .post(
      "/take",
      async (c) => c.text((await c.var.session()).take("notice") ?? ""),
    )
    .post("/end", async (c) => {
      (await c.var.session()).destroy();
      return c.redirect("/", 303);
    });
  app.onError((error, c) =>
    c.text(error.name, "status" in error ? error.status as 409 | 503 : 500)
  );
  return app as unknown as Hono;
}
