import type { Log, LogFields } from "./log.ts";

export interface LimitedLogOptions {
  readonly log: Log;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

export interface LimitedLog {
  /** Logs it, unless a line of its kind was logged less than so many seconds ago. */
  say(kind: string, seconds: number, line: string, fields?: LogFields): void;
  /** How many lines of this kind were left out since its last one; the next one is said. */
  reset(kind: string): number;
}

/** What may happen a million times is said now and then, with the number of what was left out: nobody fills the disk. */
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
