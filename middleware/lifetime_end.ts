import type { MiddlewareHandler } from "hono";
import { limitedLog, type LimitedLogOptions } from "./log.ts";
import { SessionLifetimeError } from "./session/mod.ts";

/**
 * Where every session ends at the moment `last`: once it has passed no session
 * can begin, so each page answers 503 and says so. The log says it once.
 */
export function untilLifetimeEnds(
  last: Date,
  options: LimitedLogOptions,
): MiddlewareHandler {
  const limited = limitedLog(options);
  function isOver(): boolean {
    if (last.getTime() / 1000 > options.now()) return false;
    const line =
      "The end of all sessions has passed: set SESSION_LIFETIME to a later moment";
    const fields = { level: "error", event: "lifetime is over" } as const;
    limited("over", Infinity, line, fields);
    return true;
  }
  isOver(); // at the start already
  return function untilLifetimeEnds(_c, next) {
    if (isOver()) throw new SessionLifetimeError();
    return next();
  };
}
