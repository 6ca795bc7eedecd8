import type { Log, LogFields } from "../log.ts";

export interface LimitedLogOptions {
  readonly log: Log;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

export interface LimitedLog {
  /** Logs the line, unless one of its kind was logged in the last `seconds`. */
  say(kind: string, seconds: number, line: string, fields?: LogFields): void;
  /** The number of lines of this kind that were left out since the last one. The next one is logged. */
  reset(kind: string): number;
}

/** Logs frequent events now and then, with the number of those left out, so that they cannot fill the disk. */
export function limitedLog({ log, now }: LimitedLogOptions): LimitedLog {
  const kinds = new Map<string, { at: number; unsaid: number }>();
  return {
    say(kind, seconds, line, fields) {
      const last = kinds.get(kind);
      if (last !== undefined && now() - last.at < seconds) {
        last.unsaid++;
        return;
      }
      kinds.set(kind, { at: now(), unsaid: 0 });
      const more = last?.unsaid
        ? `, and ${last.unsaid} more since the last line`
        : "";
      log(line + more, fields);
    },
    reset(kind) {
      const unsaid = kinds.get(kind)?.unsaid ?? 0;
      kinds.delete(kind);
      return unsaid;
    },
  };
}
