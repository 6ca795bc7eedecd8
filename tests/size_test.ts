// With many sessions each is read, an owner's are listed, and all of an owner who has very
// many are ended while others are served. `deno task prove size` tells, among 200,000, by how
// much others wait longer while 100,000 are ended.
import assert from "node:assert/strict";
import { Hono } from "hono";
import { z } from "zod";
import { session, type SessionStore } from "../middleware/session/mod.ts";
import { redisStore } from "../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { sealFor } from "../middleware/session/testing/mod.ts";
import { openPostgres } from "../server/postgres_pool.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { figures, SCALE } from "./support/scale.ts";
import { SECRET } from "./support/test_app.ts";

const MANY = 1000 * SCALE;
const OF_ONE = 500 * SCALE;
const AT_ONCE = 100;

type Open = (
  stack: AsyncDisposableStack,
) => Promise<SessionStore & AsyncDisposable>;

const STORES: Record<string, { missing: string | null; open: Open }> = {
  SQLite: {
    missing: mayDoAll ? null : "needs --allow-all",
    open: () => Promise.resolve(sqliteStore(`${Deno.makeTempDirSync()}/s.db`)),
  },
  Postgres: {
    missing: noPostgres,
    open: async (stack) => openPostgres(stack.use(await startPostgres()).url),
  },
  Redis: {
    missing: noRedis,
    open: async (stack) =>
      redisStore({ url: stack.use(await startRedis()).url }),
  },
};

/** An app over a store with so many sessions, ten of each owner. */
async function filled(store: SessionStore, total: number) {
  const sessions = session({
    schema: z.object({
      userId: z.string().optional(),
      count: z.number().default(0),
    }),
    ...{ store, secrets: [SECRET] },
    owner: ({ userId }) => userId,
  });
  const app = new Hono().use(sessions).get("/:what", async (c) => {
    const session = await c.var.session();
    if (c.req.param("what") === "save") {
      session.update(({ count }) => ({ count: count + 1 }));
    }
    return c.text(session.data.userId ?? "stranger");
  });

  /** Some of their cookies. */
  async function begin(total: number, owner: (i: number) => string) {
    const cookies: string[] = [];
    for (let from = 0; from < total; from += AT_ONCE) {
      const all = Array.from(
        { length: AT_ONCE },
        (_, i) => sealFor(sessions, { userId: owner(from + i) }),
      );
      cookies.push((await Promise.all(all))[0]!);
    }
    return cookies;
  }
  const cookies = await begin(total, (i) => `owner ${Math.floor(i / 10)}`);
  const ask = async (what: string, i: number) => {
    const headers = { cookie: cookies[i % cookies.length]! };
    const owner = await (await app.request(`/${what}`, { headers })).text();
    assert.match(owner, /^owner/);
    return owner;
  };

  return {
    ...{ sessions, begin },
    readOne: (i: number) => ask("read", i),
    /** The milliseconds that each request of four visitors takes while the work is done. */
    async othersDuring(work: Promise<unknown>): Promise<number[]> {
      let isOver = false;
      const done = work.finally(() => isOver = true);
      const times: number[] = [];
      await Promise.all([0, 1, 2, 3].map(async (i) => {
        while (!isOver) {
          const start = performance.now();
          await ask("save", i);
          times.push(performance.now() - start);
          await pause(5);
        }
      }));
      await done;
      return times;
    },
  };
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}

/** The milliseconds below which this share of them are. */
function quantile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return Number(sorted[Math.floor(times.length * share)]?.toFixed(2));
}

for (const [name, { missing, open }] of Object.entries(STORES)) {
  testWhere(
    missing,
    `${name}: among ${MANY} sessions each is read, the ten of an owner are listed, and ${OF_ONE} of another are ended while others are served`,
    async () => {
      await using stack = new AsyncDisposableStack();
      const store = stack.use(await open(stack));
      const many = await filled(store, MANY);
      for (let i = 0; i < 10; i++) await many.readOne(i);
      const ten = await many.sessions.of(await many.readOne(0)).list();
      assert.equal(ten.length, 10);
      await many.begin(OF_ONE, () => "one with very many browsers");
      const before = await many.othersDuring(pause(SCALE > 1 ? 20_000 : 0));
      const start = performance.now();
      const work = many.sessions.of("one with very many browsers").destroyAll();
      const meanwhile = await many.othersDuring(work);
      const seconds = (performance.now() - start) / 1000;
      assert.equal(await work, OF_ONE);
      figures(`${name}, ${OF_ONE} of one owner are ended`, {
        ...{ seconds, "requests meanwhile": meanwhile.length },
        "their p99 before, ms": quantile(before, 0.99),
        "their p99 meanwhile, ms": quantile(meanwhile, 0.99),
      });
    },
  );
}
