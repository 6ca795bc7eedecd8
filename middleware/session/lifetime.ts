import { MAX_AGE_LIMIT_SECONDS } from "./cookie/cookie.ts";
import type { SessionRecord, SessionTerms } from "./stores/record.ts";

/** A session ends at whichever limit comes first (OWASP ASVS 5.0, 7.3.1 and 7.3.2). */
export interface Lifetime {
  /** Seconds without a request, above 0 and at most `absolute`. */
  readonly idle: number;
  /** Seconds since the session began, at most 400 days; or the moment at which every session ends. */
  readonly absolute: number | Date;
}

/** The times of a record, in seconds since the epoch, and its own terms if it has any. */
export type Times = Pick<SessionRecord, "createdAt" | "usedAt" | "terms">;

/** The two ends of a session, in seconds since the epoch. */
export interface Ends {
  /** When it ends if no request comes. */
  readonly idle: number;
  /** When it ends by its absolute limit. */
  readonly absolute: number;
}

/** Half an hour idle, a working day in all. */
export const DEFAULT_LIFETIME: Lifetime = { idle: 1800, absolute: 28_800 };

/** The ends of a session with these times. A Date ends a session with terms of its own too. */
export function endsAt(
  { createdAt, usedAt, terms }: Times,
  { idle, absolute }: Lifetime,
): Ends {
  const own = terms?.until ?? Infinity;
  return {
    idle: usedAt + (terms?.idle ?? idle),
    absolute: typeof absolute === "number"
      ? terms?.until ?? createdAt + absolute
      : Math.min(own, endOfAll(absolute)),
  };
}

function endOfAll(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}

/** Seconds until a session with these times ends; zero or less: it is over. */
export function secondsLeft(
  times: Times,
  lifetime: Lifetime,
  now: number,
): number {
  const { idle, absolute } = endsAt(times, lifetime);
  return Math.min(idle, absolute) - now;
}

/** How long a server store can still say that a session has expired. */
const EXPIRED_SECONDS = 3600;

/** How long a store must keep a record: until its end, and for some time after it. In whole seconds. */
export function ttlOf(times: Times, lifetime: Lifetime, now: number): number {
  const after = Math.min(EXPIRED_SECONDS, times.terms?.idle ?? lifetime.idle);
  const left = secondsLeft(times, lifetime, now);
  return Math.ceil(Math.min(left, MAX_AGE_LIMIT_SECONDS) + after);
}

/** The share of `idle` that must pass before a touch is written: a write at every request would be too many. */
export const TOUCH_SHARE: number = 1 / 10;

/** Decides if a request that changes nothing touches the session. */
export function isTouchDue(
  { usedAt, terms }: Times,
  { idle }: Lifetime,
  now: number,
): boolean {
  return now - usedAt >= (terms?.idle ?? idle) * TOUCH_SHARE;
}

/**
 * Lists the faults of a lifetime; all numbers are in seconds.
 *
 * @param now a Date must be later than this. Default: every Date is accepted,
 * because an app also has to start after the end of all sessions
 */
export function lifetimeFaults(
  lifetime: Lifetime,
  now: number = -Infinity,
): string[] {
  if (typeof lifetime !== "object" || lifetime === null) {
    return ["lifetime: give { idle, absolute }, in seconds"];
  }
  const { idle, absolute } = lifetime;
  const faults: string[] = [];
  if (!isSeconds(idle)) {
    faults.push(`lifetime.idle is ${idle}; give seconds above 0`);
  }
  if (absolute instanceof Date) {
    const moment = absolute.getTime() / 1000;
    if (Number.isNaN(moment)) {
      faults.push("lifetime.absolute is an invalid Date; give a moment");
    } else if (moment <= now) {
      faults.push(
        `lifetime.absolute is ${absolute.toISOString()}; give a later moment`,
      );
    }
    return faults;
  }
  if (!isSeconds(absolute)) {
    faults.push(
      `lifetime.absolute is ${absolute}; give seconds above 0, or a Date`,
    );
  } else if (absolute > MAX_AGE_LIMIT_SECONDS) {
    faults.push(
      `lifetime.absolute is ${absolute} seconds; give at most ${MAX_AGE_LIMIT_SECONDS} (400 days), because no browser keeps a cookie longer`,
    );
  } else if (isSeconds(idle) && idle > absolute) {
    faults.push(
      `lifetime.idle is ${idle}, longer than lifetime.absolute (${absolute}); both are in seconds`,
    );
  }
  return faults;
}

function isSeconds(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value < Infinity;
}

/** The terms that a session may be given when it begins. */
export interface OwnTerms {
  readonly lifetime?: Lifetime;
  readonly persistent?: boolean;
  readonly bound?: string | undefined;
  readonly fresh?: boolean;
}

/** The times of a session that begins now. Without terms of its own it has none. */
export function beginningAt(
  now: number,
  { lifetime, persistent = true, bound, fresh }: OwnTerms = {},
): Times {
  const terms: SessionTerms = {
    ...(lifetime && {
      idle: lifetime.idle,
      until: lifetime.absolute instanceof Date
        ? endOfAll(lifetime.absolute)
        : now + lifetime.absolute,
    }),
    ...(!persistent && { persistent }),
    ...(bound !== undefined && { bound }),
    ...(fresh && { fresh }),
  };
  const times = { createdAt: now, usedAt: now };
  return Object.keys(terms).length > 0 ? { ...times, terms } : times;
}
