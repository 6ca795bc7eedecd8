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

interface Kind {
  readonly ignore: string | null;
  /** A store with so many sessions, ten for each owner. */
  readonly open: (total: number) => Promise<SessionStore & AsyncDisposable>;
}

const KINDS: Record<string, Kind> = {
  SQLite: {
    ignore: mayDoAll ? null : "needs --allow-all",
    async open(total) {
      const path = `${await Deno.makeTempDir()}/sessions.db`;
      const store = sqliteStore(path);
      fillSqlite(path, total, Date.now() / 1000 + 36_000);
      return store;
    },
  },
  Postgres: {
    ignore: noPostgres,
    async open(total) {
      const server = await startPostgres();
      await fillPostgres(server.url, total);
      return closingAlso(openPostgres(server.url), server);
    },
  },
  Redis: {
    ignore: noRedis,
    async open(total) {
      const server = await startRedis();
      const store = redisStore({ url: server.url });
      await fillRedis(store, total);
      return closingAlso(store, server);
    },
  },
};

function closingAlso(
  store: SessionStore & AsyncDisposable,
  server: AsyncDisposable,
): SessionStore & AsyncDisposable {
  return {
    ...store,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

for (const [name, { ignore, open }] of Object.entries(KINDS)) {
  testWhere(
    ignore,
    `${name}: among ${MANY} sessions each is read, and the ten of an owner are listed`,
    async () => {
      await using many = await open(MANY);
      const reading = await readCost(many, MANY);
      const listMs = await listCost(many, MANY, 20 * Math.min(SCALE, 10));
      const long = await longList(many, 100 * Math.min(SCALE, 100));
      assert.equal(long.listed, 100 * Math.min(SCALE, 100));
      if (SCALE === 1) return;
      await using few = await open(FEW);
      figures(
        `${name}, a read`,
        await growth(await readCost(few, FEW), reading),
      );
      figures(`${name}, ten of ${MANY} listed, ms`, listMs);
      figures(`${name}, a long list`, long);
    },
  );
}
