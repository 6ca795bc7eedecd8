// Bound sessions in a real Chromium, over https: each scenario once here, with
// one store or the other; with both in `deno task prove bound`.
import { cannotBind, startMachine } from "./support/bound_rig.ts";
import { runScenarios, SCENARIOS } from "./support/bound_scenarios.ts";

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
    const chosen = Object.keys(SCENARIOS).map((name, i) =>
      [name, i % 2 === 0 ? "sqlite" : "cookie"] as const
    );
    for (const { name, error } of await runScenarios(machine, chosen)) {
      await t.step(name, () => {
        if (error !== undefined) throw error;
      });
    }
  },
});
