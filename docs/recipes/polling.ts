// A page that polls, and learns why it has no session any more. `touch: false` opens the session
// without moving its idle end: otherwise an open tab keeps the session alive for ever.
// `info.rejected` is "expired" for an hour after the end (or `idle`, if that is less), so that the
// page can say "you were away too long" instead of "you are not signed in".
import { Hono } from "hono";
import { type Env, sessions } from "./sessions.ts";

export const app = new Hono<Env>().use(sessions)
  .get("/news", async (c) => {
    const { data, info } = await c.var.session({ touch: false });
    if (data.userId === undefined) {
      return c.json({ reason: info.rejected ?? "signed out" }, 401);
    }
    return c.json({ news: [], endsAt: info.endsAt.idle });
  });
