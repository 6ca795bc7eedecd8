// The proofs at their full size, with figures: deno task prove [history STORE SECONDS|outage|size|process|nginx|caddy|properties]
import { history, noPlace } from "./support/history.ts";

const [wanted, ...args] = Deno.args;
const isWanted = (name: string) => wanted === undefined || wanted === name;

if (isWanted("history")) {
  const [only, seconds = "60"] = args;
  const all = ["sqlite", "denokv", "postgres", "redis", "sentinel"];
  for (const name of only === undefined ? all : [only]) {
    console.log(`\n## A history over ${name}: ${noPlace(name) ?? ""}`);
    if (noPlace(name) !== null) continue;
    const told = await history(name, Number(seconds));
    console.log(told);
    // With a master some answered writes may die: docs/stores.md says which.
    if (told.wrong.length > 0 && name !== "sentinel") Deno.exitCode = 1;
  }
}

/** Tests that do more, and tell figures, with a `SCALE`. */
const TESTS: Record<string, { file: string; scale: number; name?: string }> = {
  outage: { file: "outage", scale: 20 },
  size: { file: "size", scale: 200 },
  process: { file: "process", scale: 20 },
  nginx: { file: "operations", scale: 100, name: "behind nginx" },
  caddy: { file: "operations", scale: 100, name: "behind caddy" },
  properties: { file: "properties", scale: 2000 },
};

for (const [kind, { file, scale, name = "" }] of Object.entries(TESTS)) {
  if (!isWanted(kind)) continue;
  console.log(`\n## ${kind}`);
  const { success } = await new Deno.Command(Deno.execPath(), {
    args: [
      ...["test", "--lock=deno.lock", "--no-check", "--allow-all"],
      ...[`--filter=${name}`, `tests/${file}_test.ts`],
    ],
    env: { SCALE: String(scale) },
  }).spawn().status;
  if (!success) Deno.exitCode = 1;
}
