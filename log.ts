/** The fields of a line, for programs: its level, its kind of event, and other facts. */
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

/**
 * Writes the lines of one turn of the event loop together, as writing costs more
 * than all else that a request needs. No line waits longer than that turn, and
 * none is lost when the process exits, or dies of an uncaught error.
 */
export function writeTogether(
  write: (lines: string) => void,
): (line: string) => void {
  let waiting: string[] = [];
  function flush(): void {
    if (waiting.length === 0) return;
    const lines = waiting.join("\n");
    waiting = [];
    write(lines);
  }
  for (const event of ["unload", "error", "unhandledrejection"]) {
    addEventListener(event, flush);
  }
  return (line) => {
    if (waiting.push(line) === 1) setImmediate(flush);
  };
}

const encoder = new TextEncoder();

/** console.log keeps the last thousand texts for a debugger, each with its stack; this keeps none. */
export function writeToStdout(lines: string): void {
  let bytes = encoder.encode(`${lines}\n`);
  try {
    while (bytes.length > 0) {
      bytes = bytes.subarray(Deno.stdout.writeSync(bytes));
    }
  } catch {
    // As with console.log, a full disk or a reader that is gone ends no server.
  }
}
