import type { MiddlewareHandler } from "hono";
import type { Log } from "./log.ts";
import { SessionLifetimeError } from "./session/mod.ts";

export interface LifetimeEndOptions {
  /** The moment at which every session ends. */
  readonly last: Date;
  /** Seconds since the epoch. */
  readonly now: () => number;
  readonly log: Log;
}

/**
 * Where every session ends at one moment: once it has passed no session can
 * begin, so each page answers 503 and says so. The log says it once.
 */
export function untilLifetimeEnds(
  { last, now, log }: LifetimeEndOptions,
): MiddlewareHandler {
  let isSaid = false;
  const isOver = () => {
    if (last.getTime() / 1000 > now()) return false;
    if (!isSaid) {
      isSaid = true;
      log(
        "The end of all sessions has passed: set SESSION_LIFETIME to a later moment",
        { level: "error", event: "lifetime is over" },
      );
    }
    return true;
  };
  isOver(); // at the start already
  return function untilLifetimeEnds(_c, next) {
    if (isOver()) throw new SessionLifetimeError();
    return next();
  };
}
