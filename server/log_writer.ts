/**
 * Writes the lines of one turn of the event loop together, as writing costs more
 * than all else that a request needs. No line waits longer than that turn, and
 * none is lost when the process exits, or dies of an error that nobody catches.
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
