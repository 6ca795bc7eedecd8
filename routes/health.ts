import { Hono } from "hono";
import type { SessionStore } from "../middleware/session/mod.ts";

/** `GET /healthz`: whether the session store answers, for whoever restarts servers. */
export function health(
  store: SessionStore,
  isStopping: () => boolean,
): Hono {
  return new Hono().get("/healthz", async (c) => {
    c.header("Cache-Control", "no-store");
    if (isStopping()) {
      return c.json({ status: "stopping", store: store.kind }, 503, {
        "Retry-After": "1",
      });
    }
    try {
      await store.ping();
      return c.json({ status: "ok", store: store.kind });
    } catch {
      return c.json({ status: "unavailable", store: store.kind }, 503, {
        "Retry-After": "1",
      });
    }
  });
}
