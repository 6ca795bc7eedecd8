// A WebSocket that learns that its session has ended. Every half a minute the socket sends its own
// Cookie header to a route of this app. The question does not touch the session (an open tab would
// keep it alive for ever), and it works with every server store and any number of processes. After
// `regenerate()` or `restart()` the old cookie is unknown: the socket closes too, and the page
// connects again with its new cookie.
import { Hono } from "hono";
import { upgradeWebSocket } from "hono/deno";
import { type Env, sessions } from "./sessions.ts";

const PAUSE_MILLISECONDS = 30_000;

export function createApp(pauseMilliseconds: number = PAUSE_MILLISECONDS) {
  const app = new Hono<Env>().use(sessions)
    .get("/alive", async (c) => {
      const { data } = await c.var.session({ touch: false });
      return c.body(null, data.userId === undefined ? 401 : 204);
    })
    .get(
      "/socket",
      async (c, next) => {
        const { data } = await c.var.session();
        if (data.userId === undefined) return c.text("Sign in first", 401);
        await next();
      },
      upgradeWebSocket((c) => {
        const headers = { Cookie: c.req.header("Cookie") ?? "" };
        const alive = new URL("/alive", c.req.url).href; // the same scheme, so the same cookie
        let timer: ReturnType<typeof setInterval> | undefined;
        return {
          onOpen(_event, socket) {
            timer = setInterval(async () => {
              const { status } = await app.request(alive, { headers });
              if (status === 401) socket.close(4401, "The session has ended");
            }, pauseMilliseconds);
          },
          onMessage: (event, socket) => socket.send(`You said ${event.data}`),
          onClose: () => clearInterval(timer),
        };
      }),
    );
  return app;
}
