import type { Context, MiddlewareHandler } from "hono";
import type { SessionEnv } from "./session/mod.ts";

/** The timer of the rendering, in development. */
export interface TimedEnv {
  Variables: { timeRender?: (render: () => string) => string };
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
    const total = stopwatch();
    const opening = stopwatch();
    const route = stopwatch();
    const render = stopwatch();
    c.set("timeRender", (page) => render.time(page));

    await total.time(() =>
      session(c, () => {
        const open = c.get("session");
        c.set("session", (...options) => opening.time(() => open(...options)));
        return route.time(next);
      })
    );
    const parts = {
      session: total.ms - route.ms + opening.ms,
      render: render.ms,
      total: total.ms,
    };
    setHeader(c, parts);
  };
}

function setHeader(c: Context, parts: Record<string, number>): void {
  const metrics = Object.entries(parts).map(([name, ms]) =>
    `${name};dur=${ms.toFixed(3)}`
  );
  c.res.headers.set("server-timing", metrics.join(", "));
}

/** Adds up the time of calls, synchronous or not. */
function stopwatch() {
  const watch = {
    ms: 0,
    time<T>(thing: () => T): T {
      const start = performance.now();
      const stop = () => {
        watch.ms += performance.now() - start;
      };
      const result = thing();
      if (!(result instanceof Promise)) {
        stop();
        return result;
      }
      return result.finally(stop) as T;
    },
  };
  return watch;
}
