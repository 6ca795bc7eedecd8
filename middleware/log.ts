/** For programs that read the log: how bad it is, which kind of event, and whatever else is known. */
export interface LogFields {
  /** Default "info". */
  readonly level?: "info" | "warn" | "error";
  /** Such as "request" or "error". */
  readonly event?: string;
  readonly [name: string]: string | number | undefined;
}

/** Writes a line for people; LOG_FORMAT=json writes the fields with it. */
export type Log = (line: string, fields?: LogFields) => void;

/** Makes the text of a line: for people, or an object for programs. `hasTime`: a line for people begins with the time, as an object always has it. */
export function lineFormat(
  format: "text" | "json",
  hasTime = false,
): (line: string, fields?: LogFields) => string {
  if (format === "json") {
    return (line, fields) => JSON.stringify(logEntry(line, fields));
  }
  return (line) => hasTime ? `${new Date().toISOString()} ${line}` : line;
}

/** The object that a line is in LOG_FORMAT=json. */
export function logEntry(line: string, fields?: LogFields): object {
  const time = new Date().toISOString();
  return { time, level: "info", message: line, ...fields };
}

export interface LimitedLogOptions {
  readonly log: Log;
  /** Seconds since the epoch. */
  readonly now: () => number;
}

/** A log for what may happen a million times: lines are left out and counted, so that they do not fill the disk. */
export function limitedLog({ log, now }: LimitedLogOptions) {
  const kinds = new Map<string, { at: number; unsaid: number }>();
  /** Logs the line, unless one of its kind was logged less than `seconds` ago. */
  return (
    kind: string,
    seconds: number,
    ...[line, fields]: Parameters<Log>
  ): void => {
    const last = kinds.get(kind);
    // A clock that was put back silences nothing for long.
    if (last !== undefined && Math.abs(now() - last.at) < seconds) {
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
