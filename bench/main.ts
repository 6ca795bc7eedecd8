// deno task bench [--quick] [part of a name]: the tables of README.md, as Markdown.
import { session } from "../middleware/session/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { startRedis } from "../tests/support/redis_server.ts";
import { batonOptions, CONTENDERS } from "./contenders.ts";
import {
  median,
  residentMb,
  run,
  spread,
  table,
  visitor,
  visitors,
} from "./measure.ts";
import { type Load, wrk } from "./wrk.ts";

const isQuick = Deno.args.includes("--quick");
const only = Deno.args.find((arg) => !arg.startsWith("--")) ?? "";
const ROUNDS = isQuick ? 3 : 7;
const SECONDS = isQuick ? 1 : 2;
const VISITORS = 2000;
/** More than Baton remembers: each is seen for the first time, every time. */
const STRANGERS = 20_000;
const CEILING = "no session";
const FLOOR = "headers alone";
const SHARE = "share of the page without a session";

/** Load on one page and on another, one right after the other, several times. */
async function compare(base: Load, own: Load) {
  const shares: number[] = [];
  const rates: number[] = [];
  const slow: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const theirs = await wrk(base, SECONDS);
    const ours = await wrk(own, SECONDS);
    if (round === 0) continue; // both warm up
    shares.push(ours.requestsPerSecond / theirs.requestsPerSecond);
    rates.push(ours.requestsPerSecond);
    slow.push(ours.p99Ms);
  }
  const share = spread(shares);
  return [share, median(rates).toFixed(0), median(slow).toFixed(2)] as const;
}

/** Cookies that the server has not seen yet. */
function strangers(name: string): Promise<string[]> {
  const seal = name === "Baton, encrypted" ? "encrypt" : "sign";
  const sessions = session(batonOptions(seal));
  const all = Array.from({ length: STRANGERS }, (_, i) => visitor(i));
  return Promise.all(all.map((user) => sealFor(sessions, user)));
}

/** Throws unless each of some visitors still sees their own name. */
async function verify(url: string, cookies: readonly string[]): Promise<void> {
  for (let i = 0; i < cookies.length; i += 97) {
    const headers = { cookie: cookies[i] ?? "" };
    const response = await fetch(`${url}/show`, { headers });
    if (!(await response.text()).includes(`<h3>${visitor(i).name}</h3>`)) {
      throw new Error(`${url}: visitor ${i} sees another page`);
    }
  }
}

const folder = await Deno.makeTempDir({ prefix: "bench-" });
await using redis = await startRedis();
const places: Record<string, string> = {
  "Baton, SQLite": `${folder}/sessions.db`,
  "Baton, Deno KV": `${folder}/kv`,
  "Baton, Redis": redis.url,
};
await using ceiling = await run("contenders.ts", CEILING);
const rows: string[][] = [];

async function measure(name: string, isStrange: boolean): Promise<void> {
  const options = JSON.stringify({ place: places[name] });
  await using server = await run("contenders.ts", name, options);
  const isFloor = name === FLOOR;
  const cookies = isStrange || isFloor
    ? await strangers(name)
    : await visitors(server.url, VISITORS);
  const page = { url: `${ceiling.url}/show` };
  const figures = await compare(page, { url: `${server.url}/show`, cookies });
  const row = [isStrange ? `${name}, every cookie new` : name, ...figures];
  const [own, theirs] = [residentMb(server.pid), residentMb(ceiling.pid)];
  const memory = `${own.toFixed(0)} (${(own / theirs).toFixed(2)})`;
  if (isStrange || isFloor) row.push("");
  else {
    await verify(server.url, cookies);
    const body = "name=Jay&email=jay%40example.com";
    const form = (url: string) => ({ url: `${url}/users`, body });
    row.push((await compare(form(ceiling.url), form(server.url)))[0]);
  }
  rows.push([...row, memory, isFloor ? "" : String(cookies[0]?.length)]);
}

for (const name of Object.keys(CONTENDERS)) {
  if (name === CEILING || !name.includes(only)) continue;
  await measure(name, false);
  const isCookie = name === "Baton, signed" || name === "Baton, encrypted";
  if (isCookie) await measure(name, true);
}
console.log("\n## GET /show of a tiny page\n");
const more = ["share of its POST /users", "RSS MB (ratio)", "cookie bytes"];
table(["", SHARE, "req/s", "p99 ms", ...more], rows);

if (only === "") {
  console.log("\n## A route that does not open the session\n");
  const labels = {
    [FLOOR]: "a middleware that does nothing",
    "Baton, signed": "Baton mounted, not opened",
  };
  const untouched: string[][] = [];
  for (const [name, label] of Object.entries(labels)) {
    await using server = await run("contenders.ts", name);
    const plain = (url: string) => ({ url: `${url}/plain` });
    const [share] = await compare(plain(ceiling.url), plain(server.url));
    untouched.push([label, share]);
  }
  table(["", SHARE], untouched);

  console.log("\n## The real app\n");
  await using app = await run("real_app.ts");
  const before = residentMb(app.pid);
  const cookies = (await visitors(app.url, STRANGERS)).slice(0, 200);
  const growth = (residentMb(app.pid) / before).toFixed(2);
  const pages: string[][] = [];
  for (const page of ["/show", "/session", "/lab"]) {
    const constant = { url: `${app.url}/constant${page}`, cookies };
    const own = { url: app.url + page, cookies };
    pages.push([`GET ${page}`, ...await compare(constant, own)]);
  }
  const share = "share of the same bytes as a constant";
  table(["", share, "req/s", "p99 ms"], pages);
  console.log(`\nMemory after ${STRANGERS} visitors: ${growth} times as much`);
}
await Deno.remove(folder, { recursive: true });
