// Cloudflare's own runtime, workerd, as `deno task worker` starts it, on a free port of the loopback.
import settings from "../../deno.json" with { type: "json" };
import { eventually } from "./eventually.ts";
import { mayDoAll, missing } from "./missing.ts";
import { ask, shell } from "./operations.ts";
import { freePort } from "./redis_server.ts";
import { type Server, startProgram } from "./server.ts";

const root = new URL("../../", import.meta.url).pathname;
const deno = Deno.execPath();
const [, WRANGLER = ""] = settings.tasks.worker.command.split(" && ");

/** Why workerd cannot be started, or null when it can. */
export const noWorkerd: string | null = mayDoAll && await isThere()
  ? null
  : missing("wrangler");

function isThere(): Promise<boolean> {
  const [wrangler] = /npm:\S+/.exec(WRANGLER) ?? [];
  return shell(`${deno} cache --no-lock ${wrangler}`)
    .then(() => true, () => false);
}

export interface WorkerOptions {
  /** The script, bundled. */
  readonly script: string;
  /** The `vars` of wrangler.jsonc. */
  readonly variables: Readonly<Record<string, unknown>>;
  /** Default true: the Durable Objects have their binding SESSIONS. */
  readonly isBound?: boolean;
  /** Where wrangler keeps its state; a new temporary folder otherwise. */
  readonly cwd?: string;
}

/** Bundles an entry as `deno task worker:bundle` does; the path of the script. */
export async function bundleWorker(entry: string): Promise<string> {
  const path = `${await Deno.makeTempDir()}/worker.js`;
  const command = settings.tasks["worker:bundle"].command
    .replace("dist/worker.js", path).replace(/worker\.ts$/, entry);
  await shell(command.replace("deno", deno), { cwd: root });
  return path;
}

/** Resolves when it serves, or tells an error. */
export async function startWorker(
  { script, variables, isBound = true, cwd = Deno.makeTempDirSync() }:
    WorkerOptions,
): Promise<Server> {
  const text = await Deno.readTextFile(`${root}wrangler.jsonc`);
  const { durable_objects, migrations, ...rest } = JSON.parse(
    text.replaceAll(/\/\/.*/g, ""),
  );
  const config = {
    ...{ ...rest, main: script, vars: variables },
    ...(isBound && { durable_objects, migrations }),
  };
  await Deno.writeTextFile(`${cwd}/wrangler.json`, JSON.stringify(config));
  const [port, inspector] = [freePort(), freePort()];
  // It tells errors only: what a test does not read cannot disturb it.
  const options =
    `--port ${port} --inspector-port ${inspector} --log-level error`;
  const server = await startProgram("sh", {
    args: ["-c", `${WRANGLER} ${options}`.replace("deno", `exec ${deno}`)],
    cwd,
    env: { CI: "1", NO_COLOR: "1" },
    ready: /(?:)/,
  });
  const url = `http://127.0.0.1:${port}`;
  await Promise.race([
    eventually(() => ask(url), 100),
    server.prints(/ERROR/),
  ]);
  return { ...server, url };
}
