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

/** LOG_FORMAT: lines for people, or an object a line for programs. */
export type LogFormat = "text" | "json";

/** Makes the text of a line. `hasTime`: a line for people begins with the time, as an object always has it. */
export function lineFormat(
  format: LogFormat,
  hasTime = false,
): (line: string, fields?: LogFields) => string {
  if (format === "json") {
    return (line, fields) => JSON.stringify(logEntry(line, fields));
  }
  return hasTime ? (line) => `${time()} ${line}` : (line) => line;
}

/** The object that a line is in LOG_FORMAT=json. */
export function logEntry(line: string, fields?: LogFields): object {
  return { time: time(), level: "info", message: line, ...fields };
}

let now = 0;
let text = "";

/** ISO 8601. A busy server writes many lines in one millisecond. */
function time(): string {
  const current = Date.now();
  if (current !== now) {
    now = current;
    text = new Date(current).toISOString();
  }
  return text;
}
