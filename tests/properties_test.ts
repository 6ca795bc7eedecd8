import { mayDoAll } from "./support/missing.ts";
import { properties } from "./support/properties.ts";

/** Enough to take seconds, or one for a plain `deno test`; `deno task fuzz` runs the same properties for longer. */
const RUNS = mayDoAll ? 500 : 100;

for (const [name, check] of Object.entries(properties)) {
  Deno.test(`${RUNS} times: ${name}`, async () => {
    const seed = Math.trunc(Math.random() * 2 ** 31);
    console.log(`seed ${seed}`);
    await check({ numRuns: RUNS, seed });
  });
}
