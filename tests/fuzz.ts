// The properties, for as long as it takes: deno task fuzz [runs] [seed]
import { properties } from "./properties.ts";

const [runs = "1000000", seed = String(Math.trunc(Math.random() * 2 ** 31))] =
  Deno.args;
const run = { numRuns: Number(runs), seed: Number(seed) };
console.log(`seed ${run.seed}`);
for (const [name, check] of Object.entries(properties)) {
  const start = performance.now();
  await check(run);
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`${run.numRuns} times, ${seconds} s: ${name}`);
}
