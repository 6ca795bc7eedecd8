// The cost of a session in Cloudflare's runtime: deno task worker:bench
//
// - A warm GET /show against the same page without a session, by turns on one runtime.
// - The CPU time of a start and its first answer: the app's, against an empty Worker's.
import { bundleWorker, startWorker } from "../tests/support/workerd.ts";
import { wrk } from "./wrk.ts";

const ROUNDS = 7;
const SECONDS = 2;
const STARTS = 9;

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

async function comparePages(script: string, store: string): Promise<void> {
  const variables = { SESSION_STORE: store };
  await using worker = await startWorker({ script, variables });
  const posted = await fetch(`${worker.url}/users`, {
    method: "POST",
    body: new URLSearchParams({ name: "Jay", email: "jay@example.com" }),
    redirect: "manual",
  });
  await posted.body?.cancel();
  const [line = ""] = posted.headers.getSetCookie();
  const cookies = [line.split(";")[0] ?? ""];
  const cpu: number[] = [];
  const rate = async (path: string) => {
    const before = cpuMilliseconds();
    const load = { url: worker.url + path, seconds: SECONDS, cookies };
    const { requestsPerSecond } = await wrk(load);
    const used = cpuMilliseconds() - before;
    if (path === "/show") {
      cpu.push(1000 * used / (requestsPerSecond * SECONDS));
    }
    return requestsPerSecond;
  };
  const costs: number[] = [];
  const rates: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const [plain, show] = [await rate("/plain"), await rate("/show")];
    if (round === 0) continue; // it warmed up
    costs.push(plain / show);
    rates.push(show);
  }
  console.log(
    `${store}: GET /show costs ${median(costs).toFixed(2)} times the same ` +
      `page without a session (${Math.min(...costs).toFixed(2)}–${
        Math.max(...costs).toFixed(2)
      }), at ${median(rates).toFixed(0)} requests/s and ${
        median(cpu).toFixed(0)
      } µs of CPU`,
  );
}

/** The CPU time of workerd, a child of this process's child, so far (Linux). */
function cpuMilliseconds(): number {
  let sum = 0;
  for (const { name } of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const [, command = "", rest = ""] = /^\d+ \((.*)\) (.*)$/s.exec(
        Deno.readTextFileSync(`/proc/${name}/stat`),
      ) ??
        [];
      if (command !== "workerd") continue;
      const fields = rest.split(" "); // from the third on, of which 14 and 15 are in hundredths
      sum += 10 * (Number(fields[11]) + Number(fields[12]));
    } catch {
      // It has ended meanwhile.
    }
  }
  return sum;
}

async function compareStarts(): Promise<void> {
  const empty = `${Deno.makeTempDirSync()}/empty.js`;
  Deno.writeTextFileSync(
    empty,
    `export class SessionObject {}
     export default { fetch: () => new Response() };`,
  );
  const { path: app } = await bundleWorker("worker.ts");
  const scripts = [empty, app] as const;
  const starts: [number[], number[]] = [[], []];
  for (let i = 0; i < STARTS; i++) {
    for (const [which, script] of scripts.entries()) {
      const variables = { SESSION_SECRET: crypto.randomUUID() };
      await using worker = await startWorker({ script, variables });
      await (await fetch(`${worker.url}/healthz`)).body?.cancel();
      starts[which]?.push(cpuMilliseconds());
    }
  }
  const [without, ours] = [median(starts[0]), median(starts[1])];
  console.log(
    `A start and its first answer: ${ours} ms of CPU, ${without} of them ` +
      `with an empty Worker too; ${ours - without} are the app's`,
  );
}

const { path: script } = await bundleWorker("bench/workerd_entry.tsx");
await comparePages(script, "cookie");
await comparePages(script, "durable_object");
await compareStarts();
