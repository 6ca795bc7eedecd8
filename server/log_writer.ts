import { within } from "./within.ts";

/** As much of `Deno.stdout` as a log needs. */
export interface LogSink {
  /** Writes some of the bytes; how many. */
  write(bytes: Uint8Array): Promise<number>;
}

/** For lines that wait to be written: a mebibyte, as nearly all of a log is ASCII. */
const LIMIT_CHARACTERS = 1024 * 1024;
/** For other lines to come: a busy server's are written a hundred at a time. */
const GATHER_MILLISECONDS = 10;
/** For the last lines, when the process ends. */
const END_MILLISECONDS = 1000;

const encoder = new TextEncoder();
const NEWLINE = 10;

/**
 * Writes lines without waiting for whoever reads them, because a reader that
 * stalls must not stop the server. Lines that come while others are written are
 * written together, because writing costs more than all else that a request needs.
 *
 * When a mebibyte waits, further lines are dropped. Lines that were dropped, or
 * could not be written (a full disk, a closed pipe), are counted, and the count
 * is written as soon as lines can be written again.
 */
export class LogWriter {
  readonly #sink: LogSink;
  readonly #describeLost: (lines: number) => string;
  #waiting: string[] = [];
  #characters = 0;
  #lost = 0;
  /** Ends a line that was written in part. */
  #start: "" | "\n" = "";
  #writing: Promise<void> | undefined;

  /** `describeLost` makes the line that says how many were lost. */
  constructor(sink: LogSink, describeLost: (lines: number) => string) {
    this.#sink = sink;
    this.#describeLost = describeLost;
  }

  /** The line is written soon, or counted as lost. */
  readonly write = (line: string): void => {
    if (this.#characters + line.length >= LIMIT_CHARACTERS) {
      this.#lost++;
      return;
    }
    this.#waiting.push(line);
    this.#characters += line.length + 1;
    this.#writing ??= this.#writeAll();
  };

  /** Resolves when all lines are written, or after a second. */
  async end(): Promise<void> {
    await within(END_MILLISECONDS, this.#writing);
  }

  async #writeAll(): Promise<void> {
    let isWritten = true;
    while (this.#waiting.length > 0 || (this.#lost > 0 && isWritten)) {
      await new Promise((resolve) => setTimeout(resolve, GATHER_MILLISECONDS));
      isWritten = await this.#writeWaiting();
    }
    this.#writing = undefined;
  }

  async #writeWaiting(): Promise<boolean> {
    const lost = this.#lost;
    const lines = this.#waiting;
    this.#waiting = [];
    const characters = lines.reduce((sum, { length }) => sum + length + 1, 0);
    if (lost > 0) lines.push(this.#describeLost(lost));
    const bytes = encoder.encode(`${this.#start}${lines.join("\n")}\n`);
    let at = 0;
    try {
      while (at < bytes.length) {
        at += await this.#sink.write(bytes.subarray(at));
      }
      this.#start = "";
      this.#lost -= lost;
      return true;
    } catch {
      const rest = bytes.subarray(Math.max(at, this.#start.length));
      this.#lost += rest.filter((byte) => byte === NEWLINE).length;
      if (lost > 0) this.#lost--; // the line with the count
      if (at > 0) this.#start = bytes[at - 1] === NEWLINE ? "" : "\n";
      return false;
    } finally {
      this.#characters -= characters;
    }
  }
}

/** Writes the lines that wait before the process dies of an error that nobody catches. */
export function endBeforeDeath(writer: LogWriter): void {
  const die = (event: Event, error: unknown) => {
    event.preventDefault();
    console.error("Uncaught", error);
    writer.end().then(() => Deno.exit(1));
  };
  addEventListener("error", (event) => die(event, event.error));
  addEventListener("unhandledrejection", (event) => die(event, event.reason));
}
