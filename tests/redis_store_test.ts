import assert from "node:assert/strict";
import { redisBackend } from "../middleware/session/stores/redis.ts";
import { serverStore } from "../middleware/session/mod.ts";
import { browser } from "../middleware/session/testing.ts";
import { testApp } from "./support/test_app.ts";
import {
  freePort,
  noRedis,
  type RedisServer,
  type RedisServerOptions,
  startRedis,
} from "./support/redis_server.ts";
import { storeContract } from "./support/store_contract.ts";

let shared: RedisServer | undefined;

Deno.test.beforeAll(async () => {
  if (noRedis === null) shared = await startRedis();
});

Deno.test.afterAll(async () => {
  await shared?.[Symbol.asyncDispose]();
});

storeContract("Redis", () => redisBackend({ url: shared?.url ?? "" }), {
  ignore: noRedis,
});

/** Between two attempts to connect, node-redis sleeps on for a moment when it is closed. */
const AFTERMATH = { sanitizeOps: false, sanitizeResources: false };

function test(
  name: string,
  options: RedisServerOptions,
  fn: (server: RedisServer) => Promise<void>,
): void {
  Deno.test({
    name: noRedis === null ? name : `${name} (${noRedis})`,
    ignore: noRedis !== null,
    ...AFTERMATH,
    async fn() {
      await using server = await startRedis(options);
      await fn(server);
    },
  });
}

const KEY = "A".repeat(22);
const VALUE = new TextEncoder().encode("value");

test(
  "Redis: user and password come from the URL",
  { password: "hunter2" },
  async ({ url }) => {
    await using backend = redisBackend({ url });
    await backend.ping();
    await using stranger = redisBackend({
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

test("Redis: a server in cluster mode takes all commands", {
  args: ["--cluster-enabled", "yes"],
}, async (server) => {
  const { createClient } = await import("redis");
  const admin = createClient({ url: server.url });
  await admin.connect();
  await admin.sendCommand(["CLUSTER", "ADDSLOTSRANGE", "0", "16383"]);
  while (
    !(await admin.sendCommand(["CLUSTER", "INFO"]) as string)
      .includes("cluster_state:ok")
  ) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  admin.destroy();
  await using backend = redisBackend({ url: server.url });
  assert.equal(await backend.swap(KEY, VALUE, null, 60), true);
  assert.deepEqual(
    new Uint8Array((await backend.get(KEY))?.value ?? []),
    VALUE,
  );
  await backend.remove(KEY);
});

test(
  "Redis: the app starts while it is down, and works as soon as it is there",
  {},
  async (server) => {
    await server.kill();
    await using backend = redisBackend({ url: server.url });
    await assert.rejects(backend.get(KEY));
    await assert.rejects(backend.ping());
    await server.restart();
    await until(async () => await backend.get(KEY) === null, 1000);
  },
);

test(
  "Redis: a server that stalls is given up after the time limit, then failed at once",
  {},
  async (server) => {
    const store = serverStore(redisBackend({ url: server.url, timeout: 200 }));
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
      assert(performance.now() - start < 5 * 200 + 500);
    } finally {
      server.signal("SIGCONT");
    }
    await until(async () => (await visitor.get("/")).status === 200, 1000);
    assert.deepEqual(new Map(visitor.cookies), cookies); // nobody was logged out
    await store[Symbol.asyncDispose]?.();
  },
);

test(
  "Redis: no server at all is an error within the time limit",
  {},
  async () => {
    const url = `redis://127.0.0.1:${freePort()}`;
    await using backend = redisBackend({ url });
    await assert.rejects(backend.get(KEY));
    await assert.rejects(backend.ping());
  },
);

Deno.test("Redis: a URL that is none is refused when the store is made", () => {
  assert.throws(() => redisBackend({ url: "http://host" }), TypeError);
});

/** Asks again and again, until it is so or `ms` have passed. */
async function until(
  isSo: () => Promise<boolean>,
  ms: number,
): Promise<void> {
  const deadline = Date.now() + ms;
  while (!(await isSo().catch(() => false))) {
    assert(Date.now() < deadline, `not so after ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
