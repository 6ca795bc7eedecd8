// A warm GET /show in Cloudflare's runtime, and the same page without a session by turns:
// deno task worker:bench
import { bundleWorker, startWorker } from "../tests/support/workerd.ts";
import { median, spread, table, visitors } from "./measure.ts";
import { wrk } from "./wrk.ts";

const ROUNDS = 7;
const SECONDS = 2;

const { path: script } = await bundleWorker("bench/workerd_entry.ts");
const rows: string[][] = [];
for (const store of ["cookie", "durable_object"]) {
  const variables = { SESSION_STORE: store };
  await using worker = await startWorker({ script, variables });
  const cookies = await visitors(worker.url, 1);
  const rate = async (path: string) => {
    const load = { url: worker.url + path, seconds: SECONDS, cookies };
    return (await wrk(load)).requestsPerSecond;
  };
  const shares: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [without, own] = [await rate("/without/show"), await rate("/show")];
    if (round === 0) continue; // it warmed up
    shares.push(own / without);
    rates.push(own);
  }
  rows.push([store, spread(shares), median(rates).toFixed(0)]);
}
const title = "share of GET /show without a session";
table(["in workerd", title, "req/s"], rows);
