// A page that stays open: polling, a stream of server-sent events, and a WebSocket.
//
// - Polling opens the session with `touch: false`: otherwise an open tab keeps it alive for ever.
//   `info.rejected` is "expired" for an hour after the end (or `idle`, if that is less), so that the
//   page can say "you were away too long" instead of "you are not signed in".
// - For a stream, open the session before it begins. The stream can read it for as long as it likes.
//   A write from inside throws SessionClosedError: later writes belong into another request.
// - A WebSocket learns that its session has ended by polling, with its own Cookie header. This works
//   with every server store and any number of processes. After `regenerate()` or `restart()` the old
//   cookie is unknown: the socket closes, and the page connects again with its new cookie.
import { Hono } from "hono";
import { upgradeWebSocket } from "hono/deno";
import { streamSSE } from "hono/streaming";
import { type Env, sessions } from "./sessions.ts";

const PAUSE_MILLISECONDS = 30_000;

export function createApp(pauseMilliseconds: number = PAUSE_MILLISECONDS) {
  const app = new Hono<Env>().use(sessions)
    .get("/news", async (c) => {
      const { data, info } = await c.var.session({ touch: false });
      if (data.userId === undefined) {
        return c.json({ reason: info.rejected ?? "signed out" }, 401);
      }
      return c.json({ news: [], endsAt: info.endsAt.idle });
    })
    .get("/events", async (c) => {
      const session = await c.var.session();
      session.update({ notice: "A stream began." }); // saved when the route returns
      return streamSSE(c, async (stream) => {
        const { userId = "stranger" } = session.data; // still readable
        await stream.writeSSE({ data: `Hello, ${userId}` });
      });
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
        const news = new URL("/news", c.req.url).href; // the same scheme, so the same cookie
        let timer: ReturnType<typeof setInterval> | undefined;
        return {
          onOpen(_event, socket) {
            timer = setInterval(async () => {
              const { status } = await app.request(news, { headers });
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
