// The proofs at their full size, with figures: deno task prove [history STORE SECONDS SEED|outage|size|nginx|caddy|process|requests|owners|bound]
import type { SessionStore } from "../middleware/session/mod.ts";
import { redisStore } from "../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { openPostgres } from "../server/postgres_pool.ts";
import { proveBound } from "./support/bound_figures.ts";
import { history } from "./support/history.ts";
import { noPlace, PLACES } from "./support/history_places.ts";
import {
  manyEnded,
  ownerRaces,
  ownersAfterACrash,
  passwordRace,
  RIVALS,
} from "./support/proofs_owners.ts";
import {
  stopUnderLoad,
  stopWithSlowClients,
  UNFINISHED,
  withoutDescriptors,
} from "./support/proofs_process.ts";
import { PROXIES, rollingRestarts, startSite } from "./support/proofs_proxy.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { ownerCost } from "./support/proofs_size.ts";
import { startRedis } from "./support/redis_server.ts";
import { requestCosts } from "./support/request_costs.ts";

const [wanted = "", ...args] = Deno.args;
const isWanted = (name: string) => wanted === "" || wanted === name;

if (isWanted("history")) {
  const [only, seconds = "60", seed] = args;
  if (only !== undefined && PLACES[only] === undefined) {
    throw new Error(`history: one of ${Object.keys(PLACES).join(", ")}`);
  }
  for (const name of only ? [only] : Object.keys(PLACES)) {
    if (only === undefined && name === "careless") continue; // it is meant to fail
    console.log(`\n## A history over ${name}: ${noPlace(name) ?? ""}`);
    if (noPlace(name) !== null) continue;
    const told = await history(name, {
      seconds: Number(seconds),
      ...(seed !== undefined && { seed: Number(seed) }),
    });
    console.log(told);
    // With a master some answered writes may die: README says which.
    const mayLose = name === "sentinel" || name === "cluster";
    if (told.wrong.length > 0 && !mayLose) Deno.exitCode = 1;
  }
}

/** Tests that are larger with a `SCALE`. */
for (const [name, scale] of [["outage", "20"], ["size", "1000"]] as const) {
  if (!isWanted(name)) continue;
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "--allow-all", "--no-check", `tests/${name}_test.ts`],
    env: { SCALE: scale },
  }).spawn().status;
  if (!success) Deno.exitCode = 1;
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
  for (const underWay of [1, 4, 16]) {
    console.log(
      `a change of password with ${underWay} sign-ins under way:`,
      await passwordRace(store, underWay),
    );
  }
  console.log(
    "100,000 of one owner are ended:",
    await manyEnded(store, 100_000),
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
  if (noPostgres === null) {
    await using postgres = await startPostgres();
    await using store = openPostgres(postgres.url);
    console.log("\n## The sessions of one owner: Postgres");
    console.log(
      "100,000 of one owner are ended:",
      await manyEnded(store, 100_000),
    );
  }
}

if (isWanted("bound")) await proveBound();
