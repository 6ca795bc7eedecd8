// Uses each store as an app does, and says so in a line: redis_process.ts URL...
import { redisStore } from "../../middleware/session/stores/redis/mod.ts";
import { eventually } from "./eventually.ts";

const [key, owner] = ["k".repeat(22), "o".repeat(43)];

async function use(url: string): Promise<string> {
  await using store = redisStore({ url });
  const isTrusted = await eventually(() =>
    store.ping().then(() => true, (error) => {
      if (/certificate|UnknownIssuer/i.test(String(error))) return false;
      throw error;
    })
  );
  if (!isTrusted) return "no trust";
  const written = await store.swap(key, new Uint8Array(5), null, 60, owner);
  const found = await store.get(key);
  const listed = await store.owned?.(owner);
  await store.remove(key);
  return `${written} ${found?.value.length} ${listed?.length}`;
}

for (const url of Deno.args) console.log(await use(url));
