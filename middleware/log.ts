/** What a line is about, for programs: how bad it is, which kind of event, and whatever else is known. */
export interface LogFields {
  /** Default "info". */
  readonly level?: "info" | "warn" | "error";
  /** Such as "request" or "error". */
  readonly event?: string;
  readonly [name: string]: string | number | undefined;
}

/** Writes a line for people; LOG_FORMAT=json writes the fields with it. */
export type Log = (line: string, fields?: LogFields) => void;

/** LOG_FORMAT: lines for people, or an object a line for programs. */
export type LogFormat = "text" | "json";

/** A log in this format. `write` gets a line at a time. */
export function formatLog(
  format: LogFormat,
  write: (line: string) => void,
): Log {
  return format === "text"
    ? (line) => write(line)
    : (line, fields) => write(JSON.stringify(logEntry(line, fields)));
}

/** The object that a line is in LOG_FORMAT=json. */
export function logEntry(line: string, fields?: LogFields): object {
  const time = new Date().toISOString();
  return { time, level: "info", message: line, ...fields };
}
