import { within } from "./within.ts";

type LogSink = Pick<typeof Deno.stdout, "write">;

/** For lines that wait to be written: a mebibyte, as nearly all of a log is ASCII. */
const LIMIT_CHARACTERS = 1024 * 1024;
/** For other lines to come: a busy server's are written a hundred at a time. */
const GATHER_MILLISECONDS = 10;
/** For the last lines, when the process ends. */
const END_MILLISECONDS = 1000;

const encoder = new TextEncoder();

/**
 * Writes lines without waiting for whoever reads them, because a reader that
 * stalls must not stop the server. Lines that come while others are written are
 * written together, because writing costs more than all else that a request needs.
 *
 * Lines that cannot be written (a full disk, a closed pipe) are tried again with
 * the next line. When a mebibyte waits, further lines are dropped, and a line
 * says how many as soon as lines can be written again.
 */
export class LogWriter {
  readonly #sink: LogSink;
  readonly #describeLost: (lines: number) => string;
  #waiting: string[] = [];
  #characters = 0;
  /** The lines that are being written. */
  #bytes = new Uint8Array();
  #lost = 0;
  #writing: Promise<void> | undefined;

  /** `describeLost` makes the line that says how many were lost. */
  constructor(sink: LogSink, describeLost: (lines: number) => string) {
    this.#sink = sink;
    this.#describeLost = describeLost;
  }

  /** The line is written soon, or counted as lost. */
  readonly write = (line: string): void => {
    const waiting = this.#bytes.length + this.#characters;
    if (waiting + line.length < LIMIT_CHARACTERS) {
      this.#waiting.push(line);
      this.#characters += line.length + 1;
    } else this.#lost++;
    this.#writing ??= this.#writeAll();
  };

  /** Resolves when all lines are written, or after a second. */
  async end(): Promise<void> {
    await within(END_MILLISECONDS, this.#writing);
  }

  async #writeAll(): Promise<void> {
    try {
      do {
        await new Promise((resolve) =>
          setTimeout(resolve, GATHER_MILLISECONDS)
        );
        await this.#writeBytes(); // those of a try that failed
        this.#bytes = this.#take();
        await this.#writeBytes();
      } while (this.#waiting.length > 0 || this.#lost > 0);
    } catch {
      // Tried again with the next line.
    } finally {
      this.#writing = undefined;
    }
  }

  async #writeBytes(): Promise<void> {
    while (this.#bytes.length > 0) {
      const written = await this.#sink.write(this.#bytes);
      this.#bytes = this.#bytes.subarray(written);
    }
  }

  #take(): Uint8Array<ArrayBuffer> {
    const lines = this.#waiting;
    if (this.#lost > 0) lines.push(this.#describeLost(this.#lost));
    this.#waiting = [];
    this.#characters = 0;
    this.#lost = 0;
    return encoder.encode(`${lines.join("\n")}\n`);
  }
}

/** Writes the lines that wait before the process dies of an error that is not caught. */
export function endBeforeDeath(writer: LogWriter): void {
  const die = (event: Event, error: unknown) => {
    event.preventDefault();
    console.error("Uncaught", error);
    writer.end().then(() => Deno.exit(1));
  };
  addEventListener("error", (event) => die(event, event.error));
  addEventListener("unhandledrejection", (event) => die(event, event.reason));
}
