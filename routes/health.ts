import { type Context, Hono } from "hono";
import type { Lifetime } from "../middleware/session/mod.ts";

export interface HealthOptions {
  /** The kind of the store. */
  readonly store: string;
  /** Resolves when sessions can be read and written. */
  readonly ping: () => Promise<void>;
  readonly lifetime?: Lifetime;
  readonly isStopping: () => boolean;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/**
 * `GET /livez`: whether the process serves, for whoever restarts it. It never
 * asks the store: in an outage of the store a restart does not help.
 *
 * `GET /healthz`: whether it is ready, for whoever sends it visitors.
 */
export function health(
  { store, ping, lifetime, isStopping, now }: HealthOptions,
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
      if (isOver(lifetime, now())) return unready(c, "lifetime is over");
      try {
        await ping();
      } catch {
        return unready(c, "unavailable");
      }
      return c.json({ status: "ok", store });
    });
}

/** Whether the moment has passed at which every session ends, so that none can begin. */
function isOver(lifetime: Lifetime | undefined, now: number): boolean {
  return lifetime?.absolute instanceof Date &&
    lifetime.absolute.getTime() / 1000 <= now;
}
