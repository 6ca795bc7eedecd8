import assert from "node:assert/strict";
import { memoryStore, type SessionStore } from "../middleware/session/mod.ts";
import { redisStore } from "../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { restartKilled, restartRaces } from "./support/proofs_restart.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { Clock } from "./support/test_app.ts";

const { now } = new Clock();

async function check(store: SessionStore): Promise<void> {
  const { revived, copied, lost, doubled, restarted, conflicts } =
    await restartRaces(store, 60);
  assert.deepEqual(
    { revived, copied, lost, doubled },
    { revived: 0, copied: 0, lost: 0, doubled: 0 },
  );
  assert(restarted > 0 && conflicts > 0, `${restarted} and ${conflicts}`);
}

testWhere(
  null,
  "memory: a restart revives, copies and loses nothing, in 60 races",
  () => check(memoryStore({ now })),
);

testWhere(
  mayDoAll ? null : "needs --allow-all",
  "SQLite: a restart revives, copies and loses nothing, in 60 races",
  async () => {
    await using store = sqliteStore(`${Deno.makeTempDirSync()}/s.db`, { now });
    await check(store);
  },
);

testWhere(
  noRedis,
  "Redis: a restart revives, copies and loses nothing, in 60 races",
  async () => {
    await using redis = await startRedis();
    await using store = redisStore({ url: redis.url });
    await check(store);
  },
);

testWhere(
  mayDoAll ? null : "needs --allow-all",
  "a process that is killed while it signs somebody in leaves the old session alive, until that is retired",
  async () => {
    const path = `${Deno.makeTempDirSync()}/sessions.db`;
    assert.deepEqual(await restartKilled(path), [
      "before write 1: alive, 10",
      "after write 1: alive, 10",
      "before write 2: alive, 10",
      "after write 2: ended",
    ]);
  },
);
