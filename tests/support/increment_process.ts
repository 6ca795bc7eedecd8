// One of several processes that add to one session: increment_process.ts SESSION_STORE COOKIE TIMES
import assert from "node:assert/strict";
import type { SessionStore } from "../../middleware/session/mod.ts";
import { denoKvStore } from "../../middleware/session/stores/deno_kv.ts";
import { redisStore } from "../../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../../middleware/session/stores/sqlite/mod.ts";
import { openPostgres } from "../../server/postgres_pool.ts";
import { proofApp } from "./proof_app.ts";

const [spec = "", cookie = "", times = ""] = Deno.args;

async function open(): Promise<SessionStore & AsyncDisposable> {
  const [, kind, path = ""] = /^(\w+):(.*)$/.exec(spec) ?? [];
  switch (kind) {
    case "redis":
      return redisStore({ url: spec });
    case "postgres":
      return openPostgres(spec);
    case "denokv":
      return denoKvStore(await Deno.openKv(path));
    case "sqlite":
      return sqliteStore(path);
    default:
      throw new Error(`Who keeps ${spec}?`);
  }
}

/** On a busy machine the first connections take longer than a question may: that is not what is tried here. */
async function connected(store: SessionStore): Promise<void> {
  for (let tries = 30; tries > 0; tries--) {
    if (await store.ping().then(() => true, () => false)) return;
  }
}

await using store = await open();
await Promise.all(Array.from({ length: 10 }, () => connected(store)));
const app = proofApp(store);
const answers = await Promise.all(
  Array.from(
    { length: Number(times) },
    () => app.request("/add", { headers: { cookie } }),
  ),
);
for (const answer of answers) {
  assert.equal(answer.status, 200, await answer.text());
}
