import assert from "node:assert/strict";
import { createClient, createCluster, createSentinel } from "redis";
import {
  type RedisOptions,
  redisStore,
} from "../middleware/session/stores/redis/mod.ts";
import { parseRedisUrl } from "../middleware/session/stores/redis/url.ts";
import type { SessionStore } from "../middleware/session/mod.ts";
import { browser } from "../middleware/session/testing/mod.ts";
import { testApp } from "./support/test_app.ts";
import { testWhere } from "./support/missing.ts";
import {
  freePort,
  noRedis,
  type RedisServer,
  type RedisServerOptions,
  startRedis,
} from "./support/redis_server.ts";
import {
  admin,
  type RedisCluster,
  type RedisSentinels,
  startCluster,
  startSentinels,
  until,
} from "./support/redis_cluster.ts";
import { storeContract } from "./support/store_contract.ts";
import { tcpProxy } from "./support/tcp_proxy.ts";

let single: RedisServer | undefined;
let cluster: RedisCluster | undefined;
let sentinels: RedisSentinels | undefined;

Deno.test.beforeAll(async () => {
  if (noRedis !== null) return;
  [single, cluster, sentinels] = await Promise.all([
    startRedis(),
    startCluster(),
    startSentinels(),
  ]);
});

Deno.test.afterAll(async () => {
  for (const server of [single, cluster, sentinels]) {
    await server?.[Symbol.asyncDispose]();
  }
});

storeContract("Redis", () => connected({ url: single?.url ?? "" }), {
  ignore: noRedis,
});

storeContract(
  "Redis Cluster",
  () => connected({ url: cluster?.url ?? "" }),
  { ignore: noRedis },
);

storeContract(
  "Redis Sentinel",
  () => connected({ url: sentinels?.url ?? "" }),
  { ignore: noRedis },
);

/** On a busy machine the first attempt may fail. */
async function connected(options: RedisOptions) {
  const backend = redisStore(options);
  await until(() => backend.ping().then(() => true), 30);
  return backend;
}

/** A client as an app has it, of which the store is only one user. */
interface SharedClient {
  readonly isOpen: boolean;
  connect(): Promise<unknown>;
  destroy(): unknown;
  on(event: "error", listener: () => void): unknown;
  withCommandOptions(options: never): unknown;
}

const SHARED: Record<string, () => SharedClient> = {
  client: () => createClient({ url: single?.url ?? "" }),
  cluster: () =>
    createCluster({
      rootNodes: (cluster?.masters ?? []).map(({ url }) => ({ url })),
    }),
  sentinel: () =>
    createSentinel({
      name: sentinels?.name ?? "",
      sentinelRootNodes: (sentinels?.sentinels ?? []).map(({ port }) => ({
        ...{ host: "127.0.0.1", port },
      })),
    }),
};

for (const [what, create] of Object.entries(SHARED)) {
  storeContract(`Redis by the app's own ${what}`, async () => {
    const client = create();
    client.on("error", () => {});
    await client.connect();
    const backend = redisStore({ client, prefix: `own ${what}:` });
    return {
      ...backend,
      async [Symbol.asyncDispose]() {
        await backend[Symbol.asyncDispose]();
        assert(client.isOpen); // the store leaves it alone
        await client.destroy();
      },
    };
  }, { ignore: noRedis });
}

/** Between two attempts to connect, node-redis sleeps on for a moment when it is closed. */
const AFTERMATH = { sanitizeOps: false, sanitizeResources: false };

function test(
  name: string,
  options: RedisServerOptions,
  fn: (server: RedisServer) => Promise<void>,
): void {
  testWhere(noRedis, name, async () => {
    await using server = await startRedis(options);
    await fn(server);
  }, AFTERMATH);
}

const KEY = "A".repeat(22);
const VALUE = new TextEncoder().encode("value");

test(
  "Redis: user and password come from the URL",
  { password: "hunter2" },
  async ({ url }) => {
    await using backend = redisStore({ url });
    await backend.ping();
    await using stranger = redisStore({
      url: url.replace("hunter2", "guess"),
    });
    await assert.rejects(stranger.ping(), (error: Error) => {
      assert.doesNotMatch(
        String(error.stack) + String(error.cause),
        /guess|hunter2/,
      );
      return true;
    });
  },
);

test("Redis: a cluster of one node is served by a plain URL", {
  args: ["--cluster-enabled", "yes"],
}, async (server) => {
  await admin(server, async (ask) => {
    await ask("CLUSTER", "ADDSLOTSRANGE", "0", "16383");
    await until(
      async () =>
        String(await ask("CLUSTER", "INFO")).includes("cluster_state:ok"),
      10,
    );
  });
  await using backend = redisStore({ url: server.url });
  assert.equal(await backend.swap(KEY, VALUE, null, 60), true);
  assert.deepEqual(
    new Uint8Array((await backend.get(KEY))?.value ?? []),
    VALUE,
  );
  await backend.ping();
  await backend.remove(KEY);
});

test(
  "Redis: a plain URL of one node of several says that it is a cluster, and what to give",
  {},
  async () => {
    await using backend = redisStore({ url: cluster?.masters[0]?.url ?? "" });
    const says = /node of a cluster: give redis-cluster:\/\/HOST:PORT/;
    await assert.rejects(backend.ping(), says);
    const asked = await Promise.allSettled(
      Array.from({ length: 20 }, () => backend.get(randomKey())),
    );
    const [refused] = asked.filter(({ status }) => status === "rejected");
    assert.match(String((refused as PromiseRejectedResult).reason), says);
  },
);

test("Redis Cluster: sessions are spread over all its nodes", {}, async () => {
  await using backend = redisStore({
    url: cluster?.url ?? "",
    prefix: "spread:",
  });
  await Promise.all(
    Array.from(
      { length: 60 },
      () => backend.swap(randomKey(), VALUE, null, 60),
    ),
  );
  const counts = await Promise.all(
    (cluster?.masters ?? []).map((node) =>
      admin(
        node,
        async (ask) => (await ask("KEYS", "spread:*") as string[]).length,
      )
    ),
  );
  assert.equal(counts.reduce((a, b) => a + b), 60);
  for (const count of counts) assert(count > 5, String(counts));
});

test(
  "Redis: a client that nobody connected is an error that says so",
  {},
  async () => {
    for (const create of Object.values(SHARED)) {
      const backend = redisStore({ client: create() });
      await assert.rejects(
        backend.ping(),
        /not connected: await client\.connect/,
      );
    }
  },
);

Deno.test("Redis: what is no client of node-redis is refused when the store is made", () => {
  const client = { isOpen: true } as unknown as SharedClient;
  assert.throws(() => redisStore({ client }), {
    name: "TypeError",
    message: /createClient\(\), createCluster\(\)/,
  });
});

test(
  "Redis: an app's own client keeps what it was set to, and its other keys",
  {},
  async ({ url }) => {
    const client = createClient({ url });
    await client.connect();
    await client.set("KEEP", "text");
    const backend = redisStore({ client, prefix: "app:sessions:" });
    await backend.swap(KEY, VALUE, null, 60);
    assert.equal(await client.get("KEEP"), "text");
    assert.deepEqual((await client.keys("*")).toSorted(), [
      "KEEP",
      `app:sessions:${KEY}`,
    ]);
    client.destroy();
  },
);

test(
  "Redis: the app starts while it is down, and works as soon as it is there",
  {},
  async (server) => {
    await server.kill();
    await using backend = redisStore({ url: server.url });
    await assert.rejects(backend.get(KEY));
    await assert.rejects(backend.ping());
    await server.restart();
    await until(async () => await backend.get(KEY) === null, 1);
  },
);

test(
  "Redis: a server that stalls is given up after the time limit, then failed at once",
  {},
  async (server) => {
    const store = redisStore({ url: server.url, timeout: 200 });
    const app = testApp({ store }, (app) => {
      app.get("/", async (c) => {
        const session = await c.var.session();
        session.update(({ count }) => ({ count: count + 1 }));
        return c.text(String(session.data.count));
      });
    });
    const visitor = browser(app);
    assert.equal(await (await visitor.get("/")).text(), "1");
    const cookies = new Map(visitor.cookies);
    server.signal("SIGSTOP");
    try {
      const start = performance.now();
      for (let i = 0; i < 5; i++) {
        const response = await visitor.get("/");
        assert.equal(response.status, 503);
        assert.equal(response.headers.get("Retry-After"), "1");
        await response.body?.cancel();
      }
      assert(performance.now() - start < 3000); // five times its own time limit otherwise
    } finally {
      server.signal("SIGCONT");
    }
    await until(async () => (await visitor.get("/")).status === 200, 1);
    assert.deepEqual(new Map(visitor.cookies), cookies); // nobody was logged out
    await store[Symbol.asyncDispose]?.();
  },
);

test(
  "Redis: no server at all is an error within the time limit",
  {},
  async () => {
    const url = `redis://127.0.0.1:${freePort()}`;
    await using backend = redisStore({ url });
    await assert.rejects(backend.get(KEY));
    await assert.rejects(backend.ping());
  },
);

test(
  "Redis: a handshake that the network swallowed keeps nobody waiting for ever",
  {},
  async ({ port }) => {
    await using proxy = tcpProxy(port);
    proxy.swallows = true;
    await using backend = redisStore({
      url: `redis://127.0.0.1:${proxy.port}`,
      timeout: 200,
    });
    await assert.rejects(backend.get(KEY));
    proxy.swallows = false;
    await until(async () => await backend.get(KEY) === null, 1);
  },
);

test(
  "Redis: while this process is busy itself, no connection is given up",
  {},
  async (server) => {
    await using backend = await connected({ url: server.url, timeout: 100 });
    const asked = Array.from({ length: 10 }, () => backend.get(KEY));
    const end = performance.now() + 400;
    while (performance.now() < end);
    assert.deepEqual(await Promise.all(asked), Array(10).fill(null));
    const stats = await admin(server, (ask) => ask("INFO", "stats"));
    assert.match(String(stats), /total_connections_received:2\r/); // the store's, and this one
  },
);

test(
  "Redis: with replicas asked for, what they have not got is an error",
  {},
  async ({ url }) => {
    await using backend = redisStore({ url, replicas: 1, timeout: 200 });
    await assert.rejects(
      backend.swap(KEY, VALUE, null, 60),
      /reached 0 of 1 replicas/,
    );
    await using other = redisStore({
      url: sentinels?.url ?? "",
      ...{ prefix: "replicated:", replicas: 1 },
    });
    assert.equal(await other.swap(KEY, VALUE, null, 60), true);
    await admin(
      sentinels?.replica ?? assert.fail(),
      async (ask) => assert.equal(await ask("EXISTS", `replicated:${KEY}`), 1),
    );
  },
);

// Owners

const OWNER = "o".repeat(43);

async function owned(backend: SessionStore, owner = OWNER): Promise<string[]> {
  return [...await backend.owned?.(owner) ?? assert.fail()].toSorted();
}

async function versionOf(backend: SessionStore, key: string): Promise<string> {
  return (await backend.get(key))?.version ?? assert.fail();
}

/** As if the entries had been written so many seconds ago. */
function age(
  server: RedisServer,
  seconds: number,
  prefix = "session:",
): Promise<void> {
  return admin(server, async (ask) => {
    const index = `${prefix}owner:${OWNER}`;
    if ((await ask("KEYS", index) as string[]).length === 0) return;
    for (const key of await ask("ZRANGE", index, "0", "-1") as string[]) {
      await ask("ZINCRBY", index, String(-seconds), key);
    }
  });
}

for (const where of ["single", "cluster"] as const) {
  test(
    `Redis, ${where}: an owner's sessions are listed, and no one else's`,
    {},
    async () => {
      const url = (where === "single" ? single : cluster)?.url ?? "";
      const prefix = `${randomKey()}:`;
      await using backend = redisStore({ url, prefix });
      const keys = Array.from({ length: 250 }, randomKey).toSorted();
      assert.deepEqual(await owned(backend), []);
      for (const key of keys) {
        assert.equal(await backend.swap(key, VALUE, null, 60, OWNER), true);
      }
      await backend.swap(randomKey(), VALUE, null, 60);
      await backend.swap(randomKey(), VALUE, null, 60, "p".repeat(43));
      assert.deepEqual(await owned(backend), keys);
      for (const key of keys) {
        await backend.swap(
          key,
          VALUE,
          await versionOf(backend, key),
          60,
          OWNER,
        );
      }
      assert.deepEqual(await owned(backend), keys);
    },
  );
}

test(
  "Redis: what was removed leaves its owner's list when somebody looks, a minute later",
  {},
  async (server) => {
    await using backend = redisStore({ url: server.url });
    const [kept, removed] = [randomKey(), randomKey()];
    for (const key of [kept, removed]) {
      await backend.swap(key, VALUE, null, 3600, OWNER);
    }
    await backend.remove(removed);
    // Until then it could be a session whose entry is written and which is not there yet.
    assert.equal((await owned(backend)).length, 2);
    await age(server, 61);
    assert.deepEqual(await owned(backend), [kept]);
    await admin(server, async (ask) => {
      assert.equal(await ask("ZCARD", `session:owner:${OWNER}`), 1);
    });
  },
);

test(
  "Redis: a list lives as long as the session that ends last, and a save drops what has ended",
  {},
  async (server) => {
    await using backend = redisStore({ url: server.url });
    await backend.swap(randomKey(), VALUE, null, 3600, OWNER);
    const short = randomKey();
    await backend.swap(short, VALUE, null, 60, OWNER);
    await admin(server, async (ask) => {
      const index = `session:owner:${OWNER}`;
      const ttl = Number(await ask("TTL", index));
      assert(ttl > 3600 && ttl <= 3660, String(ttl));
      await ask("ZINCRBY", index, String(-121 * 2 ** 20), short); // it ended a second ago
      await backend.swap(KEY, VALUE, null, 60, OWNER);
      assert.equal(await ask("ZCARD", index), 2);
      assert(Number(await ask("TTL", index)) > 3600);
    });
  },
);

test("Redis: a save that lost shortens no entry", {}, async (server) => {
  await using backend = redisStore({ url: server.url });
  await backend.swap(KEY, VALUE, null, 3600, OWNER);
  const outOfDate = "x".repeat(22);
  assert.equal(await backend.swap(KEY, VALUE, outOfDate, 1, OWNER), false);
  await admin(server, async (ask) => {
    const index = `session:owner:${OWNER}`;
    const score = Number(await ask("ZSCORE", index, KEY));
    assert(score / 2 ** 20 > Date.now() / 1000 + 3600);
  });
});

for (const where of ["a server", "a cluster"]) {
  test(
    `Redis: the documented ACL is enough for ${where}`,
    {},
    async (server) => {
      const nodes = where === "a server" ? [server] : cluster?.masters ?? [];
      const rights = await documentedRights();
      await Promise.all(nodes.map((node) =>
        admin(
          node,
          (ask) => ask("ACL", "SETUSER", "app", "on", ">secret", ...rights),
        )
      ));
      const address = where === "a server" ? server.url : cluster?.url ?? "";
      const url = address.replace("//", "//app:secret@");
      const prefix = `session:${randomKey()}:`;
      await using backend = redisStore({ url, prefix });
      await backend.ping();
      assert.equal(await backend.swap(KEY, VALUE, null, 60, OWNER), true);
      await backend.swap(KEY, VALUE, await versionOf(backend, KEY), 60, OWNER);
      await backend.remove(KEY);
      for (const node of nodes) await age(node, 61, prefix);
      assert.deepEqual(await owned(backend), []);
      await using stranger = redisStore({ url, prefix: "other:" });
      await assert.rejects(stranger.get(KEY), /NOPERM/);
    },
  );
}

/** What docs/operations.md gives the app's user. */
async function documentedRights(): Promise<string[]> {
  const text = await Deno.readTextFile(
    new URL("../docs/operations.md", import.meta.url),
  );
  const [section = ""] = /^## Redis$.*?(?=^## )/ms.exec(text) ?? [];
  return section.match(/[~+][a-z][\w:*|]*/g) ?? assert.fail();
}

Deno.test("Redis: a URL says where Redis is, and who asks", () => {
  const url = "rediss://me:p%40ss@host:1/0";
  assert.deepEqual(parseRedisUrl(url), { kind: "server", url });
  assert.deepEqual(parseRedisUrl("redis-cluster://a:7000,b,[::1]:7001"), {
    kind: "cluster",
    nodes: [
      { host: "a", port: 7000 },
      { host: "b", port: 6379 },
      { host: "::1", port: 7001 },
    ],
    user: {},
  });
  assert.deepEqual(
    parseRedisUrl("redis-sentinel://me:p%2Fss@a,b:1/my-master"),
    {
      kind: "sentinel",
      nodes: [{ host: "a", port: 26379 }, { host: "b", port: 1 }],
      name: "my-master",
      user: { username: "me", password: "p/ss" },
    },
  );
});

Deno.test("Redis: a URL that is none is refused when the store is made, and not shown", () => {
  for (
    const url of [
      ...["", "http://host", "redis://", "redis://host/name", "redis://host?x"],
      ...[
        "redis-cluster://",
        "redis-cluster://a/name",
        "redis-cluster://a:99999",
      ],
      ...["redis-cluster://a,,b", "redis-sentinel://a", "redis-sentinel://a/"],
      ...["redis-sentinel://a/b/c", "redis-other://a"],
    ]
  ) {
    assert.throws(() => redisStore({ url }), TypeError, url);
  }
  for (
    const url of [
      ...["redis://:hunter/2@host", "redis://me:12/hunter@host"],
      ...["redis://me:1#hunter@host", "redis://me:hunter%2@host"],
      ...["redis-cluster://:hunter/2@a:1", "redis-sentinel://:hunter%@a:1/b"],
    ]
  ) {
    assert.throws(() => redisStore({ url }), (error: Error) => {
      assert.match(error.message, /percent-encode each : \/ \? # @ %/);
      assert.doesNotMatch(Deno.inspect(error), /hunter/);
      return true;
    });
  }
});

function randomKey(): string {
  return crypto.getRandomValues(new Uint8Array(16))
    .toBase64({ alphabet: "base64url", omitPadding: true });
}
