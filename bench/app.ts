// The real app: each page with and without a session, beside the same bytes as a constant; the
// microseconds of each part; its start and its memory.
import { startServer } from "../tests/support/server.ts";
import { stackedChart } from "./chart.ts";
import { here, median, run, spread, table, visitors } from "./measure.ts";
import { wrk } from "./wrk.ts";

const PAGES = ["/show", "/session", "/lab"];
/** From hono alone to the page: each has one part more than the one before (see real_app.ts). */
const VARIANTS = ["/bare", "/silent", "/constant", "/without", ""];
const PARTS = ["runtime", "middleware", "log", "rendering", "session"];
const VISITORS = 20_000;
const STARTS = 5;

export interface AppBenchOptions {
  readonly rounds: number;
  readonly seconds: number;
}

interface Sample {
  /** Requests a second. */
  readonly rate: number;
  /** Milliseconds. */
  readonly p99: number;
  /** Microseconds a request. */
  readonly cpu: number;
}

export async function measureApp(
  { rounds, seconds }: AppBenchOptions,
): Promise<void> {
  console.log("\n## The real app\n");
  const server = await run("real_app.ts", "PORT");
  const cookies = await visitors(server.url, 200);
  const rows: string[][] = [];
  const bars: { name: string; parts: number[] }[] = [];
  for (const page of PAGES) {
    const measured = VARIANTS.map((): Sample[] => []);
    for (let round = 0; round <= rounds; round++) {
      for (const [i, variant] of VARIANTS.entries()) {
        const url = server.url + variant + page;
        const before = server.cpuMicroseconds();
        const { requestsPerSecond, p99Ms } = await wrk({
          ...{ url, seconds, cookies },
        });
        if (round === 0) continue; // all warm up
        const used = server.cpuMicroseconds() - before;
        measured[i]?.push({
          rate: requestsPerSecond,
          p99: p99Ms,
          cpu: used / (requestsPerSecond * seconds),
        });
      }
    }
    const rates = measured.map((all) => all.map(({ rate }) => rate));
    const own = rates.at(-1) ?? [];
    const shareOf = (variant: string) => {
      const others = rates[VARIANTS.indexOf(variant)] ?? [];
      return spread(own.map((rate, i) => rate / (others[i] ?? NaN)));
    };
    rows.push([
      `GET ${page}`,
      shareOf("/constant"),
      shareOf("/without"),
      median(own).toFixed(0),
      median((measured.at(-1) ?? []).map(({ p99 }) => p99)).toFixed(2),
    ]);
    // The lowest: other work of the machine can only add to it.
    const microseconds = measured.map((all) =>
      Math.min(...all.map(({ cpu }) => cpu))
    );
    const parts = microseconds.map((all, i) =>
      Math.max(0, all - (microseconds[i - 1] ?? 0))
    );
    bars.push({ name: `GET ${page}`, parts });
  }
  await server.stop();
  table([
    "",
    "share of the same bytes as a constant, through the same middleware",
    "share of the same without a session",
    "req/s",
    "p99 ms",
  ], rows);
  console.log("\nMicroseconds of CPU that a request takes:\n");
  table(
    ["", ...PARTS],
    bars.map(({ name, parts }) => [name, ...parts.map((us) => us.toFixed(1))]),
  );
  await Deno.writeTextFile(`${here}app.svg`, stackedChart(PARTS, bars));
  console.log("\nbench/app.svg is drawn anew.");
  await measureStart();
}

async function measureStart(): Promise<void> {
  const environment = { SESSION_SECRET: crypto.randomUUID() };
  const times: number[] = [];
  for (let i = 0; i < STARTS; i++) {
    const started = performance.now();
    await using app = await startServer({ environment });
    await (await fetch(app.url)).body?.cancel();
    times.push(performance.now() - started);
  }
  console.log(`\nFrom start to the first 200: ${median(times).toFixed(0)} ms`);

  await using app = await startServer({ environment });
  await (await fetch(app.url)).body?.cancel();
  const before = residentMb(app.pid);
  await visitors(app.url, VISITORS);
  const after = residentMb(app.pid);
  console.log(
    `Memory after ${VISITORS} visitors: ${after.toFixed(0)} MB, ${
      (after / before).toFixed(2)
    } times that after the start`,
  );
}

function residentMb(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}
