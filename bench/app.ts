// The real app: each page beside its own bytes as a constant; its start and its memory.
import { startServer } from "../tests/support/server.ts";
import { median, residentMb, run, spread, table, visitors } from "./measure.ts";
import { wrk } from "./wrk.ts";

const PAGES = ["/show", "/session", "/lab"];
const VISITORS = 20_000;
const STARTS = 5;

export interface AppBenchOptions {
  readonly rounds: number;
  readonly seconds: number;
}

export async function measureApp(
  { rounds, seconds }: AppBenchOptions,
): Promise<void> {
  console.log("\n## The real app\n");
  await using server = await run("real_app.ts");
  const cookies = await visitors(server.url, 200);
  const rows: string[][] = [];
  for (const page of PAGES) {
    const shares: number[] = [];
    const rates: number[] = [];
    const slow: number[] = [];
    for (let round = 0; round <= rounds; round++) {
      const load = (path: string) =>
        wrk({ url: server.url + path, seconds, cookies });
      const constant = await load(`/constant${page}`);
      const own = await load(page);
      if (round === 0) continue; // both warm up
      shares.push(own.requestsPerSecond / constant.requestsPerSecond);
      rates.push(own.requestsPerSecond);
      slow.push(own.p99Ms);
    }
    rows.push([
      `GET ${page}`,
      spread(shares),
      median(rates).toFixed(0),
      median(slow).toFixed(2),
    ]);
  }
  const share = "share of the same bytes as a constant";
  table(["", share, "req/s", "p99 ms"], rows);

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
  const growth = (after / before).toFixed(2);
  console.log(
    `Memory after ${VISITORS} visitors: ${
      after.toFixed(0)
    } MB, ${growth} times that after the start`,
  );
}
