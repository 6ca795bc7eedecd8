// Cloudflare's own runtime, workerd, on a free port of the loopback.
import settings from "../../deno.json" with { type: "json" };
import { mayDoAll, missing } from "./missing.ts";
import { freePort } from "./redis_server.ts";

/** The one that the wrangler of `deno task worker` brings. */
const MINIFLARE = "npm:miniflare@4.20260424.0";

const root = new URL("../../", import.meta.url).pathname;

/** Why workerd cannot be started, or null when it can. */
export const noWorkerd: string | null = mayDoAll && canFetch()
  ? null
  : missing("miniflare");

function canFetch(): boolean {
  return new Deno.Command(Deno.execPath(), {
    args: ["cache", "--no-lock", MINIFLARE],
    stdout: "null",
    stderr: "null",
  }).outputSync().success;
}

export interface WorkerServer extends AsyncDisposable {
  /** Such as "http://127.0.0.1:8787". */
  readonly url: string;
}

export interface WorkerOptions {
  /** The script, bundled. */
  readonly script: string;
  /** As under `vars` in wrangler.jsonc. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Default true: the Durable Objects have their binding SESSIONS. */
  readonly isBound?: boolean;
  /** Where Durable Objects are kept; a new temporary folder otherwise. */
  readonly state?: string;
}

/** Bundles an entry as `deno task worker:bundle` does; the path of the script. */
export async function bundleWorker(entry: string): Promise<string> {
  const path = `${await Deno.makeTempDir()}/worker.js`;
  const [, ...args] = settings.tasks["worker:bundle"].command
    .replace("dist/worker.js", path).replace(/worker\.ts$/, entry).split(" ");
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args,
    cwd: root,
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return path;
}

/** Resolves when it serves; throws with its output when it does not. */
export async function startWorker(
  { script, variables, isBound = true, state }: WorkerOptions,
): Promise<WorkerServer> {
  const folder = await Deno.makeTempDir({ prefix: "workerd-" });
  const port = freePort();
  // Into a file: what a test does not read cannot disturb it, nor make workerd wait.
  const log = `${folder}/log`;
  const child = new Deno.Command("sh", {
    args: [
      ...["-c", 'exec "$@" >"$0" 2>&1', log, Deno.execPath()],
      ...[
        "run",
        "-A",
        "--no-lock",
        `${root}tests/support/miniflare_process.ts`,
      ],
      ...[MINIFLARE, script, String(port), state ?? `${folder}/state`],
      ...[JSON.stringify(variables), isBound ? "SESSIONS" : ""],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let isOver = false;
  child.status.then(() => isOver = true);
  while (true) {
    const text = await Deno.readTextFile(log).catch(() => "");
    if (/^Ready$/m.test(text)) break;
    if (isOver) throw new Error(`workerd did not start:\n${text}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM"); // it stops workerd
      await child.status;
      await Deno.remove(folder, { recursive: true });
    },
  };
}
