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

export interface RedisFleetOptions {
  readonly args?: readonly string[];
  /** With it all speak TLS, and the URL says so. */
  readonly certificate?: RedisCertificate;
}

export interface RedisCluster extends AsyncDisposable {
  /** A SESSION_STORE. */
  readonly url: string;
  readonly masters: readonly RedisServer[];
}

const SLOTS = 16_384;
const MASTERS = 3;

/** Three masters with a third of the slots each. */
export async function startCluster(
  { args = [], certificate }: RedisFleetOptions = {},
): Promise<RedisCluster> {
  await using stack = new AsyncDisposableStack();
  const buses = Array.from({ length: MASTERS }, () => String(freePort()));
  const masters = await Promise.all(buses.map(async (bus) =>
    stack.use(
      await startRedis({
        ...(certificate && { certificate }),
        args: [
          ...["--cluster-enabled", "yes", "--cluster-port", bus],
          ...(certificate ? ["--tls-cluster", "yes"] : []),
          ...["--cluster-node-timeout", "1000", ...args],
        ],
      }),
    )
  ));
  // Each has its epoch before it knows another one: Redis wants it so.
  for (const [i, node] of masters.entries()) {
    await admin(node, async (ask) => {
      const [from, to] = [i, i + 1].map((n) => n * SLOTS / MASTERS | 0);
      const last = String((to ?? 0) - 1);
      await ask("CLUSTER", "ADDSLOTSRANGE", String(from), last);
      await ask("CLUSTER", "SET-CONFIG-EPOCH", String(i + 1));
    });
  }
  await admin(masters[0]!, async (ask) => {
    for (const [i, { tlsPort }] of masters.entries()) {
      await ask("CLUSTER", "MEET", "127.0.0.1", String(tlsPort), buses[i]!);
    }
  });
  const isWhole = /state:ok.*known_nodes:3\b/;
  await Promise.all(
    masters.map((node) => says(node, ["CLUSTER", "INFO"], isWhole)),
  );
  const all = stack.move();
  return {
    url: `redis${certificate ? "s" : ""}-cluster://${addresses(masters)}`,
    masters,
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
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
  { args = [], certificate }: RedisFleetOptions = {},
): Promise<RedisSentinels> {
  const name = "sessions";
  await using stack = new AsyncDisposableStack();
  const start = async (options: Parameters<typeof startRedis>[0]) =>
    stack.use(
      await startRedis({ ...options, ...certificate && { certificate } }),
    );
  const quick = ["--repl-diskless-sync-delay", "0", ...args];
  const master = await start({ args: quick });
  const { tlsPort } = master;
  const replica = await start({
    args: ["--replicaof", "127.0.0.1", String(tlsPort), ...quick],
  });
  await says(replica, ["INFO", "replication"], /master_link_status:up/);
  const config = [
    `sentinel monitor ${name} 127.0.0.1 ${tlsPort} 2`,
    `sentinel down-after-milliseconds ${name} 2000`,
    `sentinel failover-timeout ${name} 5000`,
  ];
  const starts = Array.from({ length: 3 }, () => start({ config }));
  const sentinels = await Promise.all(starts);
  const info = ["SENTINEL", "MASTER", name];
  const knowsAll = /"num-slaves":"1","num-other-sentinels":"2"/;
  await Promise.all(sentinels.map((node) => says(node, info, knowsAll)));
  const all = stack.move();
  return {
    url: `redis${certificate ? "s" : ""}-sentinel://${
      addresses(sentinels)
    }/${name}`,
    ...{ name, master, replica, sentinels },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  };
}
