import type { MiddlewareHandler } from "hono";
import type { SessionEnv } from "./session/mod.ts";

/** The timer of the rendering, in development. */
export interface TimedEnv {
  Variables: { timeRender?: (render: () => string) => Promise<string> };
}

/**
 * For development: the header Server-Timing, from which the browser's own tools
 * show the time of the session, of the rendering, and of the whole request. It
 * wraps the session's middleware; the session's time is that of opening and
 * saving, without the route.
 */
export function serverTiming<T>(
  session: MiddlewareHandler<SessionEnv<T>>,
): MiddlewareHandler<SessionEnv<T> & TimedEnv> {
  return async function serverTiming(c, next) {
    const ms = { opening: 0, route: 0, render: 0, total: 0 };
    async function time<R>(
      part: keyof typeof ms,
      work: () => R,
    ): Promise<Awaited<R>> {
      const start = performance.now();
      try {
        return await work();
      } finally {
        ms[part] += performance.now() - start;
      }
    }

    c.set("timeRender", (page) => time("render", page));
    await time("total", () =>
      session(c, () => {
        const open = c.get("session");
        c.set("session", (options) => time("opening", () => open(options)));
        return time("route", next);
      }));
    const { opening, route, render, total } = ms;
    const parts = { session: total - route + opening, render, total };
    const metrics = Object.entries(parts)
      .map(([name, ms]) => `${name};dur=${ms.toFixed(3)}`);
    c.res.headers.set("server-timing", metrics.join(", "));
  };
}
