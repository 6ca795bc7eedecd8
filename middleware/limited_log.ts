import type { Log, LogFields } from "./log.ts";

export interface LimitedLogOptions {
  readonly log: Log;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** Logs the line, unless one of its kind was logged less than `seconds` ago. */
export type LimitedLog = (
  kind: string,
  seconds: number,
  line: string,
  fields?: LogFields,
) => void;

/** A log for what may happen a million times: lines are left out and counted, so that they do not fill the disk. */
export function limitedLog({ log, now }: LimitedLogOptions): LimitedLog {
  const kinds = new Map<string, { at: number; unsaid: number }>();
  return (kind, seconds, line, fields) => {
    const last = kinds.get(kind);
    const passed = now() - (last?.at ?? -Infinity);
    // Less than nothing: the clock was put back.
    if (last !== undefined && passed >= 0 && passed < seconds) {
      last.unsaid++;
      return;
    }
    kinds.set(kind, { at: now(), unsaid: 0 });
    const more = last?.unsaid
      ? `, and ${last.unsaid} more since the last line`
      : "";
    log(line + more, fields);
  };
}
