export interface SteadyClockOptions {
  readonly log: (line: string) => void;
  /** The system's clock: seconds since the epoch. */
  readonly wall?: () => number;
  /** A monotonic clock: seconds since any moment. */
  readonly monotonic?: () => number;
}

/** Seconds. What NTP corrects while it runs stays below. */
const JUMP = 60;
/** Seconds that the clock must go on from where it jumped to before it is believed. */
const TRUSTED_AFTER = 600;

/**
 * The time, in seconds since the epoch, by a clock that a jump of the system's
 * clock does not move at once: sessions that have not ended are neither ended
 * nor removed because somebody set the clock wrong for a moment. A jump of more
 * than a minute, either way, is logged, and believed when the clock has gone on
 * from there for ten minutes.
 */
export function steadyClock({
  log,
  wall = () => Date.now() / 1000,
  monotonic = () => performance.now() / 1000,
}: SteadyClockOptions): () => number {
  let offset = wall() - monotonic();
  let jump: { readonly offset: number; readonly at: number } | undefined;

  return () => {
    const elapsed = monotonic();
    const seen = wall() - elapsed;
    if (Math.abs(seen - offset) <= JUMP) {
      if (jump !== undefined) log("The system's clock is back where it was");
      jump = undefined;
      offset = seen;
    } else if (jump === undefined || Math.abs(seen - jump.offset) > JUMP) {
      jump = { offset: seen, at: elapsed };
      const seconds = Math.round(seen - offset);
      log(
        `The system's clock jumped by ${seconds} s; sessions keep the time from before until it has stayed there for ${TRUSTED_AFTER} s`,
      );
    } else if (elapsed - jump.at >= TRUSTED_AFTER) {
      log("The system's clock has stayed where it jumped to, and is believed");
      offset = seen;
      jump = undefined;
    }
    return elapsed + offset;
  };
}
