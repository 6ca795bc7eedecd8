// Uses a session as a store does, and says so: redis_process.ts URL
import { redisStore } from "../../middleware/session/stores/redis/mod.ts";
import { until } from "./redis_cluster.ts";

await using backend = redisStore({ url: Deno.args[0] ?? "" });
const [key, owner] = ["k".repeat(22), "o".repeat(43)];
let trouble: unknown;
const isThere = () =>
  backend.ping().then(() => true, (error) => (trouble = error, false));
await until(isThere, 5).catch(() => {
  throw trouble;
});
const written = await backend.swap(key, new Uint8Array(5), null, 60, owner);
const found = await backend.get(key);
const listed = await backend.owned?.(owner);
await backend.remove(key);
console.log(written, found?.value.length, listed?.length);
