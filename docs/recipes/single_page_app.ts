// A single-page app on app.example.com with its API on api.example.com. They are one site, so the
// API's Lax cookie comes with `fetch(url, { credentials: "include" })`. No Domain is needed, and
// __Host- stays. CORS must name the origin, not "*".
//
// If a new visitor's first ten requests write at once, they begin ten sessions, of which the browser
// keeps one. So /me begins the session, and the app asks it before anything else. Then all requests
// share one session, and no change is lost (in a server store).
import { Hono } from "hono";
import { cors } from "hono/cors";
import { csrf } from "hono/csrf";
import { type Env, sessions } from "./sessions.ts";

const ORIGIN = "https://app.example.com";

export const app = new Hono<Env>()
  .use(cors({ origin: ORIGIN, credentials: true }))
  .use(csrf({ origin: ORIGIN }))
  .use(sessions)
  .get("/me", async (c) => {
    const session = await c.var.session();
    if (session.info.isNew) session.update({ notice: "Welcome" });
    return c.json(session.data);
  })
  .post("/cart/:item", async (c) => {
    const session = await c.var.session();
    session.update(({ cart }) => ({ cart: [...cart, c.req.param("item")] }));
    return c.json(session.data);
  });
