// deno task bench [--quick] [part of a name]: every figure of README.md, as Markdown, and the chart.
import { browser, sealFor } from "../middleware/session/testing.ts";
import { freePort, startRedis } from "../tests/support/redis_server.ts";
import { startServer } from "../tests/support/server.ts";
import { chart } from "./chart.ts";
import { batonOptions, CONTENDERS, type Options } from "./contenders.ts";
import { cookieHeader, type Load, type Measured, wrk } from "./wrk.ts";

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

interface Running {
  readonly url: string;
  readonly startMs: number;
  rssMb(): number;
  stop(): Promise<void>;
}

const here = new URL(".", import.meta.url).pathname;
const config = `${here}../deno.json`;

function run(script: string, ...args: string[]): Promise<Running> {
  return runOn(freePort(), script, ...args);
}

/** Several may share a port: the system deals the connections out. */
async function runOn(
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
    async stop() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** Cookies of as many visitors, by posting the form: 32 at once, as the load does. */
async function visitors(url: string, count: number): Promise<string[]> {
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

/** Cookies of visitors who never came before. */
function sealed(seal: "sign" | "encrypt", count: number): Promise<string[]> {
  const options = batonOptions(seal);
  const data = (i: number) => ({
    name: `User ${i}`,
    email: `user${i}@example.com`,
  });
  return Promise.all(
    Array.from({ length: count }, (_, i) => sealFor(options, data(i))),
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

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? NaN;
}

function spread(values: readonly number[]): string {
  return `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${
    Math.max(...values).toFixed(2)
  })`;
}

function table(head: readonly string[], rows: readonly string[][]): void {
  const lines = [head, head.map(() => "---"), ...rows];
  console.log(lines.map((cells) => `| ${cells.join(" | ")} |`).join("\n"));
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

    console.log("\n## The real app\n");
    const plain = await run("real_app.ts", "PORT");
    const started = performance.now();
    const app = await startServer({
      environment: { SESSION_SECRET: crypto.randomUUID() },
    });
    await (await fetch(app.url)).body?.cancel();
    const startMs = performance.now() - started;
    const cookies = await visitors(app.url, VISITORS);
    const shows = await pairs(
      { url: `${plain.url}/show`, seconds: SECONDS },
      { url: `${app.url}/show`, seconds: SECONDS, cookies },
    );
    await verify(app.url, cookies);
    const posts = await pairs(
      { url: `${plain.url}/users`, seconds: SECONDS, body: posted },
      { url: `${app.url}/users`, seconds: SECONDS, body: posted },
    );
    table(
      ["", "share of the same without a session", "req/s", "p99 ms"],
      [
        ["GET /show", shows],
        ["POST /users", posts],
      ].map(([name, pairs]) => [
        String(name),
        spread((pairs as Pair[]).map(({ share }) => share)),
        median((pairs as Pair[]).map(({ own }) => own.requestsPerSecond))
          .toFixed(0),
        median((pairs as Pair[]).map(({ own }) => own.p99Ms)).toFixed(2),
      ]),
    );
    console.log(`\nFrom start to the first 200: ${startMs.toFixed(0)} ms`);
    await plain.stop();
    await app[Symbol.asyncDispose]();
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
