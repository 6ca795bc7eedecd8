// Starting servers for the benchmark, and putting figures into words.
import { type Server, startProgram } from "../tests/support/server.ts";
import { cookieHeader } from "./wrk.ts";

const here = new URL(".", import.meta.url).pathname;

/** Starts a script of this folder, which listens where the system likes. */
export function run(script: string, ...args: string[]): Promise<Server> {
  const flags = ["-A", "--no-lock", "--config", `${here}../deno.json`];
  return startProgram(Deno.execPath(), {
    args: ["run", ...flags, here + script, ...args],
    cwd: here,
  });
}

/** The memory that a process holds (Linux). */
export function residentMb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** The form of one visitor of many. */
export function visitor(i: number) {
  return { name: `User ${i}`, email: `user${i}@example.com` };
}

/** Cookies of as many visitors, by posting the form: 32 at once, as the load does. */
export async function visitors(url: string, count: number): Promise<string[]> {
  const cookies: string[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (next < count) {
      const i = next++;
      const response = await fetch(`${url}/users`, {
        method: "POST",
        body: new URLSearchParams(visitor(i)),
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
