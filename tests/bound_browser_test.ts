// Bound sessions in a real Chromium, over https, with the cookie store and with a server store.
import { sqliteStore } from "../middleware/session/stores/sqlite.ts";
import { cannotBind, startMachine } from "./support/bound_rig.ts";
import { browserRestart, SCENARIOS } from "./support/bound_scenarios.ts";

/** So that nobody waits for minutes. */
const REFRESH_SECONDS = 5;

const STORES = { cookie: undefined, sqlite: sqliteStore };

for (const [kind, open] of Object.entries(STORES)) {
  const name = `bound sessions in Chromium, ${kind} store`;
  Deno.test({
    name: cannotBind === null ? name : `${name} (${cannotBind})`,
    ignore: cannotBind !== null,
    // Playwright keeps timers of its own for a moment after the browser is gone.
    sanitizeOps: false,
    sanitizeResources: false,
    async fn(t) {
      const folder = await Deno.makeTempDir();
      await using store = open?.(`${folder}/sessions.db`);
      const options = {
        refreshSeconds: REFRESH_SECONDS,
        ...(store && { store }),
      };
      {
        await using machine = await startMachine();
        // All of them at once: each is a browser of its own that mostly waits.
        const running = Object.values(SCENARIOS).map(
          async (scenario) => {
            await using rig = await machine.rig(options);
            return await scenario(rig).then(() => undefined, (error) => error);
          },
        );
        const profile = `${folder}/profile`;
        const restarting = (async () => {
          await using rig = await machine.rig({ ...options, profile });
          return await browserRestart(rig).then(() => undefined, (e) => e);
        })();
        const names = [...Object.keys(SCENARIOS), "a restart of the browser"];
        const outcomes = await Promise.all([...running, restarting]);
        for (const [i, name] of names.entries()) {
          await t.step(name, () => {
            if (outcomes[i] !== undefined) throw outcomes[i];
          });
        }
      }
      await Deno.remove(folder, { recursive: true });
    },
  });
}
