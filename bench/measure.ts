// Starting servers for the benchmark, and putting figures into words.
import { freePort } from "../tests/support/redis_server.ts";
import { cookieHeader } from "./wrk.ts";

export interface Running {
  readonly url: string;
  readonly pid: number;
  readonly startMs: number;
  stop(): Promise<void>;
}

const here = new URL(".", import.meta.url).pathname;

/** Starts a script of this folder; PORT among its arguments is a free port. */
export async function run(script: string, ...args: string[]): Promise<Running> {
  const port = String(freePort());
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...["run", "-A", "--no-lock", "--config", `${here}../deno.json`],
      here + script,
      ...args.map((arg) => arg.replace("PORT", port)),
    ],
    stdout: "null",
    stderr: "inherit",
  }).spawn();
  const url = `http://127.0.0.1:${port}`;
  while (true) {
    const response = await fetch(`${url}/show`, { redirect: "manual" })
      .catch(() => null);
    await response?.body?.cancel();
    if (response !== null) break;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return {
    ...{ url, pid: child.pid, startMs: performance.now() - start },
    async stop() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** The memory that a process holds (Linux). */
export function residentMb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** Cookies of as many visitors, by posting the form: 32 at once, as the load does. */
export async function visitors(url: string, count: number): Promise<string[]> {
  const cookies: string[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (next < count) {
      const i = next++;
      const visitor = { name: `User ${i}`, email: `user${i}@example.com` };
      const response = await fetch(`${url}/users`, {
        method: "POST",
        body: new URLSearchParams(visitor),
        redirect: "manual",
      });
      await response.body?.cancel();
      cookies[i] = cookieHeader(response);
    }
  }));
  return cookies;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** The median, with the lowest and the highest. */
export function spread(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const [a, b, c] = [median(values), low, high].map((one) => one.toFixed(2));
  return `${a} (${b}–${c})`;
}

export function table(
  head: readonly string[],
  rows: readonly string[][],
): void {
  const lines = [head, head.map(() => "---"), ...rows];
  console.log(lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n"));
}
