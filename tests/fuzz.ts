// The properties, for as long as it takes: deno task fuzz [runs] [seed]
// So many mutated cookies, a tenth as many of whatever takes longer, and a hundredth of requests
// over bare sockets.
import { fuzzRequests } from "./support/request_fuzz.ts";
import { properties } from "./support/properties.ts";

const [runs = "1000000", seed = String(Math.trunc(Math.random() * 2 ** 31))] =
  Deno.args;
console.log(`seed ${seed}`);
for (const [name, check] of Object.entries(properties)) {
  const numRuns = Number(runs) / (name.includes("mutated") ? 1 : 10);
  const start = performance.now();
  await check({ numRuns, seed: Number(seed) });
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`${numRuns} times, ${seconds} s: ${name}`);
}
console.log(await fuzzRequests(Number(runs) / 100, Number(seed)));
