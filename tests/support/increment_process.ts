// One of several processes that add to one session: increment_process.ts SESSION_STORE COOKIE TIMES
import assert from "node:assert/strict";
import { redisStore } from "../../middleware/session/stores/redis.ts";
import { sqliteStore } from "../../middleware/session/stores/sqlite.ts";
import { proofApp } from "./proof_app.ts";

const [spec = "", cookie = "", times = ""] = Deno.args;
await using store = spec.startsWith("redis:")
  ? redisStore({ url: spec })
  : sqliteStore(spec.replace("sqlite:", ""));
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
