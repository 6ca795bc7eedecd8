import assert from "node:assert/strict";
import { createClient, createCluster, createSentinel } from "redis";
import {
  type RedisOptions,
  redisStore,
} from "../middleware/session/stores/redis/mod.ts";
import { parseRedisUrl } from "../middleware/session/stores/redis/url.ts";
import { randomId } from "../middleware/session/cookie/base64url.ts";
import type { SessionStore } from "../middleware/session/mod.ts";
import { eventually } from "./support/eventually.ts";
import { testWhere } from "./support/missing.ts";
import { documented, lacks, makeCertificate } from "./support/operations.ts";
import {
  noRedis,
  type RedisServer,
  startRedis,
} from "./support/redis_server.ts";
import {
  redisCli,
  type RedisCluster,
  type RedisSentinels,
  startCluster,
  startSentinels,
} from "./support/redis_cluster.ts";
import { storeContract } from "./support/store_contract.ts";

let single: RedisServer;
let cluster: RedisCluster;
let sentinels: RedisSentinels;

Deno.test.beforeAll(async () => {
  if (noRedis !== null) return;
  [single, cluster, sentinels] = await Promise.all([
    startRedis(),
    startCluster({ args: ["--cluster-require-full-coverage", "no"] }),
    startSentinels(),
  ]);
});

Deno.test.afterAll(async () => {
  if (noRedis !== null) return;
  await Promise.all(
    [single, cluster, sentinels].map((redis) => redis[Symbol.asyncDispose]()),
  );
});

/** On a busy machine the first attempt may fail. */
async function connected(options: RedisOptions) {
  const store = redisStore(options);
  await eventually(() => store.ping());
  return store;
}

for (
  const [name, redis] of Object.entries({
    "Redis": () => single,
    "Redis Cluster": () => cluster,
    "Redis Sentinel": () => sentinels,
  })
) {
  storeContract(name, () => connected({ url: redis().url }), {
    ignore: noRedis,
  });
}

/** Clients as an app has them, of which the store is only one user. */
const SHARED = {
  client: () => createClient({ url: single.url }),
  cluster: () =>
    createCluster({ rootNodes: cluster.masters.map(({ url }) => ({ url })) }),
  sentinel: () =>
    createSentinel({
      name: sentinels.name,
      sentinelRootNodes: sentinels.sentinels.map(({ port }) => ({
        ...{ host: "127.0.0.1", port },
      })),
    }),
};

for (const [what, create] of Object.entries(SHARED)) {
  storeContract(`Redis by the app's own ${what}`, async () => {
    const client = create();
    const store = redisStore({ client, prefix: `own ${what}:` });
    client.on("error", () => {});
    await assert.rejects(store.ping(), /not connected: await client\.connect/);
    await client.connect();
    await client.set("app's", "text");
    return {
      ...store,
      async [Symbol.asyncDispose]() {
        await store[Symbol.asyncDispose]();
        assert.equal(await client.get("app's"), "text"); // it is as it was
        await client.destroy();
      },
    };
  }, { ignore: noRedis });
}

/** Between two attempts to connect, node-redis sleeps on for a moment when it is closed. */
const AFTERMATH = { sanitizeOps: false, sanitizeResources: false };

function test(name: string, fn: (server: RedisServer) => Promise<void>): void {
  testWhere(noRedis, name, async () => {
    await using server = await startRedis();
    await fn(server);
  }, AFTERMATH);
}

const KEY = "A".repeat(22);
const VALUE = new TextEncoder().encode("value");
const OWNER = "o".repeat(43);
const INDEX = `session:owner:${OWNER}`;

const many = (count: number) => Array.from({ length: count }, randomId);

async function owned(store: SessionStore, owner = OWNER): Promise<string[]> {
  return [...await store.owned?.(owner) ?? assert.fail()].toSorted();
}

/** Writes it again, at the version that is there. */
async function rewrite(store: SessionStore): Promise<boolean> {
  const { version = null } = await store.get(KEY) ?? {};
  return await store.swap(KEY, VALUE, version, 60, OWNER);
}

/** The store refuses these options with a message that shows no password. */
function refuses(options: unknown, message: RegExp): void {
  assert.throws(() => redisStore(options as RedisOptions), (error: Error) => {
    assert(error instanceof TypeError);
    assert.match(error.message, message);
    assert.doesNotMatch(Deno.inspect(error), /hunter/);
    return true;
  });
}

Deno.test("Redis: a wrong argument is refused when the store is made, and not shown", () => {
  const url = "redis://app:hunter2@db";
  for (const given of [url, undefined, null, {}, { url: new URL(url) }]) {
    refuses(given, /^redisStore: give \{ url \} or \{ client \}$/);
  }
  for (const client of [url, null, { isOpen: true }]) {
    refuses({ client }, /^client: give what createClient\(\), createCluster/);
  }
  refuses({ url, prefix: 5 }, /^prefix: give a string$/);
  refuses({ url, client: {} }, /^redisStore: give \{ url \} or/);
  refuses({ url, timeout: 1 }, /^timeout: there is no such option$/);
  const none = `http://host redis:// redis://host/name redis://host?x
    redis://a!b redis-cluster:// redis-cluster://a/name redis-cluster://a,,b
    redis-cluster://a:99999 redis-sentinel://a redis-sentinel://a/
    redis-sentinel://a/b/c redis-other://a`;
  for (const url of ["", ...none.split(/\s+/)]) {
    refuses({ url }, /^give redis:\/\/HOST:PORT/);
  }
  const notEncoded = `redis://:hunter/2@host redis://me:12/hunter@host
    redis://me:1#hunter@host redis://me:hunter%2@host
    redis-cluster://:hunter/2@a:1 redis-sentinel://:hunter%@a:1/b`;
  for (const url of notEncoded.split(/\s+/)) {
    refuses({ url }, /percent-encode each : \/ \? # @ %/);
  }
});

Deno.test("Redis: a URL says where Redis is, who asks, and whether over TLS", () => {
  for (const scheme of ["redis", "rediss", "valkey", "valkeys"]) {
    const tls = /(?:ss|ys)$/.test(scheme);
    assert.deepEqual(parseRedisUrl(`${scheme}://me:p%40s%3As@host:1/2`), {
      ...{ kind: "server", tls, path: "2" },
      nodes: [{ host: "host", port: 1 }],
      user: { username: "me", password: "p@s:s" },
    });
    assert.deepEqual(parseRedisUrl(`${scheme}-cluster://a:7000,b,[::1]:7001`), {
      ...{ kind: "cluster", tls, path: "", user: {} },
      nodes: [
        { host: "a", port: 7000 },
        { host: "b", port: 6379 },
        { host: "::1", port: 7001 },
      ],
    });
    assert.deepEqual(parseRedisUrl(`${scheme}-sentinel://:p%2Fss@a,b:1/name`), {
      ...{ kind: "sentinel", tls, path: "name" },
      nodes: [{ host: "a", port: 26379 }, { host: "b", port: 1 }],
      user: { password: "p/ss" },
    });
  }
});

test("Redis: user and password come from the URL, and no error shows them", async (server) => {
  await redisCli(server, "CONFIG", "SET", "requirepass", "hunter2");
  const url = server.url.replace("//", "//:hunter2@");
  await using store = redisStore({ url });
  await store.ping();
  await using stranger = redisStore({ url: url.replace("hunter2", "guess") });
  await assert.rejects(stranger.ping(), (error: Error) => {
    const shown = String(error.stack) + String(error.cause);
    assert.doesNotMatch(shown, /guess|hunter2/);
    return true;
  });
});

test("Redis: a plain URL of one node of several says that it is a cluster, and what to give", async () => {
  await using store = redisStore({ url: cluster.masters[0]!.url });
  const says = /node of a cluster: give redis-cluster:\/\/HOST:PORT/;
  await assert.rejects(store.ping(), says);
  await assert.rejects(
    Promise.all(many(20).map((key) => store.get(key))),
    says,
  );
});

test("Redis: a server that is down at the start, or stalls, is given up, fails at once from then on, and is asked again as soon as it answers", async (server) => {
  await server.stop("SIGKILL");
  await using store = redisStore({ url: server.url });
  const isBack = () => eventually(() => store.get(KEY));
  await assert.rejects(store.get(KEY));
  await assert.rejects(store.ping());
  await server.restart();
  await isBack();
  server.signal("SIGSTOP");
  await assert.rejects(store.get(KEY), /no answer within 1000 ms/);
  for (let i = 0; i < 5; i++) { // at once: the next ones do not wait for it
    await assert.rejects(store.get(KEY), /Redis is not connected/);
  }
  server.signal("SIGCONT");
  await isBack();
});

test("Redis: a server that takes connections and answers none is given up, and no connection to it stays open", async (server) => {
  const hex = server.port.toString(16).toUpperCase().padStart(4, "0");
  const connections = () =>
    Deno.readTextFileSync("/proc/net/tcp")
      .match(RegExp(`: \\S+ \\S+:${hex} 01 `, "g"))?.length ?? 0;
  const host = server.url.replace("redis://", "");
  server.signal("SIGSTOP");
  for (
    const rest of [`://${host}`, `-cluster://${host}`, `-sentinel://${host}/x`]
  ) {
    {
      await using store = redisStore({ url: `redis${rest}` });
      await assert.rejects(store.get(KEY));
      await eventually(() => assert(connections() > 0));
    }
    await eventually(() => assert.equal(connections(), 0));
  }
});

test("Redis: an owner's session and its entry are written in one trip", async ({ url, port }) => {
  await using store = await connected({ url });
  const reads = async () => {
    const stats = await redisCli({ port }, "INFO", "stats");
    return Number(/total_reads_processed:(\d+)/.exec(stats)?.[1]);
  };
  const readsOf = async (ask: () => Promise<unknown>) => {
    const before = await reads();
    await ask();
    return await reads() - before;
  };
  const own = await readsOf(() => Promise.resolve()); // whoever asks for them
  const trips = async (ask: () => Promise<unknown>) => await readsOf(ask) - own;
  await store.swap(KEY, VALUE, null, 60, OWNER);
  assert.equal(await trips(() => store.get(KEY)), 1);
  assert.equal(await trips(() => rewrite(store)), 2); // it is read first
  assert.equal(await trips(() => store.ping()), 1);
  assert.equal(await trips(() => owned(store)), 1);
  assert.equal(await trips(() => store.remove(KEY)), 2);
  assert.equal(await trips(() => store.remove(KEY)), 1);
  const all = many(1500).toSorted();
  for (let at = 0; at < all.length; at += 100) { // each has a second
    const some = all.slice(at, at + 100);
    await Promise.all(
      some.map((key) => store.swap(key, VALUE, null, 60, OWNER)),
    );
  }
  const listed = await trips(async () => {
    assert.deepEqual(await owned(store), all);
  });
  assert(listed > 1, "a long list is read in steps");
});

const CONFIG = new URL("../deno.json", import.meta.url).pathname;

/** DENO_CERT counts from the start of a process. */
const USE = `
  import { redisStore } from "${
  import.meta.resolve("../middleware/session/stores/redis/mod.ts")
}";
  import { eventually } from "${
  import.meta.resolve("./support/eventually.ts")
}";
  for (const url of Deno.args) {
    await using store = redisStore({ url });
    const isTrusted = await eventually(() =>
      store.ping().then(() => true, (error) => {
        if (!/certificate|UnknownIssuer/i.test(String(error))) throw error;
      })
    );
    const write = () => store.swap("key", new Uint8Array(5), null, 60, "owner");
    console.log(isTrusted ? await write() : "no trust");
  }`;

testWhere(
  noRedis ?? lacks("openssl"),
  "Redis over TLS: a server, a cluster and sentinels are believed by the authority in DENO_CERT, and by no other",
  async () => {
    await using certificate = await makeCertificate();
    await using stack = new AsyncDisposableStack();
    const use = async <R extends AsyncDisposable>(started: Promise<R>) =>
      stack.use(await started);
    const [server, cluster, sentinels] = await Promise.all([
      use(startRedis({ certificate })),
      use(startCluster({ certificate })),
      use(startSentinels({ certificate })),
    ]);
    const urls = [
      `rediss://localhost:${server.tlsPort}`,
      ...[cluster.url, sentinels.url],
    ];
    const run = async (authority: string) => {
      const { stdout } = await new Deno.Command(Deno.execPath(), {
        args: ["eval", "--config", CONFIG, "--no-lock", USE, ...urls],
        env: { DENO_CERT: authority },
      }).output();
      return new TextDecoder().decode(stdout);
    };
    const [right, wrong] = [await run(certificate.authority), await run("")];
    assert.equal(right, "true\n".repeat(3));
    assert.equal(wrong, "no trust\n".repeat(3));
  },
);

// Owners

test("Redis: a removed session leaves its owner's list, and so do many at once", async () => {
  const other = "p".repeat(43);
  for (const { url } of [single, cluster]) {
    await using store = redisStore({ url, prefix: `${randomId()}:` });
    const [kept, ...removed] = many(100);
    const stranger = randomId();
    await store.swap(stranger, VALUE, null, 60, other);
    await Promise.all(
      [kept!, ...removed].map((key) => store.swap(key, VALUE, null, 60, OWNER)),
    );
    await store.remove(removed[0]!);
    assert.equal((await owned(store)).length, 99);
    await store.removeAll?.([...removed, stranger, randomId()]);
    assert.deepEqual(await owned(store), [kept]);
    assert.deepEqual(await owned(store, other), []);
  }
});

test("Redis: a session without its owner, as a restart leaves it, is in no list; a store that was closed stays closed", async (server) => {
  const store = redisStore({ url: server.url });
  await store.swap(KEY, VALUE, null, 60, OWNER);
  const { version = null } = await store.get(KEY) ?? {};
  assert.equal(await store.swap(KEY, VALUE, version, 60), true);
  assert.deepEqual(await owned(store), []);
  const question = assert.rejects(store.get(KEY).then(() => store.get(KEY)));
  await store[Symbol.asyncDispose]();
  await question;
  await assert.rejects(store.get(KEY), /the store is closed/);
});

test("Redis: a list lives as long as the session that ends last; a save drops what has ended, and one that lost shortens nothing", async (server) => {
  await using store = redisStore({ url: server.url });
  await store.swap(KEY, VALUE, null, 3600, OWNER);
  const [short, next] = ["s".repeat(22), "n".repeat(22)];
  await store.swap(short, VALUE, null, 60, OWNER);
  const ask = async (...command: string[]) =>
    Number(await redisCli(server, ...command));
  const ttl = await ask("TTL", INDEX);
  assert(ttl > 3600 && ttl <= 3660, String(ttl));
  await ask("ZINCRBY", INDEX, "-121", short); // it ended a second ago
  await store.swap(next, VALUE, null, 60, OWNER);
  assert.deepEqual(await owned(store), [KEY, next]);
  assert(await ask("TTL", INDEX) > 3600);
  assert.equal(await store.swap(KEY, VALUE, "x".repeat(22), 1, OWNER), false);
  assert(await ask("ZSCORE", INDEX, KEY) > Date.now() / 1000 + 3600);
});

test("Redis: a session of version 0.1 is read, replaced and removed", async (server) => {
  await using store = redisStore({ url: server.url });
  const old = '["generation",1,2,{}]';
  const set = () =>
    redisCli(server, "SET", `session:${KEY}`, "v".repeat(22) + old);
  await set();
  const found = await store.get(KEY) ?? assert.fail();
  assert.equal(new TextDecoder().decode(found.value), old);
  assert(await rewrite(store));
  await set();
  await store.remove(KEY);
  assert.equal(await store.get(KEY), null);
});

test("Redis: the documented ACL is enough for a server and a cluster", async (server) => {
  const rights = documented("users.acl").match(/[~+]\S+/g) ?? assert.fail();
  const user = ["ACL", "SETUSER", "app", "on", ">secret", ...rights];
  for (const node of [server, ...cluster.masters]) {
    await redisCli(node, ...user);
  }
  for (const address of [server.url, cluster.url]) {
    const url = address.replace("//", "//app:secret@");
    await using store = redisStore({ url, prefix: `session:${randomId()}:` });
    await store.ping();
    for (let i = 0; i < 2; i++) assert.equal(await rewrite(store), true);
    assert.deepEqual(await owned(store), [KEY]);
    await store.remove(KEY);
    assert.deepEqual(await owned(store), []);
    await using stranger = redisStore({ url, prefix: "other:" });
    await assert.rejects(stranger.get(KEY), /NOPERM/);
  }
});

// At the end: a node of the cluster loses what it held.
test("Redis Cluster: of a node that is away the sessions fail, and of no other", async () => {
  const prefix = `${randomId()}:`;
  await using store = await connected({ url: cluster.url, prefix });
  const keys = many(60);
  for (const key of keys) await store.swap(key, VALUE, null, 60);
  const away = cluster.masters[1]!;
  const names = (await redisCli(away, "KEYS", `${prefix}*`)).split("\n");
  const theirs = new Set(names.map((name) => name.split(":")[1] ?? ""));
  assert(theirs.size > 5 && theirs.size < 40, `${theirs.size} of 60 keys`);
  const areThere = async (isThere: (key: string) => boolean) => {
    const found = await Promise.allSettled(keys.map((key) => store.get(key)));
    assert.deepEqual(
      found.map((one) => one.status === "fulfilled" && one.value !== null),
      keys.map(isThere),
    );
  };
  const isElsewhere = (key: string) => !theirs.has(key);

  for (const how of ["SIGSTOP", "SIGKILL"] as const) {
    await areThere(() => true);
    if (how === "SIGKILL") await away.stop("SIGKILL");
    else away.signal(how);
    // Long enough for the store to connect anew several times, in vain.
    for (const end = performance.now() + 2000; performance.now() < end;) {
      await areThere(isElsewhere);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await assert.rejects(store.ping());
    if (how === "SIGKILL") await away.restart();
    else away.signal("SIGCONT");
    await eventually(() => store.ping());
  }
  await areThere(isElsewhere); // the others died with it
});
