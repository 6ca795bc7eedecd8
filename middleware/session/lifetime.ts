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

/** When a session began and was last written, in seconds since the epoch. */
export interface Times {
  readonly createdAt: number;
  readonly usedAt: number;
}

/** The two ends of a session, in seconds since the epoch. */
export interface Ends {
  /** When it ends if nobody comes. */
  readonly idle: number;
  /** When it ends in any case. */
  readonly absolute: number;
}

/** Half an hour idle, a working day in all. */
export const DEFAULT_LIFETIME: Lifetime = { idle: 1800, absolute: 28_800 };

/** When a session with these times ends. */
export function endsAt(
  { createdAt, usedAt }: Times,
  { idle, absolute }: Lifetime,
): Ends {
  return {
    idle: usedAt + idle,
    absolute: typeof absolute === "number"
      ? createdAt + absolute
      : Math.floor(absolute.getTime() / 1000),
  };
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

/**
 * Whether a request that changes nothing should still be remembered: writing
 * at every request would cost a write each, so a tenth of `idle` must pass.
 */
export function isRenewalDue(
  { usedAt }: Times,
  { idle }: Lifetime,
  now: number,
): boolean {
  return now - usedAt >= idle / 10;
}
