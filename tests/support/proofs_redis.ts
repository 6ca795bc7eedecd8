// Sessions in Redis, on several nodes, survive: slots that move, masters that
// die, processes that are killed between an owner's list and a session.
import { session } from "../../middleware/session/mod.ts";
import assert from "node:assert/strict";
import type { SessionStore } from "../../middleware/session/mod.ts";
import { redisStore } from "../../middleware/session/stores/redis/mod.ts";
import { sealFor } from "../../middleware/session/testing/mod.ts";
import { proofApp } from "./proof_app.ts";
import {
  admin,
  type RedisCluster,
  startCluster,
  startSentinels,
  until,
} from "./redis_cluster.ts";
import { type RedisServer, startRedis } from "./redis_server.ts";
import { tcpProxy } from "./tcp_proxy.ts";
import { options } from "./test_app.ts";

const VISITORS = 30;

interface Visitor {
  readonly cookie: string;
  /** Updates that were answered with 200. */
  answered: number;
}

/** Visitors who each add 1 to a counter in their session, one request after the other. */
class Visitors {
  readonly #app;
  readonly #all: Visitor[];
  #isOver = false;
  #lanes: Promise<void>[] = [];
  /** Answers by status. */
  readonly statuses: Record<number, number> = {};
  slowestMs = 0;
  /** When the first and the last were answered with an error. */
  readonly errors: number[] = [];

  private constructor(store: SessionStore, cookies: readonly string[]) {
    this.#app = proofApp(store);
    this.#all = cookies.map((cookie) => ({ cookie, answered: 0 }));
  }

  static async of(store: SessionStore, count: number): Promise<Visitors> {
    await until(() => store.ping().then(() => true), 30);
    const given = options({ store });
    const cookies = Array.from(
      { length: count },
      () => sealFor(session(given), {}),
    );
    return new Visitors(store, await Promise.all(cookies));
  }

  begin(): void {
    this.#lanes = this.#all.map(async (visitor) => {
      while (!this.#isOver) {
        const start = performance.now();
        const status = (await this.#ask("add", visitor)).status;
        const now = performance.now();
        this.statuses[status] = (this.statuses[status] ?? 0) + 1;
        if (status === 200) visitor.answered++;
        else this.errors.push(now);
        this.slowestMs = Math.max(this.slowestMs, now - start);
        await sleep(status === 200 ? 5 : 50);
      }
    });
  }

  async end(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#lanes);
  }

  /** Resolves when each of them is served again. */
  async areServed(seconds: number): Promise<void> {
    const counts = this.#all.map(({ answered }) => answered);
    await until(
      () =>
        Promise.resolve(
          this.#all.every(({ answered }, i) => answered > (counts[i] ?? 0)),
        ),
      seconds,
    );
  }

  /** How many answered updates are missing, and how many sessions. */
  async losses(): Promise<{ lost: number; loggedOut: number }> {
    let [lost, loggedOut] = [0, 0];
    for (const visitor of this.#all) {
      const { text } = await this.#ask("read", visitor);
      if (text === "new") loggedOut++;
      else lost += Math.max(0, visitor.answered - Number(text.slice(6)));
    }
    return { lost, loggedOut };
  }

  get answered(): number {
    return this.#all.reduce((sum, { answered }) => sum + answered, 0);
  }

  async #ask(what: string, { cookie }: Visitor) {
    const response = await this.#app.request(`/${what}`, {
      headers: { cookie },
    });
    return { status: response.status, text: await response.text() };
  }
}

/** Slots with sessions move from the first master to the second, while they are in use. */
export async function migrateSlots(cluster: RedisCluster, slots: number) {
  await using store = redisStore({ url: cluster.url });
  const visitors = await Visitors.of(store, VISITORS);
  visitors.begin();
  const [from, to] = cluster.masters;
  assert(from && to);
  await admin(from, (source) =>
    admin(to, async (target) => {
      const [sourceId, targetId] = [
        String(await source("CLUSTER", "MYID")),
        String(await target("CLUSTER", "MYID")),
      ];
      const keys = await source("KEYS", "session:*") as string[];
      for (const key of keys.slice(0, slots)) {
        const slot = String(await source("CLUSTER", "KEYSLOT", key));
        const set = (
          ...rest: string[]
        ) => ["CLUSTER", "SETSLOT", slot, ...rest];
        await target(...set("IMPORTING", sourceId));
        await source(...set("MIGRATING", targetId));
        await sleep(50); // in use, half here and half there
        while (true) {
          const some = await source("CLUSTER", "GETKEYSINSLOT", slot, "10");
          if ((some as string[]).length === 0) break;
          const where = ["127.0.0.1", String(to.port), "", "0", "5000", "KEYS"];
          await source("MIGRATE", ...where, ...some as string[]);
        }
        await sleep(50);
        await target(...set("NODE", targetId));
        await source(...set("NODE", targetId));
      }
    }));
  await visitors.areServed(10);
  await visitors.end();
  return { ...visitors.statuses, ...await visitors.losses() };
}

export interface FailoverOptions {
  /** A SESSION_STORE. */
  readonly url: string;
  readonly master: RedisServer;
  readonly replica: RedisServer;
  /** As in the store's options. */
  readonly replicas?: number;
  /** Milliseconds before its master dies that the replica hears nothing. */
  readonly cutOff?: number;
  /** Whether the master is killed, or there and silent. Default "SIGKILL". */
  readonly signal?: "SIGKILL" | "SIGSTOP";
}

/** A master dies under load, and its replica takes over. */
export async function failover(
  { url, master, replica, replicas = 0, cutOff = 0, signal = "SIGKILL" }:
    FailoverOptions,
) {
  await using store = redisStore({ url, replicas });
  const visitors = await Visitors.of(store, VISITORS);
  visitors.begin();
  await sleep(1000);
  if (cutOff > 0) {
    // What it was sent already stays unread, and it cannot come back.
    replica.signal("SIGSTOP");
    await admin(master, (ask) => ask("CLIENT", "KILL", "TYPE", "replica"));
  }
  await sleep(cutOff);
  const died = performance.now();
  if (signal === "SIGKILL") await master.kill();
  else master.signal(signal);
  if (cutOff > 0) replica.signal("SIGCONT");
  // Each time anew: a sentinel cuts the connections of whom it promotes.
  const role = () => admin(replica, (ask) => ask("INFO", "replication"));
  await until(async () => /role:master/.test(String(await role())), 60);
  const promoted = performance.now();
  await sleep(5000); // until every sentinel knows: it would be asked again
  if (signal === "SIGKILL") await master.restart();
  else master.signal("SIGCONT");
  await visitors.areServed(60);
  await visitors.end();
  return {
    answered: visitors.answered,
    ...await visitors.losses(),
    statuses: visitors.statuses,
    promotedMs: Math.round(promoted - died),
    outageMs: Math.round((visitors.errors.at(-1) ?? died) - died),
    slowestMs: Math.round(visitors.slowestMs),
  };
}

/** Processes that begin sessions of one owner are killed; the live sessions that its list lacks. */
export async function ownersAfterKills(url: string, kills: number) {
  const owner = "o".repeat(43);
  const script = new URL("./owner_process.ts", import.meta.url).pathname;
  const config = new URL("../../deno.json", import.meta.url).pathname;
  for (let i = 0; i < kills; i++) {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "--allow-all", "--config", config, script, url, owner],
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read(); // it has begun
    await sleep(20 + Math.random() * 80);
    child.kill("SIGKILL");
    while (!(await reader.read()).done);
    await child.status;
  }
  await using backend = redisStore({ url });
  const listed = new Set(await backend.owned?.(owner));
  const alive = await admin({ url }, (ask) => ask("KEYS", "session:*"));
  const keys = (alive as string[]).map((key) => key.slice("session:".length))
    .filter((key) => !key.startsWith("owner:"));
  return {
    alive: keys.length,
    listed: listed.size,
    missing: keys.filter((key) => !listed.has(key)).length,
  };
}

/** A node that is silent for so long, in milliseconds, is taken for dead. */
const SILENCE = 2000;

/** Without it a master that starts again is empty, and takes its replica's sessions along. */
const KEPT = ["--appendonly", "yes"];

/** All of it at full size, with figures. */
export async function proveRedisFleet(): Promise<void> {
  const cases = {
    "killed": {},
    "silent": { signal: "SIGSTOP" },
    "killed, its replica cut off for a second before": { cutOff: 1000 },
    "the same, with replicas: 1": { cutOff: 1000, replicas: 1 },
  } as const;
  {
    await using cluster = await startCluster({ hasReplicas: true });
    console.log("\n## Redis Cluster");
    console.log("20 slots moved in use:", await migrateSlots(cluster, 20));
  }
  for (const [what, options] of Object.entries(cases)) {
    await using cluster = await startCluster({
      ...{ hasReplicas: true, nodeTimeout: SILENCE, args: KEPT },
    });
    const [master, replica] = [cluster.masters[0], cluster.replicas[0]];
    assert(master && replica);
    const figures = await failover({
      ...{ url: cluster.url, master, replica, ...options },
    });
    console.log(`A master ${what}:`, figures);
  }
  console.log("\n## Redis Sentinel");
  for (const [what, options] of Object.entries(cases)) {
    await using all = await startSentinels({ downAfter: SILENCE, args: KEPT });
    console.log(`The master ${what}:`, await failover({ ...all, ...options }));
  }
  await using redis = await startRedis();
  console.log(
    "\n20 kills between an owner's list and a session:",
    await ownersAfterKills(redis.url, 20),
  );
  console.log("Back after a swallowed handshake:", await swallowed(redis));
}

/** Milliseconds from the moment the network works again. */
async function swallowed({ port }: RedisServer): Promise<string> {
  const times: number[] = [];
  for (let i = 0; i < 10; i++) {
    await using proxy = tcpProxy(port);
    proxy.swallows = true;
    await using store = redisStore({ url: `redis://127.0.0.1:${proxy.port}` });
    await sleep(1500 + Math.random() * 500);
    proxy.swallows = false;
    const healed = performance.now();
    while (!await store.ping().then(() => true, () => false)) await sleep(1);
    times.push(performance.now() - healed);
  }
  times.sort((a, b) => a - b);
  return `${times[5]?.toFixed(0)} ms, ${times.at(-1)?.toFixed(0)} at most`;
}

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
