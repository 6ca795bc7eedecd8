import type { Context, MiddlewareHandler } from "hono";

/** What is done before a request's route; what it returns is done after it. */
export type Step = (
  c: Context,
) => ((c: Context) => void | Promise<void>) | undefined;

/**
 * What every request needs, as one middleware: the steps in order, the route,
 * and then what the steps returned, the last one first. Each middleware costs
 * promises of its own, which is more than most of what is done in them.
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
