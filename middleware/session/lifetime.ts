import type { SessionTerms } from "./stores/store.ts";

/**
 * When a session ends: whichever comes first. `idle` > 0 seconds without a
 * request; `absolute` > 0 seconds since the session began, or the moment (in
 * the future) at which every session ends.
 *
 * OWASP ASVS 5.0, 7.3.1 (inactivity) and 7.3.2 (absolute lifetime).
 */
export interface Lifetime {
  /** Seconds above 0. */
  readonly idle: number;
  /** Seconds above 0, or a moment in the future. */
  readonly absolute: number | Date;
}

/** When a session began and was last written, in seconds since the epoch; and its own ends, if it has any. */
export interface Times {
  readonly createdAt: number;
  readonly usedAt: number;
  readonly terms?: SessionTerms;
}

/** The two ends of a session, in seconds since the epoch. */
export interface Ends {
  /** When it ends if it is not used. */
  readonly idle: number;
  /** When it ends at the latest. */
  readonly absolute: number;
}

/** Half an hour idle, a working day in all. */
export const DEFAULT_LIFETIME: Lifetime = { idle: 1800, absolute: 28_800 };

/** When a session with these times ends. */
export function endsAt(
  { createdAt, usedAt, terms }: Times,
  { idle, absolute }: Lifetime,
): Ends {
  return {
    idle: usedAt + (terms?.idle ?? idle),
    absolute: terms?.until ?? absoluteEnd(createdAt, absolute),
  };
}

/** The moment at which a session that began at `createdAt` ends at the latest, in seconds since the epoch. */
export function absoluteEnd(
  createdAt: number,
  absolute: number | Date,
): number {
  return typeof absolute === "number"
    ? createdAt + absolute
    : Math.floor(absolute.getTime() / 1000);
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

/** The share of `idle` that passes before a request that changes nothing is written down. */
const TOUCH_SHARE = 1 / 10;

/**
 * Whether a request that changes nothing should still move the idle end: a
 * write at every request would be too many, so a tenth of `idle` must pass.
 */
export function isRenewalDue(
  { usedAt, terms }: Times,
  { idle }: Lifetime,
  now: number,
): boolean {
  return now - usedAt >= (terms?.idle ?? idle) * TOUCH_SHARE;
}

/** What is wrong with a lifetime, a line each; `now` is in seconds since the epoch. */
export function lifetimeFaults(lifetime: Lifetime, now: number): string[] {
  if (typeof lifetime !== "object" || lifetime === null) {
    return ["lifetime: give { idle, absolute }, in seconds"];
  }
  const { idle, absolute } = lifetime;
  const faults: string[] = [];
  if (!isSeconds(idle)) {
    faults.push(`lifetime.idle is ${idle}; give seconds above 0`);
  }
  if (!(absolute instanceof Date)) {
    if (!isSeconds(absolute)) {
      faults.push(
        `lifetime.absolute is ${absolute}; give seconds above 0, or a Date`,
      );
    }
  } else if (!(absolute.getTime() / 1000 > now)) {
    const given = Number.isNaN(absolute.getTime())
      ? "an invalid Date"
      : absolute.toISOString();
    faults.push(`lifetime.absolute is ${given}; give a moment in the future`);
  }
  return faults;
}

function isSeconds(value: unknown): boolean {
  return typeof value === "number" && value > 0 && value < Infinity;
}

/** What a session that begins now may be given of its own. */
export interface OwnTerms {
  readonly lifetime?: Lifetime;
  readonly persistent?: boolean;
  readonly bound?: string | undefined;
}

/** The times of a session that begins now. Without anything of its own it keeps no terms. */
export function restartedAt(
  now: number,
  { lifetime, persistent = true, bound }: OwnTerms,
): Times {
  const times = { createdAt: now, usedAt: now };
  if (lifetime === undefined && persistent && !bound) return times;
  const terms = {
    ...(lifetime && {
      idle: lifetime.idle,
      until: absoluteEnd(now, lifetime.absolute),
    }),
    ...(!persistent && { persistent }),
    ...(bound && { bound }),
  };
  return { ...times, terms };
}
