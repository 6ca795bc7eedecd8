// Starts the app as `deno task start` does, on a free port, for tests that need the real thing.
import settings from "../../deno.json" with { type: "json" };
import { mayDoAll } from "./missing.ts";

/** Why no server can be started, or null when it can. */
export const cannotStart: string | null = mayDoAll ? null : "needs --allow-all";

export interface Server extends AsyncDisposable {
  /** Such as "http://localhost:41234". */
  readonly url: string;
  readonly pid: number;
  /** All that was printed so far, without the times that lines begin with. */
  readonly output: () => string;
  /** Resolves when the output has it. */
  prints(pattern: RegExp): Promise<string>;
  /** Sends the signal and waits for the end; the exit code. */
  stop(signal?: Deno.Signal): Promise<number>;
}

export interface StartOptions {
  readonly environment?: Readonly<Record<string, string>>;
  /** Where `.data` goes; a new temporary folder otherwise. */
  readonly cwd?: string;
  /** Default true; false as where an app may neither read nor write files. */
  readonly mayUseDisk?: boolean;
  /** Shell commands that limit it, such as "ulimit -n 64" or "umask 000". */
  readonly limits?: string[];
}

/** Resolves when the server listens; throws with its output when it ends before that. */
export function startServer(options: StartOptions = {}): Promise<Server> {
  return listening(spawn(options));
}

export type ProgramOptions =
  & { readonly args: string[]; readonly cwd: string }
  & Pick<Deno.CommandOptions, "env" | "clearEnv">;

/** The same for any program that prints where it listens. */
export function startProgram(
  program: string,
  options: ProgramOptions,
): Promise<Server> {
  return listening(spawnProgram(program, options));
}

async function listening({ child, output }: Program): Promise<Server> {
  const ended = child.status.then(({ code }) => {
    throw new Error(`The server ended with code ${code}:\n${output.text()}`);
  });
  const url = await Promise.race([output.find(/http:\/\/\S+:\d+/), ended]);
  ended.catch(() => {});

  async function stop(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    child.kill(signal);
    const { code } = await child.status;
    await output.finished;
    return code;
  }
  return {
    url,
    pid: child.pid,
    output: output.text,
    prints: output.find,
    stop,
    async [Symbol.asyncDispose]() {
      await stop("SIGKILL").catch(() => {}); // already gone
      await output.finished;
    },
  };
}

/** For a start that is meant to fail: the exit code and what was printed. */
export async function runServer(
  options: StartOptions,
): Promise<{ code: number; text: string }> {
  const { child, output } = spawn(options);
  const { code } = await child.status;
  await output.finished;
  return { code, text: output.text() };
}

function spawn(
  {
    environment = {},
    cwd = Deno.makeTempDirSync(),
    mayUseDisk = true,
    limits = [],
  }: StartOptions,
) {
  const command = mayUseDisk
    ? commandOf("start")
    : commandOf("start").replaceAll(/ --allow-(?:read|write)=\S+/g, "");
  return spawnProgram("sh", {
    args: ["-c", [...limits, command].join(" && ")],
    cwd,
    clearEnv: true,
    env: {
      PORT: "0",
      ...keep("PATH", "HOME", "DENO_DIR", "NO_COLOR"),
      ...environment,
    },
  });
}

/** What a task runs, for a shell in another folder. */
export function commandOf(task: keyof typeof settings.tasks): string {
  const root = new URL("../../", import.meta.url).pathname;
  const deno = `exec ${Deno.execPath()} run --config ${root}deno.json`;
  return settings.tasks[task].command.replace("deno run", deno)
    .replaceAll(/(?<=[ =])(?=deno\.lock|main\.ts|examples\/)/g, root);
}

type Program = ReturnType<typeof spawnProgram>;

function spawnProgram(program: string, options: Deno.CommandOptions) {
  const child = new Deno.Command(program, {
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  return { child, output: collect(child.stdout, child.stderr) };
}

function keep(...names: string[]): Record<string, string> {
  return Object.fromEntries(names.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
}

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z /gm;

function collect(...streams: ReadableStream<Uint8Array>[]) {
  let text = "";
  const waiting = new Set<() => void>();
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text = (text + chunk).replace(TIME, "");
      for (const look of waiting) look();
    }
  };
  const finished = Promise.all(
    streams.map((stream) =>
      read(stream as ReadableStream<Uint8Array<ArrayBuffer>>)
    ),
  );
  return {
    finished,
    text: () => text,
    find: (pattern: RegExp) =>
      new Promise<string>((resolve) => {
        const look = () => {
          const found = pattern.exec(text);
          if (found === null) return;
          waiting.delete(look);
          resolve(found[0]);
        };
        waiting.add(look);
        look();
      }),
  };
}
