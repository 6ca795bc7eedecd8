// With many sessions a read and an owner's list still work, and at full size
// (`deno task prove size`: a million) they tell what they cost.
import assert from "node:assert/strict";
import type { SessionStore } from "../middleware/session/mod.ts";
import { redisStore } from "../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { openPostgres } from "../server/postgres_pool.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import {
  fillPostgres,
  fillRedis,
  fillSqlite,
  growth,
  listCost,
  longList,
  readCost,
} from "./support/proofs_size.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { figures, SCALE } from "./support/scale.ts";

const FEW = 1000;
const MANY = 1000 * SCALE;

/** A store with so many sessions, ten for each owner; the stack closes it. */
type Open = (
  total: number,
  stack: AsyncDisposableStack,
) => Promise<SessionStore>;

const KINDS: [name: string, ignore: string | null, open: Open][] = [
  ["SQLite", mayDoAll ? null : "needs --allow-all", async (total, stack) => {
    const path = `${await Deno.makeTempDir()}/sessions.db`;
    const store = stack.use(sqliteStore(path));
    fillSqlite(path, total, Date.now() / 1000 + 36_000);
    return store;
  }],
  ["Postgres", noPostgres, async (total, stack) => {
    const { url } = stack.use(await startPostgres());
    await fillPostgres(url, total);
    return stack.use(openPostgres(url));
  }],
  ["Redis", noRedis, async (total, stack) => {
    const { url } = stack.use(await startRedis());
    const store = stack.use(redisStore({ url }));
    await fillRedis(store, total);
    return store;
  }],
];

for (const [name, ignore, open] of KINDS) {
  testWhere(
    ignore,
    `${name}: among ${MANY} sessions each is read, and the ten of an owner are listed`,
    async () => {
      await using stack = new AsyncDisposableStack();
      const many = await open(MANY, stack);
      const reading = await readCost(many, MANY);
      const listMs = await listCost(many, MANY, 20 * Math.min(SCALE, 10));
      const long = await longList(many, 100 * Math.min(SCALE, 100));
      assert.equal(long.listed, 100 * Math.min(SCALE, 100));
      if (SCALE === 1) return;
      const few = await readCost(await open(FEW, stack), FEW);
      figures(`${name}, a read`, await growth(few, reading));
      figures(`${name}, ten of ${MANY} listed, ms`, listMs);
      figures(`${name}, a long list`, long);
    },
  );
}
