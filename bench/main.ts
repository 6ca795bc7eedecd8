// deno task bench [--quick] [part of a name]: the table of README.md, as Markdown.
import type { StoreConfig } from "../config.ts";
import { session } from "../middleware/session/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { startRedis } from "../tests/support/redis_server.ts";
import { type Server, startProgram } from "../tests/support/server.ts";
import { batonOptions, CONTENDERS } from "./contenders.ts";
import { type Load, wrk } from "./wrk.ts";

const isQuick = Deno.args.includes("--quick");
const only = Deno.args.find((arg) => !arg.startsWith("--")) ?? "";
const ROUNDS = isQuick ? 3 : 7;
const SECONDS = isQuick ? 1 : 2;
const VISITORS = 2000;
/** More than Baton remembers: each is seen for the first time, every time. */
const STRANGERS = 20_000;
const BASE = "no session";

const folder = await Deno.makeTempDir({ prefix: "bench-" });
await using redis = await startRedis();
const places: Record<string, StoreConfig> = {
  "Baton, SQLite": { kind: "sqlite", path: `${folder}/sessions.db` },
  "Baton, Deno KV": { kind: "denokv", path: `${folder}/kv` },
  "Baton, Redis": { kind: "redis", url: redis.url },
};
await using base = await start(BASE);

function start(name: string): Promise<Server> {
  const options = JSON.stringify({ place: places[name] });
  return run("contenders.ts", name, options);
}

function run(...program: string[]): Promise<Server> {
  const here = new URL(".", import.meta.url).pathname;
  const flags = ["-A", "--no-lock", "--config", `${here}../deno.json`];
  const args = ["run", ...flags, ...program];
  return startProgram(Deno.execPath(), { args, cwd: here });
}

/** Load on the app without a session, or on another page, and on this one, one right after the other, several times. */
async function compare(
  { url }: Server,
  path: string,
  { cookies, ...load }: Omit<Load, "url">,
  other = base.url + path,
) {
  const shares: number[] = [];
  const rates: number[] = [];
  const slow: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const theirs = await wrk({ ...load, url: other }, SECONDS);
    const ours = await wrk({ ...load, url: url + path, cookies }, SECONDS);
    if (round === 0) continue; // both warm up
    shares.push(ours.requestsPerSecond / theirs.requestsPerSecond);
    rates.push(ours.requestsPerSecond);
    slow.push(ours.p99Ms);
  }
  const ends = [median(shares), Math.min(...shares), Math.max(...shares)];
  const [middle, low, high] = ends.map((one) => one.toFixed(2));
  const share = `${middle} (${low}–${high})`;
  return [share, median(rates).toFixed(0), median(slow).toFixed(2)] as const;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

/** The memory that a process holds (Linux), in MB. */
function residentMb({ pid }: Server): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024;
}

/** The form of one visitor of many. */
function visitor(i: number) {
  return { name: `User ${i}`, email: `user${i}@example.com` };
}

/** The cookies of visitors who post the form: 32 at once, as the load does. */
async function visitors({ url }: Server): Promise<string[]> {
  const cookies: string[] = [];
  let next = 0;
  await Promise.all(Array.from({ length: 32 }, async () => {
    while (next < VISITORS) {
      const i = next++;
      const response = await fetch(`${url}/users`, {
        method: "POST",
        body: new URLSearchParams(visitor(i)),
        redirect: "manual",
      });
      await response.body?.cancel();
      const line = response.headers.getSetCookie().at(-1); // of two, the last counts
      cookies[i] = line?.split(";")[0] ?? "";
    }
  }));
  return cookies;
}

/** Cookies that the server has not seen yet. */
function strangers(seal: "sign" | "encrypt"): Promise<string[]> {
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

function row(...cells: unknown[]): void {
  console.log(`| ${cells.join(" | ")} |`);
}

/** Prints a row of the table. */
async function measure(
  name: string,
  label: string,
  cookiesOf: (server: Server) => Promise<string[]>,
): Promise<void> {
  await using server = await start(name);
  const cookies = await cookiesOf(server);
  const figures = await compare(server, "/show", { cookies });
  const ratio = (residentMb(server) / residentMb(base)).toFixed(2);
  const memory = `${residentMb(server).toFixed(0)} (${ratio})`;
  await verify(server.url, cookies);
  const body = "name=Jay&email=jay%40example.com";
  const [posts] = await compare(server, "/users", { body });
  row(label, ...figures, posts, memory, cookies[0]?.length);
}

const SHARE = "share of the page without a session";
const more = ["share of its POST /users", "RSS MB (ratio)", "cookie bytes"];
row("", SHARE, "req/s", "p99 ms", ...more);
row(...Array(7).fill("---"));
for (const name of Object.keys(CONTENDERS)) {
  if (name === BASE || !name.includes(only)) continue;
  await measure(name, name, visitors);
}
for (const seal of ["sign", "encrypt"] as const) {
  const name = seal === "sign" ? "Baton, signed" : "Baton, encrypted";
  if (!name.includes(only)) continue;
  await measure(name, `${name}, every cookie new`, () => strangers(seal));
}
if (only === "") {
  await using server = await start("Baton, signed");
  const [share] = await compare(server, "/plain", {});
  console.log(`\nA route that does not open the session keeps ${share}`);

  await using app = await run("real_app.ts");
  const cookies = await visitors(app);
  for (const page of ["/show", "/session", "/lab"]) {
    const constant = `${app.url}/constant${page}`;
    const [share] = await compare(app, page, { cookies }, constant);
    console.log(`${page} of the real app: ${share} of a constant page`);
  }
}
await Deno.remove(folder, { recursive: true });
