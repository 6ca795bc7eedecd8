// Signs people in until it is killed, and prints each cookie that was answered: owners_process.ts SESSION_STORE OWNER
import { redisStore } from "../../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../../middleware/session/stores/sqlite/mod.ts";
import { ownersApp, ownersOptions } from "./owners_app.ts";
import { setCookie } from "./test_app.ts";

const [spec = "", owner = ""] = Deno.args;
const store = spec.startsWith("sqlite:")
  ? sqliteStore(spec.slice("sqlite:".length))
  : redisStore({ url: spec });
const app = ownersApp(ownersOptions(store));

async function lane(): Promise<never> {
  while (true) {
    const response = await app.request(`/sign-in/${owner}`);
    const cookie = setCookie(response)?.split(";")[0];
    if (cookie !== undefined) console.log(cookie);
  }
}
await Promise.all(Array.from({ length: 8 }, lane));
