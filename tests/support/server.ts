// Starts servers on free ports: the app as `deno task start` does, databases, any program. A test
// reads what they print, stalls and kills them, and starts them again.
import settings from "../../deno.json" with { type: "json" };
import { mayDoAll } from "./missing.ts";

/** Why no server can be started, or null when it can. */
export const cannotStart: string | null = mayDoAll ? null : "needs --allow-all";

export interface Server extends AsyncDisposable {
  /** Where it printed that it listens, such as "http://localhost:41234". */
  readonly url: string;
  readonly pid: number;
  /** All that was printed since its start, without the times that lines begin with. */
  readonly output: () => string;
  /** Resolves when the output has it; rejects when the program ends without. */
  prints(pattern: RegExp): Promise<string>;
  /** SIGSTOP and SIGCONT: it is there, and does not answer. All but SIGTERM reach its children too. */
  signal(name: Deno.Signal): void;
  /** Sends the signal and waits for the end; the exit code. SIGKILL ends it as a crash would. */
  stop(signal?: Deno.Signal): Promise<number>;
  /** Starts it again, with the same files, and the same port if it was told one. */
  restart(): Promise<void>;
}

export interface ProgramOptions
  extends Omit<Deno.CommandOptions, "stdin" | "stdout" | "stderr"> {
  /** Printed when it serves. Default: where it listens. */
  readonly ready?: RegExp;
  /** Its files, which go with it. */
  readonly folder?: string;
}

const LISTENS = /http:\/\/\S+:\d+/;

/** Resolves when it serves; throws with its output when it ends before that. */
export async function startProgram(
  program: string,
  { ready = LISTENS, folder, ...options }: ProgramOptions,
): Promise<Server> {
  let run = spawn(program, options);
  const server: Server = {
    get url() {
      return LISTENS.exec(run.output())?.[0] ?? "";
    },
    get pid() {
      return run.pid;
    },
    output: () => run.output(),
    prints: (pattern) => run.prints(pattern),
    signal: (name) => run.signal(name),
    stop(name = "SIGTERM") {
      run.signal(name);
      return run.ended;
    },
    async restart() {
      run = spawn(program, options);
      await run.prints(ready);
    },
    async [Symbol.asyncDispose]() {
      await server.stop("SIGKILL");
      if (folder !== undefined) await Deno.remove(folder, { recursive: true });
    },
  };
  await run.prints(ready);
  return server;
}

/** The processes that it has started, and those that they have. */
function childrenOf(pid: number): number[] {
  try {
    const children = Deno.readTextFileSync(`/proc/${pid}/task/${pid}/children`);
    return children.split(" ").filter(Boolean).map(Number)
      .flatMap((child) => [child, ...childrenOf(child)]);
  } catch {
    return []; // it has ended, or this is no Linux
  }
}

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z /gm;

function spawn(program: string, options: Deno.CommandOptions) {
  const child = new Deno.Command(program, {
    ...options,
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const { pid } = child;
  let text = "";
  let isOver = false;
  let change = Promise.withResolvers<void>();
  const changed = () => {
    change.resolve();
    change = Promise.withResolvers();
  };
  const read = async (stream: typeof child.stdout) => {
    for await (const chunk of stream.pipeThrough(new TextDecoderStream())) {
      text = (text + chunk).replace(TIME, "");
      changed();
    }
  };
  async function end(): Promise<number> {
    await Promise.all([child.stdout, child.stderr].map(read));
    const { code } = await child.status;
    isOver = true;
    changed();
    return code;
  }

  async function prints(pattern: RegExp): Promise<string> {
    while (true) {
      const [found] = pattern.exec(text) ?? [];
      if (found !== undefined) return found;
      if (isOver) throw new Error(`It has ended:\n${text}`);
      await change.promise;
    }
  }

  function signal(name: Deno.Signal): void {
    const children = name === "SIGTERM" || isOver ? [] : childrenOf(pid);
    for (const each of isOver ? [] : [pid, ...children]) {
      try {
        Deno.kill(each, name);
      } catch {
        // it has just ended
      }
    }
  }
  return { pid, ended: end(), output: () => text, prints, signal };
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

export function startServer(options: StartOptions = {}): Promise<Server> {
  return startProgram("sh", commandFor(options));
}

/** For a start that is meant to fail: the exit code and what was printed. */
export async function runServer(
  options: StartOptions,
): Promise<{ code: number; text: string }> {
  const { ended, output } = spawn("sh", commandFor(options));
  return { code: await ended, text: output() };
}

function commandFor(
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
  const kept = ["PATH", "HOME", "DENO_DIR", "NO_COLOR"].flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  });
  return {
    args: ["-c", [...limits, command].join(" && ")],
    cwd,
    clearEnv: true,
    env: { PORT: "0", ...Object.fromEntries(kept), ...environment },
  };
}

/** The command of a task, for a shell in another folder. */
export function commandOf(task: keyof typeof settings.tasks): string {
  const root = new URL("../../", import.meta.url).pathname;
  const deno = `exec ${Deno.execPath()} run --config ${root}deno.json`;
  return settings.tasks[task].command.replace("deno run", deno)
    .replaceAll(/(?<=[ =])(?=deno\.lock|main\.ts|examples\/)/g, root);
}
