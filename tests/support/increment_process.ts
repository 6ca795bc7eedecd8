// One of several processes that ask the same of one session, and print how many
// times they won: increment_process.ts SESSION_STORE COOKIE TIMES add|claim|take
import assert from "node:assert/strict";
import type { SessionStore } from "../../middleware/session/mod.ts";
import { denoKvStore } from "../../middleware/session/stores/deno_kv.ts";
import { redisStore } from "../../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../../middleware/session/stores/sqlite/mod.ts";
import { openPostgres } from "../../server/postgres_pool.ts";
import { proofApp } from "./proof_app.ts";

const [spec = "", cookie = "", times = "", what = ""] = Deno.args;

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
    () => app.request(`/${what}`, { headers: { cookie } }),
  ),
);
let won = 0;
for (const answer of answers) {
  const text = await answer.text();
  // Whoever comes too late to take gets a conflict.
  const isTooLate = what === "take" && answer.status === 409;
  assert(answer.status === 200 || isTooLate, text);
  if (text === "won") won++;
}
console.log(won);
