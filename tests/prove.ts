// The proofs at their full size, with figures: deno task prove [sqlite|postgres|redis|denokv|size|sweep|restart|nginx|caddy|process|requests|owners|bound]
import { DatabaseSync } from "node:sqlite";
import { createClient } from "redis";
import { type SessionStore } from "../middleware/session/mod.ts";
import { denoKvStore } from "../middleware/session/stores/deno_kv.ts";
import { redisStore } from "../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { openPostgres } from "../server/postgres_pool.ts";
import {
  ownerRaces,
  ownersAfterACrash,
  RIVALS,
} from "./support/proofs_owners.ts";
import { restartKilled, restartRaces } from "./support/proofs_restart.ts";
import { Clock, SECRET } from "./support/test_app.ts";
import { controlledStore } from "./support/controlled_store.ts";
import {
  type DatabaseServer,
  noLostUpdates,
  noLostUpdatesAcross,
  noResurrection,
  nothingLostInACrash,
  oneIdAfterACrash,
  oneIdOpens,
  outage,
} from "./support/proofs.ts";
import {
  fillPostgres,
  fillSqlite,
  growth,
  listCost,
  longList,
  ownerCost,
  readCost,
  stored,
} from "./support/proofs_size.ts";
import { locked } from "./support/proofs_sqlite.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { PROXIES, rollingRestarts, startSite } from "./support/proofs_proxy.ts";
import { proveBound } from "./support/bound_figures.ts";
import {
  stopUnderLoad,
  stopWithSlowClients,
  UNFINISHED,
  withoutDescriptors,
} from "./support/proofs_process.ts";
import { requestCosts } from "./support/request_costs.ts";
import { proveRedisFleet } from "./support/proofs_redis.ts";
import { startRedis } from "./support/redis_server.ts";
import { startServer } from "./support/server.ts";

const [wanted = ""] = Deno.args;
const isWanted = (name: string) => wanted === "" || wanted === name;
const DURABLE = ["--appendonly", "yes", "--appendfsync", "always"];

async function races(name: string, store: SessionStore, spec?: string) {
  console.log(`\n## ${name}`);
  const sum = await noLostUpdates(store, 100);
  console.log(`100 parallel updates: ${sum} survive`);
  if (spec !== undefined) {
    const sum = await noLostUpdatesAcross(store, spec, 4, 100);
    console.log(`100 updates from 4 processes: ${sum} survive`);
  }
  const alive = await noResurrection(store, 1000);
  console.log(`1,000 races against a destroy: ${alive} alive`);
  const wrong = await oneIdOpens(store, 1000);
  console.log(`1,000 races of regenerates: ${wrong} without exactly one id`);
}

async function crashes(name: string, spec: string) {
  const environment = { SESSION_STORE: spec };
  const killed = await nothingLostInACrash({
    environment,
    cwd: Deno.makeTempDirSync(),
    crash: async (server) => void await server.stop("SIGKILL"),
    isServerGone: true,
  }, 20);
  console.log(
    `${name}, server killed 20 times: ${killed.answered} answered, ${killed.lost} lost`,
  );
  const cwd = Deno.makeTempDirSync();
  const wrong = await oneIdAfterACrash({ environment, cwd }, 20);
  console.log(`${name}, killed 20 times while renewing: ${wrong} with two ids`);
}

/** A restart against a logout, a renewal and updates, and killed on its way. */
if (isWanted("restart")) {
  const { now } = new Clock();
  const path = `${Deno.makeTempDirSync()}/sessions.db`;
  {
    await using store = sqliteStore(path, { now });
    console.log("SQLite, restarts:", await restartRaces(store, 1000));
  }
  await using redis = await startRedis();
  await using store = redisStore({ url: redis.url });
  console.log("Redis, restarts:", await restartRaces(store, 1000));
  console.log("Killed while signing in:", await restartKilled(path));
}

async function databaseKilled(name: string, database: DatabaseServer) {
  const killed = await nothingLostInACrash({
    environment: { SESSION_STORE: database.url },
    cwd: Deno.makeTempDirSync(),
    async crash() {
      await database.kill();
      await database.restart();
    },
    isServerGone: false,
  }, 20);
  console.log(
    `${name}, killed 20 times: ${killed.answered} answered, ${killed.lost} lost`,
  );
}

if (isWanted("memory")) await races("In memory", controlledStore());

if (isWanted("sqlite")) {
  const path = `${Deno.makeTempDirSync()}/sessions.db`;
  await using store = sqliteStore(path);
  await races("SQLite", store, `sqlite:${path}`);
  await crashes("SQLite", "sqlite:.data/sessions.db");
  console.log(
    "SQLite locked by another process for 900 ms:",
    await locked(900),
  );
}

if (isWanted("denokv")) {
  const path = `${Deno.makeTempDirSync()}/kv`;
  await using store = denoKvStore(await Deno.openKv(path));
  await races("Deno KV", store, `denokv:${path}`);
  await crashes("Deno KV", "denokv:.data/kv");
}

if (isWanted("postgres") && noPostgres === null) {
  await using server = await startPostgres();
  {
    await using store = openPostgres(server.url);
    await races("Postgres", store, server.url);
  }
  await crashes("Postgres, the app", server.url);
  await databaseKilled("Postgres itself", server);
  {
    const settings = ["synchronous_commit=off"];
    await using careless = await startPostgres({ settings });
    await databaseKilled("With synchronous_commit=off", careless);
  }
  for (const kind of ["kill", "stop"] as const) {
    console.log(
      `Postgres away for 10 s (${kind}):`,
      await outage(server, kind, 10),
    );
  }
}

if (isWanted("redis")) {
  await using redis = await startRedis({ args: DURABLE });
  {
    await using store = redisStore({ url: redis.url });
    await races("Redis", store, redis.url);
  }
  const killed = await nothingLostInACrash({
    environment: { SESSION_STORE: redis.url },
    cwd: Deno.makeTempDirSync(),
    async crash() {
      await redis.kill();
      await redis.restart();
    },
    isServerGone: false,
  }, 20);
  console.log(
    `Redis itself killed 20 times: ${killed.answered} answered, ${killed.lost} lost`,
  );
  for (const kind of ["kill", "stop"] as const) {
    console.log(
      `Redis away for 10 s (${kind}):`,
      await outage(redis, kind, 10),
    );
  }
  await proveRedisFleet();
}

/** What it costs to know whose sessions they are. */
async function owners(name: string, store: SessionStore, fresh?: SessionStore) {
  const ms = await listCost(store, 1_000_000);
  console.log(
    `${name}: ten of one owner among a million are listed in ${
      ms.toFixed(2)
    } ms`,
  );
  const long = await longList(store, 10_000);
  console.log(
    `${name}: ${long.listed} of one owner in ${
      Math.round(long.ms)
    } ms; nobody else waits longer than ${Math.round(long.longestWaitMs)} ms`,
  );
  if (fresh === undefined) return;
  const { alone, together } = await ownerCost(fresh);
  console.log(
    `${name}: a save with an owner takes ${
      alone.toFixed(2)
    } times one without, ${
      together.toFixed(2)
    } times when 32 are saved at once`,
  );
  await fresh[Symbol.asyncDispose]?.();
}

if (isWanted("size")) {
  console.log("\n## A million sessions");
  const now = Date.now() / 1000;
  const folder = Deno.makeTempDirSync();
  await using few = sqliteStore(`${folder}/few.db`);
  await using many = sqliteStore(`${folder}/many.db`);
  fillSqlite(`${folder}/few.db`, 1000, now + 36_000);
  fillSqlite(`${folder}/many.db`, 1_000_000, now + 36_000);
  const { size } = Deno.statSync(`${folder}/many.db`);
  console.log(
    `SQLite: ${
      Math.round(size / 1e6)
    } bytes a session; a read takes ${await growth(
      await readCost(few, 1000),
      await readCost(many, 1_000_000),
    )}`,
  );
  await owners("SQLite", many, sqliteStore(`${folder}/owners.db`));
  await Deno.remove(folder, { recursive: true });

  if (noPostgres === null) {
    await using small = await startPostgres();
    await using large = await startPostgres();
    await fillPostgres(small.url, 1000);
    await fillPostgres(large.url, 1_000_000);
    await using few = openPostgres(small.url);
    await using many = openPostgres(large.url);
    console.log(
      `Postgres: a read takes ${await growth(
        await readCost(few, 1000),
        await readCost(many, 1_000_000),
      )}`,
    );
    await owners("Postgres", many);
  }

  await using small = await startRedis();
  await using large = await startRedis();
  const fill = async (url: string, total: number) => {
    const client = createClient({ url });
    await client.connect();
    const used = async () =>
      Number(/used_memory:(\d+)/.exec(await client.info("memory"))?.[1]);
    const before = await used();
    for (let i = 0; i < total; i += 1000) {
      await Promise.all(Array.from({ length: 1000 }, (_, n) => {
        const [key, value] = stored(i + n);
        const text = "v".repeat(22) + new TextDecoder().decode(value);
        return client.set(`session:${key}`, text, {
          expiration: { type: "EX", value: 3600 },
        });
      }));
    }
    const bytes = (await used() - before) / total;
    client.destroy();
    return bytes;
  };
  await fill(small.url, 1000);
  const bytes = await fill(large.url, 1_000_000);
  await using fewStore = redisStore({ url: small.url });
  await using manyStore = redisStore({ url: large.url });
  console.log(
    `Redis: ${Math.round(bytes)} bytes a session; a read takes ${await growth(
      await readCost(fewStore, 1000),
      await readCost(manyStore, 1_000_000),
    )}`,
  );
}

if (isWanted("sweep")) {
  console.log("\n## 100,000 sessions that end together");
  const cwd = Deno.makeTempDirSync();
  await using server = await startServer({
    cwd,
    environment: {
      SESSION_SECRET: SECRET,
      SESSION_STORE: "sqlite:.data/sessions.db",
    },
  });
  const path = `${cwd}/.data/sessions.db`;
  const post = await fetch(`${server.url}/users`, {
    method: "POST",
    body: new URLSearchParams({ name: "Jay", email: "a@example.com" }),
    redirect: "manual",
  });
  await post.body?.cancel();
  const cookie = post.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  fillSqlite(path, 100_000, Date.now() / 1000 + 5);
  const database = new DatabaseSync(path, { readOnly: true });
  const rows = database.prepare("SELECT count(*) AS rows FROM sessions");
  const left = () => Number(rows.get()?.["rows"]) - 1;
  const latencies: { at: number; ms: number }[] = [];
  let [began, ended] = [0, 0];
  const lanes = Array.from({ length: 4 }, async () => {
    while (ended === 0) {
      const start = performance.now();
      const response = await fetch(`${server.url}/show`, {
        headers: { cookie },
      });
      await response.text();
      latencies.push({ at: start, ms: performance.now() - start });
    }
  });
  while (ended === 0) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    const rest = left();
    if (rest < 100_000 && began === 0) began = performance.now();
    if (rest === 0) ended = performance.now();
  }
  await Promise.all(lanes);
  database.close();
  const p99 = (list: { ms: number }[]) =>
    list.map(({ ms }) => ms).toSorted((a, b) => a - b)[
      Math.floor(list.length * 0.99)
    ] ?? 0;
  const before = latencies.filter(({ at }) => at < began - 100);
  const during = latencies.filter(({ at }) => at >= began && at <= ended);
  console.log(
    `swept in ${((ended - began) / 1000).toFixed(1)} s; p99 of GET /show ${
      p99(before).toFixed(1)
    } ms before, ${
      p99(during).toFixed(1)
    } ms meanwhile (${during.length} requests)`,
  );
}

for (const kind of ["nginx", "caddy"] as const) {
  if (!isWanted(kind)) continue;
  const { name, missing } = PROXIES[kind];
  console.log(`\n## Two servers behind ${name}, restarted in turn under load`);
  if (missing !== null) {
    console.log(`Left out: it ${missing}`);
  } else {
    await using site = await startSite(kind);
    const figures = await rollingRestarts(site, 100_000);
    const { requests, restarts, lost, seconds } = figures;
    const sum = Object.values(lost).reduce((sum, n) => sum + n, 0);
    console.log(
      `${requests} requests in ${seconds} s, ${restarts} restarts: ${sum} lost`,
      lost,
    );
  }
}

if (isWanted("process")) {
  console.log("\n## The process");
  for (const clients of [8, 32]) {
    const figures = { answered: 0, lost: 0 };
    for (let i = 0; i < 20; i++) {
      const run = await stopUnderLoad({ clients, warmUp: 500 });
      figures.answered += run.answered;
      figures.lost += run.lost + (run.code === 0 ? 0 : 1);
    }
    console.log(`Stopped 20 times under ${clients} clients:`, figures);
  }
  for (const kind of Object.keys(UNFINISHED) as (keyof typeof UNFINISHED)[]) {
    const { code, seconds } = await stopWithSlowClients([kind]);
    console.log(`Stopped with ${kind}: ${code} after ${seconds.toFixed(1)} s`);
  }
  for (const descriptors of [64, 1024]) {
    console.log(
      `With ${descriptors} descriptors:`,
      await withoutDescriptors(descriptors),
    );
  }
}

if (isWanted("requests")) {
  console.log("\n## What 16 kB can cost, beside an ordinary form");
  const costs = await requestCosts(200);
  const ordinary = costs["an ordinary form"] ?? 0;
  const sorted = Object.entries(costs).toSorted(([, a], [, b]) => b - a);
  for (const [name, micros] of sorted) {
    const times = (micros / ordinary).toFixed(1).padStart(5);
    console.log(`${times} times, ${micros.toFixed(0).padStart(5)} µs: ${name}`);
  }
}

async function ownersRaced(name: string, store: SessionStore, spec: string) {
  console.log(`\n## The sessions of one owner: ${name}`);
  for (const rival of RIVALS) {
    console.log(
      `1,000 races of destroyAll() against ${rival}:`,
      await ownerRaces(store, rival, 1000),
    );
  }
  console.log(
    "killed 20 times while it signs in:",
    await ownersAfterACrash(store, spec, 20),
  );
}

if (isWanted("owners")) {
  const path = `${Deno.makeTempDirSync()}/sessions.db`;
  await using store = sqliteStore(path);
  await ownersRaced("SQLite", store, `sqlite:${path}`);
  const fresh = sqliteStore(`${Deno.makeTempDirSync()}/owners.db`);
  const { alone, together } = await ownerCost(fresh);
  console.log(
    `a save with an owner takes ${alone.toFixed(2)} times one without, ${
      together.toFixed(2)
    } times when 32 are saved at once`,
  );
  await fresh[Symbol.asyncDispose]();
  await using redis = await startRedis();
  await using redisSessions = redisStore({ url: redis.url });
  await ownersRaced("Redis", redisSessions, redis.url);
}

if (isWanted("bound")) await proveBound();
