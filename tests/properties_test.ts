import { properties } from "./support/properties.ts";

/** Enough to take seconds; `deno task fuzz` runs the same properties for longer. */
const RUNS = 500;

for (const [name, check] of Object.entries(properties)) {
  Deno.test(`${RUNS} times: ${name}`, async () => {
    const seed = Math.trunc(Math.random() * 2 ** 31);
    console.log(`seed ${seed}`);
    await check({ numRuns: RUNS, seed });
  });
}
