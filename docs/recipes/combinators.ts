// Where `session()` stands among other middleware.
//
// - compress(), etag(), secureHeaders(), csrf(): in front of it. A 304 of etag() drops no cookie.
// - cache(): behind it or in front of it. It keeps no page that opened the session.
// - timeout(): the 504 is the session's answer too, so nothing is saved. A destroy() or commit()
//   after the 504 is stored; if timeout() is in front, its cookie is not sent.
// - every(), some(), except(): mount `session()` with `app.use()` in front of them, as here. Inside
//   of a combinator it works, but an error that passes through it ends the session for this request
//   (rule 1), and a route that `some()` tries next cannot open it.
import { Hono } from "hono";
import { bearerAuth } from "hono/bearer-auth";
import { cache } from "hono/cache";
import { every, except, some } from "hono/combine";
import { compress } from "hono/compress";
import { csrf } from "hono/csrf";
import { etag } from "hono/etag";
import { createMiddleware } from "hono/factory";
import { HTTPException } from "hono/http-exception";
import { timeout } from "hono/timeout";
import { type Env, sessions } from "./sessions.ts";

const signedIn = createMiddleware<Env>(async (c, next) => {
  const { userId } = (await c.var.session()).data;
  if (userId === undefined) throw new HTTPException(401);
  await next();
});
const machine = bearerAuth({ verifyToken: (token) => token === "a machine's" });

export const app = new Hono<Env>()
  .use(timeout(10_000), compress(), etag(), csrf())
  .use(sessions)
  .use("/account/*", except("/account/help", signedIn))
  .use("/api/*", some(signedIn, machine))
  .use("/pages/*", every(cache({ cacheName: "pages", wait: true })))
  .get("/account/me", async (c) => {
    return c.text((await c.var.session()).data.userId ?? "");
  })
  .get("/account/help", (c) => c.text("Help"))
  .get("/api/data", (c) => c.text("Data"))
  .get("/pages/mine", async (c) => { // not cached: it opens the session
    return c.text((await c.var.session()).data.userId ?? "stranger");
  })
  .get("/pages/terms", (c) => { // cached: it does not
    c.header("Cache-Control", "max-age=60");
    return c.text("Terms");
  });
