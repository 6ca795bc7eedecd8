// Starting servers for the benchmark, and putting figures into words.
import { freePort } from "../tests/support/redis_server.ts";
import { cookieHeader } from "./wrk.ts";

export interface Running {
  readonly url: string;
  readonly startMs: number;
  rssMb(): number;
  /** Of CPU, so far (Linux). */
  cpuMicroseconds(): number;
  stop(): Promise<void>;
}

export const here = new URL(".", import.meta.url).pathname;
const config = `${here}../deno.json`;

export function run(script: string, ...args: string[]): Promise<Running> {
  return runOn(freePort(), script, ...args);
}

/** Several may share a port: the system deals the connections out. */
export async function runOn(
  port: number,
  script: string,
  ...args: string[]
): Promise<Running> {
  const start = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      ...[
        "run",
        "-A",
        "--unstable-net",
        "--no-lock",
        "--config",
        config,
        `${here}${script}`,
      ],
      ...args.map((arg) => arg.replace("PORT", String(port))),
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
    url,
    startMs: performance.now() - start,
    rssMb() {
      const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
    },
    cpuMicroseconds() {
      const stat = Deno.readTextFileSync(`/proc/${child.pid}/stat`);
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      return 10_000 * (Number(fields[11]) + Number(fields[12])); // in hundredths of a second
    },
    async stop() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** Cookies of as many visitors, by posting the form: 32 at once, as the load does. */
export async function visitors(url: string, count: number): Promise<string[]> {
  const cookies: string[] = [];
  async function post(i: number): Promise<void> {
    const response = await fetch(`${url}/users`, {
      method: "POST",
      body: new URLSearchParams({
        name: `User ${i}`,
        email: `user${i}@example.com`,
      }),
      redirect: "manual",
    });
    await response.body?.cancel();
    cookies[i] = cookieHeader(response);
  }
  let next = 0;
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (next < count) await post(next++);
  }));
  return cookies;
}

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

export function spread(values: readonly number[]): string {
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${
    Math.max(...values).toFixed(2)
  })`;
}

export function table(
  head: readonly string[],
  rows: readonly string[][],
): void {
  const lines = [head, head.map(() => "---"), ...rows];
  console.log(lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n"));
}
