import type { Context, MiddlewareHandler } from "hono";

/** Runs before a request's route; the function that it returns runs after it. */
export type Step = (
  c: Context,
) => ((c: Context) => void | Promise<void>) | undefined;

/**
 * Several steps as one middleware: the steps in order, the route, and then the
 * returned functions, the last one first. Each middleware costs promises of its
 * own, which is more than the work in most of them.
 */
export function steps(...all: readonly Step[]): MiddlewareHandler {
  return async function steps(c, next) {
    const after = all.map((step) => step(c));
    await next();
    for (let i = after.length - 1; i >= 0; i--) {
      const pending = after[i]?.(c);
      if (pending !== undefined) await pending;
    }
  };
}
