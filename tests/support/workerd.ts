// Cloudflare's own runtime, workerd, on a free port of the loopback.
import settings from "../../deno.json" with { type: "json" };
import { mayDoAll, missing } from "./missing.ts";
import { shell } from "./operations.ts";
import { type Server, startProgram } from "./server.ts";

/** The one that the wrangler of `deno task worker` brings. */
const MINIFLARE = "npm:miniflare@4.20260424.0";

const deno = Deno.execPath();
const cwd = new URL("../../", import.meta.url).pathname;

/** Why workerd cannot be started, or null when it can. */
export const noWorkerd: string | null = mayDoAll &&
    await shell(`${deno} cache --no-lock ${MINIFLARE}`).catch(() => null) !==
      null
  ? null
  : missing("miniflare");

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
export async function bundleWorker(
  entry: string,
  path = `${Deno.makeTempDirSync()}/worker.js`,
): Promise<string> {
  const command = settings.tasks["worker:bundle"].command
    .replace("dist/worker.js", path).replace(/worker\.ts$/, entry);
  await shell(command.replace("deno", deno), { cwd });
  return path;
}

/** Resolves when it serves; throws with its output when it does not. */
export function startWorker(
  { script, variables, isBound = true, state = Deno.makeTempDirSync() }:
    WorkerOptions,
): Promise<Server> {
  const program = `${cwd}tests/support/miniflare_process.ts`;
  const what = JSON.stringify({ script, variables, isBound, state });
  return startProgram(deno, {
    args: ["run", "-A", "--no-lock", program, MINIFLARE, what],
  });
}
