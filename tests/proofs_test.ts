import assert from "node:assert/strict";
import type { SessionStore } from "../middleware/session/mod.ts";
import { denoKvStore } from "../middleware/session/stores/deno_kv.ts";
import { redisStore } from "../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import {
  type DatabaseServer,
  noLostUpdates,
  noLostUpdatesAcross,
  noResurrection,
  nothingLostInACrash,
  oneIdAfterACrash,
  oneIdOpens,
  outage,
  winnersAcross,
} from "./support/proofs.ts";
import { openPostgres } from "../server/postgres_pool.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import {
  fillPostgres,
  fillSqlite,
  listCost,
  readCost,
} from "./support/proofs_size.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";

const noFiles = mayDoAll ? null : "needs --allow-all";

interface Kind {
  readonly name: string;
  readonly ignore: string | null;
  /** Runs with a store, and the SESSION_STORE that other processes reach it by. */
  with(fn: (store: SessionStore, spec: string) => Promise<void>): Promise<void>;
}

const KINDS: Kind[] = [
  {
    name: "memory",
    ignore: null,
    with: (fn) => fn(controlledStore(), ""),
  },
  {
    name: "SQLite",
    ignore: noFiles,
    async with(fn) {
      const path = `${Deno.makeTempDirSync()}/sessions.db`;
      await using store = sqliteStore(path);
      await fn(store, `sqlite:${path}`);
    },
  },
  {
    name: "Redis",
    ignore: noRedis,
    async with(fn) {
      await using redis = await startRedis();
      await using store = redisStore({ url: redis.url });
      await fn(store, redis.url);
    },
  },
  {
    name: "Deno KV",
    ignore: noFiles,
    async with(fn) {
      const path = `${Deno.makeTempDirSync()}/kv`;
      await using store = denoKvStore(await Deno.openKv(path));
      await fn(store, `denokv:${path}`);
    },
  },
  {
    name: "Postgres",
    ignore: noPostgres,
    async with(fn) {
      await using server = await startPostgres();
      await using store = openPostgres(server.url);
      await fn(store, server.url);
    },
  },
];

for (const { name, ignore, with: run } of KINDS) {
  testWhere(
    ignore,
    `${name}: of 100 parallel updates 100 survive`,
    () =>
      run(async (store) => {
        assert.equal(await noLostUpdates(store, 100), 100);
      }),
  );

  testWhere(
    ignore,
    `${name}: after a destroy nothing comes back, in 100 races`,
    () =>
      run(async (store) => {
        assert.equal(await noResurrection(store, 100), 0);
      }),
  );

  testWhere(
    ignore,
    `${name}: of many regenerates one id opens, in 100 races`,
    () =>
      run(async (store) => {
        assert.equal(await oneIdOpens(store, 100), 0);
      }),
  );

  if (name !== "memory") {
    testWhere(
      ignore,
      `${name}: of 100 updates from 4 processes 100 survive`,
      () =>
        run(async (store, spec) => {
          assert.equal(await noLostUpdatesAcross(store, spec, 4, 100), 100);
        }),
    );
  }

  if (name === "Redis") {
    testWhere(
      ignore,
      `${name}: of 20 requests in 2 processes one wins a claim, and one takes a code`,
      () =>
        run(async (store, spec) => {
          assert.equal(await winnersAcross(store, spec, 2, "claim"), 1);
          assert.equal(await winnersAcross(store, spec, 2, "take"), 1);
        }),
    );
  }
}

for (const spec of ["sqlite:.data/sessions.db", "denokv:.data/kv"]) {
  testWhere(
    noFiles,
    `${spec}: what was answered is there after kill -9`,
    async () => {
      const figures = await nothingLostInACrash({
        environment: { SESSION_STORE: spec },
        cwd: Deno.makeTempDirSync(),
        crash: async (server) => void await server.stop("SIGKILL"),
        isServerGone: true,
      }, 2);
      assert(figures.answered > 100);
      assert.equal(figures.lost, 0);
    },
  );

  testWhere(
    noFiles,
    `${spec}: killed while it renews, at most one id opens`,
    async () => {
      const wrong = await oneIdAfterACrash({
        environment: { SESSION_STORE: spec },
        cwd: Deno.makeTempDirSync(),
      }, 2);
      assert.equal(wrong, 0);
    },
  );
}

interface Database {
  readonly name: string;
  readonly ignore: string | null;
  start(): Promise<DatabaseServer & AsyncDisposable>;
}

const DATABASES: Database[] = [
  {
    name: "Redis with appendfsync always",
    ignore: noRedis,
    start: () =>
      startRedis({ args: ["--appendonly", "yes", "--appendfsync", "always"] }),
  },
  { name: "Postgres", ignore: noPostgres, start: () => startPostgres() },
];

for (const { name, ignore, start } of DATABASES) {
  testWhere(
    ignore,
    `${name}: what was answered is there after its kill -9`,
    async () => {
      await using database = await start();
      const figures = await nothingLostInACrash({
        environment: { SESSION_STORE: database.url },
        cwd: Deno.makeTempDirSync(),
        async crash() {
          await database.kill();
          await database.restart();
        },
        isServerGone: false,
      }, 2);
      assert(figures.answered > 100);
      assert.equal(figures.lost, 0);
    },
  );

  for (const kind of ["kill", "stop"] as const) {
    testWhere(
      ignore,
      `${name} away (${kind}): only 503, soon; back without a restart, nobody logged out`,
      async () => {
        await using database = await start();
        const figures = await outage(database, kind, 2);
        assert.deepEqual(Object.keys(figures.statuses), ["503"]);
        // What a busy machine adds to any answer, one without a store shows.
        const busy = figures.slowestStaticMs;
        assert(busy < 3000, String(busy));
        assert(figures.slowestMs < 1500 + busy, String(figures.slowestMs));
        const health = figures.slowestHealthMs;
        assert(health < 1500 + busy, String(health));
        assert(figures.recoveredMs < 1000 + busy, String(figures.recoveredMs));
        assert.equal(figures.loggedOut, 0);
      },
    );
  }
}

testWhere(
  noFiles ?? noPostgres,
  "SQLite and Postgres: ten sessions of an owner among a thousand are listed, and each opens",
  async () => {
    const path = `${Deno.makeTempDirSync()}/sessions.db`;
    await using sqlite = sqliteStore(path);
    fillSqlite(path, 1000, Date.now() / 1000 + 36_000);
    await listCost(sqlite, 1000, 20);
    await readCost(sqlite, 1000);

    await using server = await startPostgres();
    await fillPostgres(server.url, 1000);
    await using postgres = openPostgres(server.url);
    await listCost(postgres, 1000, 20);
  },
);
