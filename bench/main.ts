// deno task bench [--quick] [part of a name]: the tables of README.md, as Markdown.
import { session } from "../middleware/session/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { startRedis } from "../tests/support/redis_server.ts";
import { measureApp } from "./app.ts";
import { batonOptions, CONTENDERS, type Options } from "./contenders.ts";
import { median, residentMb, run, spread, table, visitors } from "./measure.ts";
import { type Load, type Measured, wrk } from "./wrk.ts";

const isQuick = Deno.args.includes("--quick");
const only = Deno.args.find((arg) => !arg.startsWith("--"));
const ROUNDS = isQuick ? 3 : 7;
const SECONDS = isQuick ? 1 : 2;
const VISITORS = 2000;
/** More than Baton remembers: each is seen for the first time, every time. */
const STRANGERS = 20_000;
const CEILING = "no session";
const FLOOR = "headers alone";

/** Cookies of new visitors. */
function sealed(seal: "sign" | "encrypt", count: number): Promise<string[]> {
  const sessions = session(batonOptions(seal));
  const data = (i: number) => (
    { name: `User ${i}`, email: `user${i}@example.com` }
  );
  const all = Array.from({ length: count }, (_, i) => data(i));
  return Promise.all(all.map((user) => sealFor(sessions, user)));
}

/** Throws unless each of some visitors still sees their own name. */
async function verify(url: string, cookies: readonly string[]): Promise<void> {
  for (let i = 0; i < cookies.length; i += 97) {
    const headers = { cookie: cookies[i] ?? "" };
    const response = await fetch(`${url}/show`, { headers });
    const html = await response.text();
    if (!html.includes(`<h3>User ${i}</h3>`)) {
      throw new Error(`${url}: visitor ${i} sees another page`);
    }
  }
}

interface Pair {
  readonly share: number;
  readonly p99: number;
  readonly own: Measured;
}

/** The same load on the ceiling and on a contender, one right after the other, several times. */
async function pairs(url: string, load: Omit<Load, "seconds">) {
  const path = new URL(load.url).pathname;
  const base = { ...load, url: url + path, cookies: [""], seconds: SECONDS };
  const rounds: Pair[] = [];
  for (let i = 0; i <= ROUNDS; i++) {
    const theirs = await wrk(base);
    const own = await wrk({ ...load, seconds: SECONDS });
    if (i === 0) continue; // both warm up
    const share = own.requestsPerSecond / theirs.requestsPerSecond;
    rounds.push({ own, share, p99: own.p99Ms / theirs.p99Ms });
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

await using ceiling = await run("contenders.ts", CEILING);
const body = "name=Jay&email=jay%40example.com";
const rows: string[][] = [];

async function compete(
  name: string,
  label: string,
  make: (url: string) => Promise<string[]>,
): Promise<void> {
  const given = JSON.stringify(options[name] ?? {});
  await using server = await run("contenders.ts", name, given);
  const cookies = await make(server.url);
  const gets = await pairs(ceiling.url, {
    url: `${server.url}/show`,
    cookies,
  });
  if (label === name) await verify(server.url, cookies);
  const [rss, theirs] = [residentMb(server.pid), residentMb(ceiling.pid)];
  const posts = label === name
    ? await pairs(ceiling.url, { url: `${server.url}/users`, body })
    : [];
  const share = gets.map(({ share }) => share);
  const mid = (of: (pair: Pair) => number) => median(gets.map(of));
  rows.push([
    label,
    spread(share),
    mid(({ own }) => own.requestsPerSecond).toFixed(0),
    mid(({ own }) => own.p50Ms).toFixed(2),
    mid(({ own }) => own.p99Ms).toFixed(2),
    mid(({ p99 }) => p99).toFixed(2),
    posts.length > 0 ? spread(posts.map(({ share }) => share)) : "",
    `${rss.toFixed(0)} (${(rss / theirs).toFixed(2)})`,
    server.startMs.toFixed(0),
    name === FLOOR ? "" : String(cookies[0]?.length),
  ]);
}

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
  "cookie bytes",
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
    await using server = await run("contenders.ts", name);
    const rounds = await pairs(ceiling.url, { url: `${server.url}/plain` });
    untouched.push([label, spread(rounds.map(({ share }) => share))]);
  }
  table(["", "share of the page without a session"], untouched);
  await measureApp({ rounds: ROUNDS, seconds: SECONDS });
}
await Deno.remove(folder, { recursive: true });
