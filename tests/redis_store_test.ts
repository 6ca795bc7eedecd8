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
import { documented, lacks, makeCertificate } from "./support/operations.ts";
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

const CONFIG = new URL("../deno.json", import.meta.url).pathname;
const SCRIPT = new URL("./support/redis_process.ts", import.meta.url).pathname;

const KEY = "A".repeat(22);
const VALUE = new TextEncoder().encode("value");
const OWNER = "o".repeat(43);

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

Deno.test("Redis: a wrong argument is refused when the store is made, and not shown", () => {
  const url = "redis://app:hunter2@db";
  const store = /^redisStore: give \{ url \} or \{ client \}$/;
  const client = /^client: give what createClient\(\), createCluster\(\)/;
  const timeout = /^timeout: give milliseconds from 1 to 60000$/;
  const wrong: [unknown, RegExp][] = [
    ...[url, undefined, null, {}, { url: undefined }, { url: new URL(url) }]
      .map((given): [unknown, RegExp] => [given, store]),
    ...[url, null, { isOpen: true }]
      .map((given): [unknown, RegExp] => [{ client: given }, client]),
    ...[0, -1, NaN, 1e9, Infinity, "5", null]
      .map((given): [unknown, RegExp] => [{ url, timeout: given }, timeout]),
    [{ url, prefix: 5 }, /^prefix: give a string$/],
  ];
  for (const [given, message] of wrong) {
    assert.throws(() => redisStore(given as RedisOptions), (error: Error) => {
      assert(error instanceof TypeError);
      assert.match(error.message, message);
      assert.doesNotMatch(Deno.inspect(error), /hunter2/);
      return true;
    });
  }
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

for (const how of ["SIGKILL", "SIGSTOP"] as const) {
  test(
    `Redis Cluster: of a node that is away (${how}) the sessions fail, and of no other`,
    {},
    async () => {
      const args = ["--cluster-require-full-coverage", "no"];
      await using cluster = await startCluster({ args });
      await using backend = redisStore({ url: cluster.url, timeout: 200 });
      const keys = Array.from({ length: 60 }, randomKey);
      for (const key of keys) await backend.swap(key, VALUE, null, 60);
      const away = cluster.masters[1] ?? assert.fail();
      const names = await admin(away, (ask) => ask("KEYS", "*")) as string[];
      const theirs = new Set(names.map((name) => name.split(":")[1] ?? ""));
      const isThere = (key: string) =>
        backend.get(key).then((found) => found !== null, () => false);
      away.signal(how);
      // Long enough for the store to connect anew several times, in vain.
      for (const end = performance.now() + 3000; performance.now() < end;) {
        await Promise.all(keys.map(async (key) => {
          assert.equal(await isThere(key), !theirs.has(key));
        }));
      }
      await assert.rejects(backend.ping());
      if (how === "SIGKILL") await away.restart();
      else away.signal("SIGCONT");
      await until(() => backend.ping().then(() => true), 5);
      for (const key of keys) {
        const isLost = how === "SIGKILL" && theirs.has(key);
        assert.equal(await isThere(key), !isLost);
      }
    },
  );
}

test(
  "Redis: an owner's session and its entry are written in one trip",
  {},
  async ({ port }) => {
    await using proxy = tcpProxy(port);
    const url = `redis://127.0.0.1:${proxy.port}`;
    await using backend = redisStore({ url });
    const trips = async (ask: () => Promise<unknown>) => {
      const before = proxy.trips;
      await ask();
      return proxy.trips - before;
    };
    await backend.ping();
    const write = (version: string | null) =>
      backend.swap(KEY, VALUE, version, 60, OWNER);
    assert.equal(await trips(() => write(null)), 1);
    const version = await versionOf(backend, KEY);
    assert.equal(await trips(() => write(version)), 1);
    assert.equal(await trips(() => backend.get(KEY)), 1);
    assert.equal(await trips(() => backend.ping()), 1);
    assert.equal(await trips(() => owned(backend)), 1);
    assert.equal(await trips(() => backend.remove(KEY)), 2);
    assert.equal(await trips(() => backend.remove(KEY)), 1);
    const many = Array.from({ length: 3000 }, randomKey);
    await Promise.all(
      many.map((key) => backend.swap(key, VALUE, null, 60, OWNER)),
    );
    const listed = await trips(async () => {
      assert.deepEqual(await owned(backend), many.toSorted());
    });
    assert(listed > 1, "a long list is read in steps");
  },
);

for (const kind of ["", "-cluster", "-sentinel"]) {
  testWhere(
    noRedis ?? lacks("openssl"),
    `Redis over TLS: rediss${kind}:// believes the authority in DENO_CERT, and no other`,
    async () => {
      await using certificate = await makeCertificate();
      await using redis = kind === "-cluster"
        ? await startCluster({ certificate })
        : kind === "-sentinel"
        ? await startSentinels({ certificate })
        : await startRedis({ certificate });
      const url = "tlsPort" in redis
        ? `rediss://localhost:${redis.tlsPort}`
        : redis.url;
      const run = (env: Record<string, string>) =>
        new Deno.Command(Deno.execPath(), {
          args: ["run", "-A", "--config", CONFIG, "--no-check", SCRIPT, url],
          env,
        }).output();
      const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
      const believing = await run({ DENO_CERT: certificate.authority });
      assert.equal(
        text(believing.stdout),
        "true 5 1\n",
        text(believing.stderr),
      );
      const other = await run({ DENO_CERT: "" });
      assert(!other.success);
      assert.match(text(other.stderr), /certificate|UnknownIssuer/i);
    },
  );
}

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
  "Redis: a handshake that was swallowed leaves no connection open",
  {},
  async ({ port }) => {
    for (
      const url of [
        "redis://HOST",
        "redis-cluster://HOST",
        "redis-sentinel://HOST/x",
      ]
    ) {
      await using proxy = tcpProxy(port);
      proxy.swallows = true;
      {
        await using backend = redisStore({
          url: url.replace("HOST", `127.0.0.1:${proxy.port}`),
        });
        await assert.rejects(backend.get(KEY));
        assert(proxy.connections > 0);
      }
      await until(() => Promise.resolve(proxy.connections === 0), 5);
    }
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

// Owners

async function owned(backend: SessionStore, owner = OWNER): Promise<string[]> {
  return [...await backend.owned?.(owner) ?? assert.fail()].toSorted();
}

async function versionOf(backend: SessionStore, key: string): Promise<string> {
  return (await backend.get(key))?.version ?? assert.fail();
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
  "Redis: a removed session leaves its owner's list, and so do many at once",
  {},
  async () => {
    for (const url of [single?.url ?? "", cluster?.url ?? ""]) {
      const prefix = `${randomKey()}:`;
      await using backend = redisStore({ url, prefix });
      const [kept, ...removed] = Array.from({ length: 1000 }, randomKey);
      assert(kept);
      const stranger = randomKey();
      await backend.swap(stranger, VALUE, null, 60, "p".repeat(43));
      await Promise.all(
        [kept, ...removed].map((key) =>
          backend.swap(key, VALUE, null, 60, OWNER)
        ),
      );
      await backend.remove(removed[0] ?? "");
      assert.equal((await owned(backend)).length, 999);
      await backend.removeAll?.([...removed, stranger, randomKey()]);
      assert.deepEqual(await owned(backend), [kept]);
      assert.deepEqual(await owned(backend, "p".repeat(43)), []);
      assert.equal(await backend.get(removed[1] ?? ""), null);
      assert.equal(await backend.get(stranger), null);
    }
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
      await ask("ZINCRBY", index, "-121", short); // it ended a second ago
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
    const score = Number(await ask("ZSCORE", `session:owner:${OWNER}`, KEY));
    assert(score > Date.now() / 1000 + 3600);
  });
});

test(
  "Redis: a session of version 0.1 is read, replaced and removed",
  {},
  async (server) => {
    await using backend = redisStore({ url: server.url });
    const old = '["generation",1,2,{}]';
    const set = () =>
      admin(
        server,
        (ask) => ask("SET", `session:${KEY}`, "v".repeat(22) + old),
      );
    await set();
    const found = await backend.get(KEY) ?? assert.fail();
    assert.equal(new TextDecoder().decode(found.value), old);
    assert(await backend.swap(KEY, VALUE, found.version, 60, OWNER));
    await set();
    await backend.remove(KEY);
    assert.equal(await backend.get(KEY), null);
  },
);

for (const where of ["a server", "a cluster"]) {
  test(
    `Redis: the documented ACL is enough for ${where}`,
    {},
    async (server) => {
      const nodes = where === "a server" ? [server] : cluster?.masters ?? [];
      const rights = documented("users.acl").match(/[~+]\S+/g) ??
        assert.fail();
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
      assert.deepEqual(await owned(backend), [KEY]);
      await backend.remove(KEY);
      assert.deepEqual(await owned(backend), []);
      await using stranger = redisStore({ url, prefix: "other:" });
      await assert.rejects(stranger.get(KEY), /NOPERM/);
    },
  );
}

Deno.test("Redis: a URL says where Redis is, who asks, and whether over TLS", () => {
  for (const [plain, tls] of [["redis", "rediss"], ["valkey", "valkeys"]]) {
    const server = {
      ...{ kind: "server", nodes: [{ host: "host", port: 1 }] },
      ...{ user: { username: "me", password: "p@s:s" }, path: "2" },
    };
    const url = "://me:p%40s%3As@host:1/2";
    assert.deepEqual(parseRedisUrl(plain + url), { ...server, tls: false });
    assert.deepEqual(parseRedisUrl(tls + url), { ...server, tls: true });
    const cluster = {
      ...{ kind: "cluster", user: {}, path: "" },
      nodes: [
        { host: "a", port: 7000 },
        { host: "b", port: 6379 },
        { host: "::1", port: 7001 },
      ],
    };
    for (const scheme of [plain, tls]) {
      assert.deepEqual(
        parseRedisUrl(`${scheme}-cluster://a:7000,b,[::1]:7001`),
        { ...cluster, tls: scheme === tls },
      );
      assert.deepEqual(
        parseRedisUrl(`${scheme}-sentinel://:p%2Fss@a,b:1/my-master`),
        {
          ...{ kind: "sentinel", tls: scheme === tls, path: "my-master" },
          nodes: [{ host: "a", port: 26379 }, { host: "b", port: 1 }],
          user: { password: "p/ss" },
        },
      );
    }
  }
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
