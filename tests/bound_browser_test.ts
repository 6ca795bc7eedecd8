// Bound sessions in a real Chromium, over https: each scenario with one store or
// the other; with both in `deno task prove bound_browser`.
import { cannotBind, startMachine } from "./support/bound_rig.ts";
import { runScenarios } from "./support/bound_scenarios.ts";
import { SCALE } from "./support/scale.ts";

const name = "bound sessions in Chromium";

Deno.test({
  name: cannotBind === null ? name : `${name} (${cannotBind})`,
  ignore: cannotBind !== null,
  timeout: 300_000, // a browser's clock cannot be moved
  // Playwright keeps timers of its own for a moment after the browser is gone.
  sanitizeOps: false,
  sanitizeResources: false,
  async fn(t) {
    await using machine = await startMachine();
    for (let round = 0; round < Math.min(SCALE, 2); round++) {
      for (const { name, error } of await runScenarios(machine, round)) {
        await t.step(name, () => {
          if (error !== undefined) throw error;
        });
      }
    }
  },
});
