// Begins sessions of one owner until it is killed: owner_process.ts URL OWNER
import { randomId } from "../../middleware/session/cookie/base64url.ts";
import { redisStore } from "../../middleware/session/stores/redis/mod.ts";

const [url = "", owner = ""] = Deno.args;
const backend = redisStore({ url });
const value = new TextEncoder().encode("value");
await Promise.all(Array.from({ length: 16 }, async () => {
  while (true) {
    await backend.swap(randomId(), value, null, 600, owner);
    console.log("begun");
  }
}));
