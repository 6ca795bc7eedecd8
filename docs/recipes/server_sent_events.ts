// Open the session before the stream begins. The stream can read it for as long as it likes. What
// the route changes is saved when it returns; a write from inside the stream throws
// SessionClosedError, so later writes belong into a request of their own.
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import { type Env, sessions } from "./sessions.ts";

export const app = new Hono<Env>().use(sessions)
  .get("/events", async (c) => {
    const session = await c.var.session();
    session.update({ notice: "A stream began." }); // saved
    return streamSSE(c, async (stream) => {
      const { userId = "stranger" } = session.data; // still readable
      await stream.writeSSE({ data: `Hello, ${userId}` });
    });
  });
