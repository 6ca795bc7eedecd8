// Two sessions in one app: signing out leaves the basket alone. Each has its own `variable` and
// `cookieName`. Two apps on one host need two cookie names as well, because cookies ignore ports.
import { session } from "@baton/session";
import { Hono } from "hono";
import { z } from "zod";
import { sessions } from "./sessions.ts";

const DAY = 24 * 60 * 60; // seconds

const basket = session({
  schema: z.object({ items: z.array(z.string()).default([]) }),
  secrets: [Deno.env.get("SESSION_SECRET")!],
  lifetime: { idle: 30 * DAY, absolute: 90 * DAY },
  variable: "basket",
  cookieName: "basket",
});

export const app = new Hono().use(sessions).use(basket)
  .post("/items/:item", async (c) => {
    const item = c.req.param("item");
    const basket = await c.var.basket();
    basket.update(({ items }) => ({ items: [...items, item] }));
    return c.json(basket.data.items);
  })
  .post("/sign-out", async (c) => {
    (await c.var.session()).destroy();
    return c.redirect("/", 303);
  });
