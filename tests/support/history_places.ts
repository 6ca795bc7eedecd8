// Where a history can happen, and what can go wrong there.
import { eventually } from "./eventually.ts";
import { mayDoAll } from "./missing.ts";
import { noPostgres, startPostgres } from "./postgres_server.ts";
import { admin, type RedisSentinels, startSentinels } from "./redis_cluster.ts";
import { noRedis, type RedisServer, startRedis } from "./redis_server.ts";

/** What goes wrong; resolves when it is over. */
export type Fault = readonly [name: string, happens: () => Promise<void>];

/** A server, or its database. */
export interface Process extends AsyncDisposable {
  readonly url: string;
  signal(name: "SIGSTOP" | "SIGCONT"): void;
  kill(): Promise<void>;
  restart(): Promise<void>;
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** A whole number from 0 on, below this one. */
export function random(below: number): number {
  return Math.floor(Math.random() * below);
}

/** One of them is killed, or is there and does not answer. */
export function faultsOf(name: string, ...all: Process[]): Fault[] {
  const one = () => all[random(all.length)]!;
  const kill = async (process = one()) => {
    await process.kill();
    await process.restart();
  };
  const stall = async (process = one()) => {
    process.signal("SIGSTOP");
    await sleep(300 + random(2000));
    process.signal("SIGCONT");
  };
  return [[`kill of a ${name}`, () => kill()], [
    `stall of a ${name}`,
    () => stall(),
  ]];
}

/** A master is killed, and its replica takes over: the last writes may be lost. */
function failover({ master, replica }: RedisSentinels): Fault {
  const untilRole = (server: RedisServer, role: RegExp) =>
    eventually(async () => {
      const found = String(await admin(server, (ask) => ask("ROLE")));
      if (!role.test(found)) throw new Error(`its role is ${found}`);
    }, 60);
  return ["failover", async () => {
    await master.kill();
    await untilRole(replica, /^master/);
    await sleep(5000); // until every sentinel knows: it would be asked again
    await master.restart();
    await untilRole(master, /connected/);
    [master, replica] = [replica, master];
  }];
}

export interface Place {
  /** Its address, for history_app.ts. */
  readonly spec: string;
  readonly faults: readonly Fault[];
}

const embedded = (kind: string): Place => ({
  spec: `${kind}:${Deno.makeTempDirSync()}/sessions`,
  faults: [],
});

const served = (database: Process): Place => ({
  spec: database.url,
  faults: faultsOf("database", database),
});

const args = ["--appendonly", "yes", "--appendfsync", "always"];

/** Starts it; the stack ends it. */
export async function startPlace(
  name: string,
  stack: AsyncDisposableStack,
): Promise<Place> {
  if (name === "postgres") return served(stack.use(await startPostgres()));
  if (name === "redis") return served(stack.use(await startRedis({ args })));
  if (name !== "sentinel") return embedded(name);
  const fleet = stack.use(await startSentinels({ downAfter: 2000, args }));
  return { spec: fleet.url, faults: [failover(fleet)] };
}

/** Why a history cannot happen there, or null when it can. */
export function noPlace(name: string): string | null {
  if (name === "postgres") return noPostgres;
  if (name === "redis" || name === "sentinel") return noRedis;
  return mayDoAll ? null : "needs --allow-all";
}
