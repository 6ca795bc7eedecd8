// Signs in and dies on the way: restart_process.ts PATH COOKIE WRITE before|after
// The process kills itself before or after its n-th write to the store.
import { type SessionStore } from "../../middleware/session/mod.ts";
import { sqliteStore } from "../../middleware/session/stores/sqlite/mod.ts";
import { restartApp } from "./proofs_restart.ts";

const [path = "", cookie = "", nth = "", when = ""] = Deno.args;
const backend = sqliteStore(path);
let writes = 0;
const store: SessionStore = {
  ...backend,
  async swap(...args) {
    const isLast = ++writes === Number(nth);
    if (isLast && when === "before") Deno.kill(Deno.pid, "SIGKILL");
    const written = await backend.swap(...args);
    if (isLast && when === "after") Deno.kill(Deno.pid, "SIGKILL");
    return written;
  },
};
await restartApp(store).request("/restart", { headers: { cookie } });
