// A message that is shown once. `take()` reads a key and puts it back to its default.
//
// A HEAD request and a prefetch run the same route, but no visitor sees the answer. They only read
// the message, so that it is still there for the page.
import { type Context, Hono } from "hono";
import { type Env, sessions } from "./sessions.ts";

function isSeen(c: Context): boolean {
  return c.req.method === "GET" &&
    !/prefetch/.test(c.req.header("Sec-Purpose") ?? "");
}

export const app = new Hono<Env>().use(sessions)
  .post("/save", async (c) => {
    (await c.var.session()).update({ notice: "Saved." });
    return c.redirect("/", 303);
  })
  .get("/", async (c) => {
    const session = await c.var.session();
    const notice = isSeen(c) ? session.take("notice") : session.data.notice;
    return c.text(notice ?? "Nothing new.");
  });
