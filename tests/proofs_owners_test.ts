// of() under races and crashes, at a size that takes seconds: `deno task prove owners` has the rest.
import assert from "node:assert/strict";
import type { SessionStore } from "../middleware/session/mod.ts";
import { redisStore } from "../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../middleware/session/stores/sqlite/mod.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { mayDoAll, testWhere } from "./support/missing.ts";
import {
  ownerRaces,
  ownersAfterACrash,
  passwordRace,
  RIVALS,
} from "./support/proofs_owners.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";

type Run = (store: SessionStore, spec: string) => Promise<void>;

function proof(name: string, run: Run): void {
  const noFiles = mayDoAll ? null : "needs --allow-all";
  const ignored = (reason: string | null) => reason ? ` (${reason})` : "";
  Deno.test({
    name: `SQLite: ${name}${ignored(noFiles)}`,
    ignore: noFiles !== null,
    async fn() {
      const path = `${Deno.makeTempDirSync()}/sessions.db`;
      await using store = sqliteStore(path);
      await run(store, `sqlite:${path}`);
    },
  });
  Deno.test({
    name: `Redis: ${name}${ignored(noRedis)}`,
    ignore: noRedis !== null,
    async fn() {
      await using redis = await startRedis();
      await using store = redisStore({ url: redis.url });
      await run(store, redis.url);
    },
  });
}

for (const rival of RIVALS) {
  const name =
    `destroyAll() against ${rival}, in 30 races: exactly what must be alive is`;
  const run = async (store: SessionStore) => {
    const { wrong, conflicts } = await ownerRaces(store, rival, 30);
    assert.equal(wrong, 0);
    assert(conflicts > 0 || rival === "sign-in", "nothing raced");
  };
  Deno.test(`memory: ${name}`, () => run(controlledStore()));
  proof(name, run);
}

proof(
  "killed while it signs in: nothing alive is missing from the list",
  async (store, spec) => {
    const { answered, dead, missing } = await ownersAfterACrash(store, spec, 2);
    assert(answered > 50);
    assert.deepEqual({ dead, missing }, { dead: 0, missing: 0 });
  },
);

testWhere(
  mayDoAll ? null : "needs --allow-all",
  "memory: sign-ins under way while the password is changed leave no session",
  async () => {
    const store = controlledStore();
    const { answered, alive, listed } = await passwordRace(store, 4);
    assert(answered > 0, "nothing raced");
    assert.deepEqual({ alive, listed }, { alive: 0, listed: 0 });
  },
  { sanitizeOps: false, sanitizeResources: false }, // the rate limiters' timers
);
