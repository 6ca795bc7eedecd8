// A process that a test kills, stalls and starts again, such as a database.

export interface Restartable extends AsyncDisposable {
  /** Ends it with SIGKILL, as a crash would. */
  kill(): Promise<void>;
  /** Starts it again, on the same port and with the same files. */
  restart(): Promise<void>;
  /** SIGSTOP and SIGCONT: it is there, and does not answer. */
  signal(name: "SIGSTOP" | "SIGCONT"): void;
}

/**
 * @param folder its files, which go with it
 * @param start resolves when it is ready
 * @param pidsOf the processes that it consists of
 */
export async function restartable(
  folder: string,
  start: () => Promise<Deno.ChildProcess>,
  pidsOf = ({ pid }: Deno.ChildProcess) => [pid],
): Promise<Restartable> {
  let child: Deno.ChildProcess;
  let isOver = true;

  async function restart(): Promise<void> {
    child = await start();
    isOver = false;
    child.status.then(() => isOver = true);
  }

  function signal(name: Deno.Signal): void {
    for (const pid of isOver ? [] : pidsOf(child)) {
      try {
        Deno.kill(pid, name);
      } catch {
        // it has just ended
      }
    }
  }

  async function kill(): Promise<void> {
    signal("SIGKILL");
    await child.status;
  }

  await restart();
  return {
    ...{ kill, restart, signal },
    async [Symbol.asyncDispose]() {
      await kill();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Resolves when a process has printed this; goes on reading, so that it never waits for a reader. */
export async function printed(
  stream: ReadableStream<Uint8Array>,
  wanted: RegExp,
): Promise<void> {
  const output = stream.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (!wanted.test(text)) {
    const { done, value } = await output.read();
    if (done) throw new Error(`it did not start:\n${text}`);
    text += value;
  }
  void (async () => {
    while (!(await output.read()).done);
  })();
}
