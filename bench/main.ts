// deno task bench [--quick] [part of a name]: every figure of README.md, as Markdown, and the chart.
import { session } from "../middleware/session/mod.ts";
import { browser, sealFor } from "../middleware/session/testing/mod.ts";
import { startRedis } from "../tests/support/redis_server.ts";
import { measureApp } from "./app.ts";
import { chart } from "./chart.ts";
import { batonOptions, CONTENDERS, type Options } from "./contenders.ts";
import {
  here,
  median,
  run,
  runOn,
  spread,
  table,
  visitors,
} from "./measure.ts";
import { type Load, type Measured, wrk } from "./wrk.ts";

const isQuick = Deno.args.includes("--quick");
const only = Deno.args.find((arg) => !arg.startsWith("--"));
const ROUNDS = isQuick ? 3 : 7;
const SECONDS = isQuick ? 1 : 2;
const VISITORS = 2000;
/** More than Baton remembers: each is seen for the first time, every time. */
const STRANGERS = 20_000;
const JAY = { name: "Jay", email: "kpatel@codingdojo.com" };
const CEILING = "no session";
const FLOOR = "headers alone";

/** Cookies of new visitors. */
function sealed(seal: "sign" | "encrypt", count: number): Promise<string[]> {
  const options = batonOptions(seal);
  const data = (i: number) => ({
    name: `User ${i}`,
    email: `user${i}@example.com`,
  });
  return Promise.all(
    Array.from({ length: count }, (_, i) => sealFor(session(options), data(i))),
  );
}

/** Throws unless each of some visitors still sees their own name. */
async function verify(url: string, cookies: readonly string[]): Promise<void> {
  for (let i = 0; i < cookies.length; i += 97) {
    const response = await fetch(`${url}/show`, {
      headers: { cookie: cookies[i] ?? "" },
    });
    const html = await response.text();
    if (!html.includes(`<h3>User ${i}</h3>`)) {
      throw new Error(`${url}: visitor ${i} sees another page`);
    }
  }
}

interface Pair {
  readonly share: number;
  readonly p99: number;
  readonly base: Measured;
  readonly own: Measured;
}

/** The same load on the ceiling and on a contender, one right after the other, several times. */
async function pairs(base: Load, own: Load): Promise<Pair[]> {
  const rounds: Pair[] = [];
  for (let i = 0; i < ROUNDS + 1; i++) {
    const measured = { base: await wrk(base), own: await wrk(own) };
    const { base: a, own: b } = measured;
    if (i === 0) continue; // both warm up
    rounds.push({
      ...measured,
      share: b.requestsPerSecond / a.requestsPerSecond,
      p99: b.p99Ms / a.p99Ms,
    });
  }
  return rounds;
}

const folder = await Deno.makeTempDir({ prefix: "bench-" });
await using redis = await startRedis();
const options: Record<string, Options> = {
  "Baton, SQLite": { path: `${folder}/sessions.db` },
  "Baton, Deno KV": { path: `${folder}/kv` },
  "Baton, Redis": { url: redis.url },
};

const ceiling = await run("contenders.ts", CEILING, "PORT");
const posted = new URLSearchParams(JAY).toString();
const shares: { name: string; share: number }[] = [];
const rows: string[][] = [];
let ceilingRss = 0;

async function compete(
  name: string,
  label: string,
  make: (url: string) => Promise<string[]>,
): Promise<void> {
  const given = JSON.stringify(options[name] ?? {});
  const server = await run("contenders.ts", name, "PORT", given);
  try {
    const cookies = await make(server.url);
    const gets = await pairs(
      { url: `${ceiling.url}/show`, seconds: SECONDS },
      { url: `${server.url}/show`, seconds: SECONDS, cookies },
    );
    if (label === name) await verify(server.url, cookies);
    const rss = server.rssMb();
    ceilingRss = ceiling.rssMb();
    const posts = label === name
      ? await pairs(
        { url: `${ceiling.url}/users`, seconds: SECONDS, body: posted },
        { url: `${server.url}/users`, seconds: SECONDS, body: posted },
      )
      : [];
    const visitor = browser({
      request: (url: string, init?: RequestInit) =>
        fetch(url, { redirect: "manual", ...init }),
    }, {
      origin: server.url,
    });
    const jay = await visitor.post("/users", JAY);
    await jay.body?.cancel();
    const bytes = jay.headers.getSetCookie().at(-1)?.length ?? 0;
    const share = median(gets.map(({ share }) => share));
    shares.push({ name: label, share });
    rows.push([
      label,
      spread(gets.map(({ share }) => share)),
      median(gets.map(({ own }) => own.requestsPerSecond)).toFixed(0),
      median(gets.map(({ own }) => own.p50Ms)).toFixed(2),
      median(gets.map(({ own }) => own.p99Ms)).toFixed(2),
      median(gets.map(({ p99 }) => p99)).toFixed(2),
      posts.length > 0 ? spread(posts.map(({ share }) => share)) : "",
      `${rss.toFixed(0)} (${(rss / ceilingRss).toFixed(2)})`,
      server.startMs.toFixed(0),
      String(bytes),
    ]);
  } finally {
    await server.stop();
  }
}

try {
  for (const name of Object.keys(CONTENDERS)) {
    if (name === CEILING) continue;
    if (only !== undefined && !name.includes(only)) continue;
    if (name === FLOOR) {
      await compete(
        name,
        `${name}, no session`,
        () => sealed("sign", VISITORS),
      );
      continue;
    }
    await compete(name, name, (url) => visitors(url, VISITORS));
    if (name !== "Baton, signed" && name !== "Baton, encrypted") continue;
    const seal = name === "Baton, signed" ? "sign" : "encrypt";
    const label = `${name}, every cookie new`;
    await compete(name, label, () => sealed(seal, STRANGERS));
  }
  console.log("\n## GET /show of a tiny page\n");
  table([
    "",
    "share of the page without a session",
    "req/s",
    "p50 ms",
    "p99 ms",
    "p99 / the page's",
    "share of its POST /users",
    "RSS MB (ratio)",
    "start ms",
    "Set-Cookie bytes",
  ], rows);

  if (only === undefined || only === "app") {
    console.log("\n## A route that does not open the session\n");
    const untouched: string[][] = [];
    for (
      const [name, label] of [
        [FLOOR, "a middleware that does nothing"],
        ["Baton, signed", "Baton mounted, not opened"],
      ] as const
    ) {
      const server = await run("contenders.ts", name, "PORT");
      const rounds = await pairs(
        { url: `${ceiling.url}/plain`, seconds: SECONDS },
        { url: `${server.url}/plain`, seconds: SECONDS },
      );
      await server.stop();
      untouched.push([label, spread(rounds.map(({ share }) => share))]);
    }
    table(["", "share of the page without a session"], untouched);

    console.log("\n## Two processes on one port\n");
    const twice: string[][] = [];
    for (const name of ["Baton, signed", "Baton, SQLite"]) {
      const given = JSON.stringify(options[name] ?? {});
      const one = await run("contenders.ts", name, "PORT", given);
      const cookies = await visitors(one.url, VISITORS);
      const load = { url: `${one.url}/show`, seconds: SECONDS, cookies };
      const alone = (await pairs(load, load)).map(({ own }) => own);
      const port = Number(new URL(one.url).port);
      const two = await runOn(port, "contenders.ts", name, "PORT", given);
      const both = (await pairs(load, load)).map(({ own }) => own);
      await verify(one.url, cookies);
      await Promise.all([one.stop(), two.stop()]);
      twice.push([
        name,
        ...[alone, both].map((rounds) =>
          median(rounds.map((own) => own.requestsPerSecond)).toFixed(0)
        ),
      ]);
    }
    table(["", "req/s of one", "req/s of two"], twice);

    await measureApp({ rounds: ROUNDS, seconds: SECONDS });
  }

  if (only === undefined) {
    console.log("\n## Seal, open, a request, by size and secrets\n");
    await new Deno.Command(Deno.execPath(), {
      args: ["bench", "-A", "--no-lock", `${here}seal_bench.ts`],
      env: { NO_COLOR: "1" },
      stderr: "null",
    }).spawn().status;
    await Deno.writeTextFile(`${here}share.svg`, chart(shares));
    console.log("\nbench/share.svg is drawn anew.");
  }
} finally {
  await ceiling.stop();
  await Deno.remove(folder, { recursive: true });
}
