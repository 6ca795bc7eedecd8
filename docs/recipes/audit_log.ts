// `onEvent` tells what happened to a session, after the store answered (OWASP ASVS 5.0, 16.3). An
// event has ids and reasons, never a cookie or data. Cut the ids: a log has more readers than a
// database.
import { session, type SessionEvent } from "@baton/session";
import { Hono } from "hono";
import { z } from "zod";

export const lines: string[] = []; // yours: a file, a table, a collector

function audit(event: SessionEvent, path: string): void {
  const id = "id" in event ? event.id.slice(0, 6) : undefined;
  const reason = "reason" in event ? event.reason : undefined;
  const at = new Date().toISOString();
  lines.push(JSON.stringify({ at, path, type: event.type, id, reason }));
}

export const app = new Hono()
  .use(session({
    schema: z.object({ name: z.string().optional() }),
    secrets: [Deno.env.get("SESSION_SECRET")!],
    onEvent: (event, c) => {
      if (event.type !== "saved") audit(event, c.req.path);
    },
  }))
  .get("/", async (c) => {
    (await c.var.session()).update({ name: "Jay" });
    return c.text("ok");
  })
  .get("/end", async (c) => {
    (await c.var.session()).destroy();
    return c.text("destroyed");
  });
