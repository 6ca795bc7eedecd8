// Cloudflare's own runtime, workerd, started by wrangler on a free port of the loopback.
import settings from "../deno.json" with { type: "json" };
import { mayDoAll, missing } from "./missing.ts";
import { freePort } from "./redis_server.ts";

/** As `deno task worker` names it. */
const WRANGLER = /npm:wrangler@\S+/.exec(settings.tasks.worker.command)?.[0] ??
  "npm:wrangler";

const ENVIRONMENT = {
  WRANGLER_SEND_METRICS: "false",
  CLOUDFLARE_CF_FETCH_ENABLED: "false",
  CI: "1",
};

/** Why workerd cannot be started, or null when it can. */
export const noWorkerd: string | null = mayDoAll && wrangler("--version")
  ? null
  : missing("wrangler");

function wrangler(...args: string[]): boolean {
  return new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-lock", WRANGLER, ...args],
    cwd: Deno.makeTempDirSync(), // no deno.json: its own resolution
    env: ENVIRONMENT,
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
  readonly variables: Readonly<Record<string, string>>;
  /** Where Durable Objects are kept; a new temporary folder otherwise. */
  readonly state?: string;
}

/** Bundles an entry for workerd; the path of the script. */
export async function bundleWorker(entry: string): Promise<string> {
  const root = new URL("../", import.meta.url).pathname;
  const output = `${await Deno.makeTempDir()}/worker.js`;
  const { success, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "tools/bundle_worker.ts", entry, output],
    cwd: root,
    stdout: "null",
    stderr: "piped",
  }).output();
  if (!success) throw new Error(new TextDecoder().decode(stderr));
  return output;
}

/** Resolves when it serves. */
export async function startWorker(
  { script, variables, state }: WorkerOptions,
): Promise<WorkerServer> {
  const folder = await Deno.makeTempDir({ prefix: "worker-" });
  const aside = await Deno.makeTempDir(); // wrangler starts anew when its folder changes
  const config = await Deno.readTextFile(
    new URL("../wrangler.jsonc", import.meta.url),
  );
  await Deno.writeTextFile(
    `${folder}/wrangler.jsonc`,
    config.replace("dist/worker.js", "worker.js"),
  );
  await Deno.copyFile(script, `${folder}/worker.js`);
  const port = freePort();
  const vars = Object.entries(variables).flatMap(([name, value]) => [
    "--var",
    `${name}:${value}`,
  ]);
  // Into a file: what a test does not read cannot disturb it, nor make wrangler wait.
  const log = `${aside}/log`;
  const child = new Deno.Command("sh", {
    args: [
      ...["-c", 'exec "$@" >"$0" 2>&1', log, Deno.execPath()],
      ...["run", "-A", "--no-lock", WRANGLER, "dev", "--ip", "127.0.0.1"],
      ...["--port", String(port), "--inspector-port", String(freePort())],
      ...["--persist-to", state ?? `${aside}/state`, ...vars],
    ],
    cwd: folder,
    env: ENVIRONMENT,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let isOver = false;
  child.status.then(() => isOver = true);
  while (true) {
    const text = await Deno.readTextFile(log).catch(() => "");
    if (text.includes("Ready on")) break;
    if (isOver || text.includes("ERROR")) {
      if (!isOver) child.kill("SIGTERM");
      await child.status;
      throw new Error(`wrangler did not start:\n${text}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      if (!isOver) child.kill("SIGTERM"); // it stops workerd
      await child.status;
      await Deno.remove(folder, { recursive: true });
      await Deno.remove(aside, { recursive: true });
    },
  };
}
