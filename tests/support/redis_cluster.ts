// A real cluster, and a master that sentinels watch, on free ports of the loopback.
import assert from "node:assert/strict";
import { createClient } from "redis";
import { eventually } from "./eventually.ts";
import {
  freePort,
  type RedisCertificate,
  type RedisServer,
  startRedis,
} from "./redis_server.ts";

/** Any command, and its answer. */
export type Admin = (...command: string[]) => Promise<unknown>;

/** Runs what a client does on one server, and closes it. */
export async function admin<R>(
  { url }: Pick<RedisServer, "url">,
  run: (admin: Admin) => Promise<R>,
): Promise<R> {
  const client = createClient({ url, socket: { reconnectStrategy: false } });
  client.on("error", () => {}); // the command that fails tells it
  await client.connect();
  try {
    return await run((...command) => client.sendCommand(command));
  } finally {
    client.destroy();
  }
}

export interface RedisCluster extends AsyncDisposable {
  /** A SESSION_STORE. */
  readonly url: string;
  readonly masters: readonly RedisServer[];
  /** The i-th follows the i-th master. */
  readonly replicas: readonly RedisServer[];
}

export interface RedisClusterOptions {
  /** One for each master; default none. */
  readonly hasReplicas?: boolean;
  readonly args?: readonly string[];
  /** Milliseconds after which a silent node is taken for dead. */
  readonly nodeTimeout?: number;
  /** With it all speak TLS, and the URL says so. */
  readonly certificate?: RedisCertificate;
}

const SLOTS = 16_384;
const MASTERS = 3;

/** Three masters with a third of the slots each. */
export async function startCluster(
  { hasReplicas = false, args = [], nodeTimeout = 1000, certificate }:
    RedisClusterOptions = {},
): Promise<RedisCluster> {
  const count = hasReplicas ? 2 * MASTERS : MASTERS;
  const buses = Array.from({ length: count }, () => String(freePort()));
  const nodes = await Promise.all(buses.map((bus) =>
    startRedis({
      ...(certificate && { certificate }),
      args: [
        ...["--cluster-enabled", "yes", "--cluster-port", bus],
        ...(certificate ? ["--tls-cluster", "yes"] : []),
        ...["--cluster-node-timeout", String(nodeTimeout)],
        ...["--repl-diskless-sync-delay", "0", ...args],
      ],
    })
  ));
  const masters = nodes.slice(0, MASTERS);
  const replicas = nodes.slice(MASTERS);
  try {
    // Each has its epoch before it knows another one: Redis wants it so.
    const ids = await Promise.all(
      masters.map((node, i) =>
        admin(node, async (ask) => {
          const [from, to] = [i, i + 1].map((n) => n * SLOTS / MASTERS | 0);
          const last = String((to ?? 0) - 1);
          await ask("CLUSTER", "ADDSLOTSRANGE", String(from), last);
          await ask("CLUSTER", "SET-CONFIG-EPOCH", String(i + 1));
          return await ask("CLUSTER", "MYID") as string;
        })
      ),
    );
    await admin(masters[0]!, async (ask) => {
      for (const [i, { tlsPort }] of nodes.entries()) {
        await ask("CLUSTER", "MEET", "127.0.0.1", String(tlsPort), buses[i]!);
      }
    });
    await Promise.all(
      replicas.map((node, i) =>
        says(node, ["CLUSTER", "REPLICATE", ids[i]!], /OK/)
      ),
    );
    const isWhole = new RegExp(`state:ok.*known_nodes:${count}\\b`);
    await Promise.all(
      nodes.map((node) => says(node, ["CLUSTER", "INFO"], isWhole)),
    );
    await Promise.all(replicas.map(untilLinked));
  } catch (error) {
    await stopAll(nodes);
    throw error;
  }
  return {
    url: `redis${certificate ? "s" : ""}-cluster://${addresses(masters)}`,
    ...{ masters, replicas },
    [Symbol.asyncDispose]: () => stopAll(nodes),
  };
}

/** Resolves when a server answers a command like this. */
function says(
  server: RedisServer,
  command: string[],
  wanted: RegExp,
): Promise<void> {
  return admin(server, (ask) =>
    eventually(async () => {
      assert.match(JSON.stringify(await ask(...command)), wanted);
    }));
}

function addresses(servers: readonly RedisServer[]): string {
  return servers.map(({ tlsPort }) => `127.0.0.1:${tlsPort}`).join(",");
}

/** Resolves when a replica has all that its master has. */
function untilLinked(replica: RedisServer): Promise<void> {
  return says(replica, ["INFO", "replication"], /master_link_status:up/);
}

async function stopAll(servers: readonly AsyncDisposable[]): Promise<void> {
  await Promise.all(servers.map((server) => server[Symbol.asyncDispose]()));
}

export interface RedisSentinels extends AsyncDisposable {
  /** A SESSION_STORE. */
  readonly url: string;
  readonly name: string;
  readonly master: RedisServer;
  readonly replica: RedisServer;
  readonly sentinels: readonly RedisServer[];
}

/** A master, its replica, and three sentinels. */
export async function startSentinels(
  { args = [], downAfter = 1000, certificate }: {
    readonly args?: readonly string[];
    /** With it all speak TLS, and the URL says so. */
    readonly certificate?: RedisCertificate;
    /** Milliseconds after which a silent master is taken for dead. */
    readonly downAfter?: number;
  } = {},
): Promise<RedisSentinels> {
  const name = "sessions";
  const quick = ["--repl-diskless-sync-delay", "0", ...args];
  const tls = certificate && { certificate };
  const master = await startRedis({ args: quick, ...tls });
  const replica = await startRedis({
    args: ["--replicaof", "127.0.0.1", String(master.tlsPort), ...quick],
    ...tls,
  });
  await untilLinked(replica);
  const sentinels = await Promise.all(
    Array.from({ length: 3 }, () =>
      startRedis({
        ...tls,
        config: [
          `sentinel monitor ${name} 127.0.0.1 ${master.tlsPort} 2`,
          `sentinel down-after-milliseconds ${name} ${downAfter}`,
          `sentinel failover-timeout ${name} 5000`,
        ],
      })),
  );
  const all = [...sentinels, replica, master];
  try {
    const info = ["SENTINEL", "MASTER", name];
    const knowsAll = /"num-slaves":"1","num-other-sentinels":"2"/;
    await Promise.all(sentinels.map((node) => says(node, info, knowsAll)));
  } catch (error) {
    await stopAll(all);
    throw error;
  }
  return {
    url: `redis${certificate ? "s" : ""}-sentinel://${
      addresses(sentinels)
    }/${name}`,
    ...{ name, master, replica, sentinels },
    [Symbol.asyncDispose]: () => stopAll(all),
  };
}
