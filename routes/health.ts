import { type Context, Hono } from "hono";
import type { FailureLog } from "../middleware/failure_log.ts";

export interface HealthOptions {
  /** The kind of the store. */
  readonly store: string;
  readonly failures: FailureLog;
  readonly isStopping: () => boolean;
}

/**
 * `GET /livez`: whether the process serves, for whoever restarts it. It never
 * asks the store, because a restart does not end an outage of the store.
 *
 * `GET /healthz`: whether it is ready, for whoever sends it visitors.
 */
export function health(
  { store, failures, isStopping }: HealthOptions,
): Hono {
  const unready = (c: Context, status: string) =>
    c.json({ status, store }, 503, { "Retry-After": "1" });

  return new Hono()
    .get("/livez", (c) => {
      c.header("Cache-Control", "no-store");
      return c.json({ status: "ok" });
    })
    .get("/healthz", async (c) => {
      c.header("Cache-Control", "no-store");
      if (isStopping()) return unready(c, "stopping");
      return await failures.storeAnswers()
        ? c.json({ status: "ok", store })
        : unready(c, "unavailable");
    });
}
