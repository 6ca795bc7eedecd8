// Back after signing out. A page that opened the session is `private, no-store`, so no HTTP cache
// keeps it. But browsers keep whole pages in memory, for Back and Forward (bfcache): Chromium 156
// shows the private page as it was, without asking the server, whatever its headers say. The page can
// only be looked at: every link and form in it asks the server. If even that is too much, let the
// page load itself anew when it comes out of memory, as here.
import { Hono } from "hono";
import { csrf } from "hono/csrf";
import { type Env, sessions } from "./sessions.ts";

const RELOAD = `<script>
addEventListener("pageshow", (event) => event.persisted && location.reload());
</script>`;

export const app = new Hono<Env>().use(csrf()).use(sessions)
  .get("/private", async (c) => {
    const { userId } = (await c.var.session()).data;
    if (userId === undefined) return c.text("Sign in first", 401);
    const form = `<form method="post" action="/sign-out"><button>Out</button>`;
    return c.html(`<title>${userId}</title>${form}</form>${RELOAD}`);
  })
  .post("/sign-out", async (c) => {
    (await c.var.session()).destroy();
    return c.redirect("/goodbye", 303);
  })
  .get("/goodbye", (c) => c.html("<title>Goodbye</title>"));
