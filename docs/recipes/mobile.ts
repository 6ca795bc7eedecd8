// A mobile client without a cookie jar carries the cookie's value in a header. Turn the header into
// a cookie in front of `session()`, and give the value back when it changes. Use a header that no
// browser sends by itself, do not accept the value in a URL (URLs are logged), and keep it in the
// device's key store: whoever has it is the visitor.
import { Hono } from "hono";
import { createMiddleware } from "hono/factory";
import { type Env, sessions } from "./sessions.ts";

const cookieInHeader = createMiddleware(async (c, next) => {
  const token = c.req.header("X-Session");
  if (token !== undefined) {
    const headers = new Headers(c.req.raw.headers);
    headers.set("Cookie", `__Host-session=${token}`);
    c.req.raw = new Request(c.req.raw, { headers });
  }
  await next();
  for (const line of c.res.headers.getSetCookie()) {
    const [, value] = /^__Host-session=([^;]*)/.exec(line) ?? [];
    if (value !== undefined) c.header("X-Session", value);
  }
});

export const app = new Hono<Env>().use(cookieInHeader, sessions)
  .post("/name/:name", async (c) => {
    (await c.var.session()).update({ userId: c.req.param("name") });
    return c.body(null, 204);
  })
  .get("/me", async (c) => c.text((await c.var.session()).data.userId ?? ""));
