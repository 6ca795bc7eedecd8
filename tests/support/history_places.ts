// Where a history can happen, and what can happen to its database.
import {
  type Admin,
  admin,
  startCluster,
  startSentinels,
  until,
} from "./redis_cluster.ts";
import { noPostgres, startPostgres } from "./postgres_server.ts";
import { mayDoAll } from "./missing.ts";
import { noRedis, type RedisServer, startRedis } from "./redis_server.ts";

/** A number from 0 on, below this one. */
export type Random = (below: number) => number;

/** Something that goes wrong; resolves when it is over. */
export type Fault = (random: Random) => Promise<void>;

/** A database, and what can happen to it. */
export interface Place extends AsyncDisposable {
  /** For history_app.ts. */
  readonly spec: string;
  readonly faults: Record<string, Fault>;
}

interface Database extends AsyncDisposable {
  readonly url: string;
  kill(): Promise<void>;
  restart(): Promise<void>;
  signal(signal: "SIGSTOP" | "SIGCONT"): void;
}

const embedded = (kind: string) => (): Promise<Place> => {
  const spec = `${kind}:${Deno.makeTempDirSync()}/sessions`;
  return Promise.resolve({
    ...{ spec, faults: {} },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
};

function served(database: Database): Place {
  return {
    spec: database.url,
    faults: {
      async "stall of the database"(random) {
        database.signal("SIGSTOP");
        await sleep(300 + random(2000));
        database.signal("SIGCONT");
      },
      async "kill of the database"() {
        await database.kill();
        await database.restart();
      },
    },
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  };
}

/** A master is killed, and its replica takes over: the last writes may be lost. */
function replicated(
  fleet: AsyncDisposable & { url: string },
  pair: RedisServer[],
): Place {
  return {
    spec: fleet.url,
    faults: {
      async "failover"() {
        const [master, replica] = pair as [RedisServer, RedisServer];
        await master.kill();
        await until(async () => {
          const role = await admin(replica, (ask) => ask("ROLE"));
          return (role as string[])[0] === "master";
        }, 60);
        await sleep(5000); // until every sentinel knows: it would be asked again
        await master.restart();
        await until(async () => {
          const role = await admin(master, (ask) => ask("ROLE"));
          return (role as string[])[3] === "connected";
        }, 60);
        pair.reverse();
      },
    },
    [Symbol.asyncDispose]: () => fleet[Symbol.asyncDispose](),
  };
}

/** A slot with a session in it moves to another master, while it is in use. */
async function moveSlot(from: RedisServer, to: RedisServer): Promise<void> {
  await admin(from, (source) =>
    admin(to, async (target) => {
      const id = async (ask: Admin) => String(await ask("CLUSTER", "MYID"));
      const [sourceId, targetId] = [await id(source), await id(target)];
      const key = String(await source("RANDOMKEY"));
      const slot = String(await source("CLUSTER", "KEYSLOT", key));
      const set = (...rest: string[]) => ["CLUSTER", "SETSLOT", slot, ...rest];
      await target(...set("IMPORTING", sourceId));
      await source(...set("MIGRATING", targetId));
      await sleep(50); // in use, half here and half there
      while (true) {
        const keys = await source("CLUSTER", "GETKEYSINSLOT", slot, "10");
        if ((keys as string[]).length === 0) break;
        const where = ["127.0.0.1", String(to.port), "", "0", "5000", "KEYS"];
        await source("MIGRATE", ...where, ...keys as string[]);
      }
      await target(...set("NODE", targetId));
      await source(...set("NODE", targetId));
    }));
}

const DURABLE = ["--appendonly", "yes", "--appendfsync", "always"];

/** Where a history can happen. */
export const PLACES: Record<string, () => Promise<Place>> = {
  memory: embedded("memory"),
  careless: embedded("careless"),
  sqlite: embedded("sqlite"),
  denokv: embedded("denokv"),
  postgres: async () => served(await startPostgres()),
  redis: async () => served(await startRedis({ args: DURABLE })),
  async sentinel() {
    const fleet = await startSentinels({ downAfter: 2000, args: DURABLE });
    return replicated(fleet, [fleet.master, fleet.replica]);
  },
  async cluster() {
    const nodes = { hasReplicas: true, nodeTimeout: 2000, args: DURABLE };
    const fleet = await startCluster(nodes);
    const place = replicated(fleet, [fleet.masters[0]!, fleet.replicas[0]!]);
    const [, from, to] = fleet.masters;
    const faults = {
      ...place.faults,
      "moved slot": () => moveSlot(from!, to!),
    };
    return { ...place, faults };
  },
};

/** Why a history cannot happen there, or null when it can. */
export function noPlace(name: string): string | null {
  switch (name) {
    case "memory":
    case "careless":
    case "sqlite":
    case "denokv":
      return mayDoAll ? null : "needs --allow-all";
    case "postgres":
      return noPostgres;
    default:
      return noRedis;
  }
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
