// A new visitor's first writes. Ten requests without a cookie that write at once begin ten sessions,
// of which the browser keeps one. So begin the session with the page, and let its scripts write
// afterwards: then all share one session, and no change is lost (in a server store).
import { Hono } from "hono";
import { type Env, sessions } from "./sessions.ts";

export const app = new Hono<Env>().use(sessions)
  .get("/", async (c) => {
    (await c.var.session()).update({ notice: "Welcome" });
    return c.html("<p>The page, whose scripts post to /cart.</p>");
  })
  .post("/cart/:item", async (c) => {
    const session = await c.var.session();
    session.update(({ cart }) => ({ cart: [...cart, c.req.param("item")] }));
    return c.body(null, 204);
  })
  .get("/cart", async (c) => c.json((await c.var.session()).data.cart));
