// A real cluster, and a master that sentinels watch, on free ports of the loopback.
import assert from "node:assert/strict";
import { eventually } from "./eventually.ts";
import {
  freePort,
  type RedisCertificate,
  type RedisServer,
  startRedis,
} from "./redis_server.ts";

/** The answer of one server to a command. */
export async function redisCli(
  { port }: Pick<RedisServer, "port">,
  ...args: string[]
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command("redis-cli", {
    args: ["-e", "-p", String(port), ...args],
  }).output();
  const text = new TextDecoder().decode(success ? stdout : stderr).trim();
  if (!success) throw new Error(`${args[0]}: ${text}`);
  return text;
}

/** Resolves when a server answers a command like this. */
function says(server: RedisServer, command: string[], wanted: RegExp) {
  return eventually(async () => {
    assert.match(await redisCli(server, ...command), wanted);
  });
}

function addresses(servers: readonly RedisServer[]): string[] {
  return servers.map(({ tlsPort }) => `127.0.0.1:${tlsPort}`);
}

export interface RedisFleetOptions {
  readonly args?: readonly string[];
  /** With it all speak TLS, and the URL says so. */
  readonly certificate?: RedisCertificate;
}

/** Starts servers that end together. */
function fleet({ args = [], certificate }: RedisFleetOptions) {
  const stack = new AsyncDisposableStack();
  return {
    scheme: certificate ? "rediss" : "redis",
    start: async (own: readonly string[], config?: readonly string[]) =>
      stack.use(
        await startRedis({
          args: [...own, ...config ? [] : args],
          ...(certificate && { certificate }),
          ...(config && { config }),
        }),
      ),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

export interface RedisCluster extends AsyncDisposable {
  /** A SESSION_STORE. */
  readonly url: string;
  readonly masters: readonly RedisServer[];
}

/** Three masters with a third of the slots each. */
export async function startCluster(
  options: RedisFleetOptions = {},
): Promise<RedisCluster> {
  const { scheme, start, ...all } = fleet(options);
  const { certificate } = options;
  const masters = await Promise.all([1, 2, 3].map(() =>
    start([
      ...["--cluster-enabled", "yes", "--cluster-port", String(freePort())],
      ...(certificate ? ["--tls-cluster", "yes"] : []),
      ...["--cluster-node-timeout", "1000"],
    ])
  ));
  const nodes = addresses(masters);
  const tls = certificate ? ["--tls", "--cacert", certificate.authority] : [];
  const create = [...tls, "--cluster", "create", ...nodes, "--cluster-yes"];
  await redisCli(masters[0]!, ...create);
  for (const node of masters) await says(node, ["CLUSTER", "INFO"], /state:ok/);
  return { url: `${scheme}-cluster://${nodes}`, masters, ...all };
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
  options: RedisFleetOptions = {},
): Promise<RedisSentinels> {
  const name = "sessions";
  const { scheme, start, ...all } = fleet(options);
  const quick = ["--repl-diskless-sync-delay", "0"];
  const master = await start(quick);
  const [host = "", port = ""] = addresses([master])[0]!.split(":");
  const replica = await start([...quick, "--replicaof", host, port]);
  await says(replica, ["INFO", "replication"], /master_link_status:up/);
  const config = [
    `sentinel monitor ${name} ${host} ${port} 2`,
    `sentinel down-after-milliseconds ${name} 2000`,
    `sentinel failover-timeout ${name} 5000`,
  ];
  const sentinels = await Promise.all([1, 2, 3].map(() => start([], config)));
  const info = ["SENTINEL", "MASTER", name];
  const knowsAll = /num-slaves\n1\nnum-other-sentinels\n2\n/;
  await Promise.all(sentinels.map((node) => says(node, info, knowsAll)));
  const url = `${scheme}-sentinel://${addresses(sentinels)}/${name}`;
  return { url, name, master, replica, sentinels, ...all };
}
