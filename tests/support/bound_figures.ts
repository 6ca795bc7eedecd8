// For `deno task prove bound`: every scenario with both stores in a real Chromium, and what a binding costs.
import { parseProof } from "../../middleware/session/device/proof.ts";
import { deviceBinding } from "../../middleware/session/device/mod.ts";
import {
  type Binding,
  memoryStore,
  session,
  type SessionStore,
} from "../../middleware/session/mod.ts";
import { Hono } from "hono";
import { contractApp, contractSchema } from "./contract_app.ts";
import { cannotBind, startMachine } from "./bound_rig.ts";
import { runScenarios, SCENARIOS } from "./bound_scenarios.ts";
import { Device, newKey, signProof } from "./device.ts";
import { SECRET } from "./test_app.ts";

export async function proveBound(): Promise<void> {
  console.log("\n## Sessions bound to the device");
  await cost();
  if (cannotBind !== null) return console.log(cannotBind);
  for (const kind of ["cookie", "sqlite"] as const) {
    await using machine = await startMachine();
    const chosen = Object.keys(SCENARIOS).map((name) => [name, kind] as const);
    for (const { name, error } of await runScenarios(machine, chosen)) {
      console.log(`${error === undefined ? "holds" : "FAILS"}: ${name}`);
      if (error !== undefined) console.error(error);
    }
  }
}

const REQUESTS = 200;
const ROUNDS = 15;

async function cost(): Promise<void> {
  const jwt = await signProof(await newKey(), "challenge");
  const taken = await times(async () => {
    const proof = parseProof(jwt);
    const isSigned = await proof?.isSignedBy(proof.key ?? "");
    if (!isSigned) throw new Error("The proof does not fit");
  }, 300);
  console.log(`a verification: ${median(taken).toFixed(0)} µs`);
  await requestCost("cookie", {});
  await requestCost("memory", { store: memoryStore() });
}

/** The same page, with the binding and without, by turns. */
async function requestCost(
  kind: string,
  stores: { readonly store?: SessionStore },
): Promise<void> {
  const options = { secrets: [SECRET], ...stores };
  const device = new Device(contractApp({ ...options, refreshSeconds: 300 }));
  await device.signIn();
  const all = [...device.visitor.cookies].map((pair) => pair.join("="));
  const ordinary = all.filter((pair) => pair.startsWith("__Host-session="));

  const asking = (binding: Binding | undefined, cookies: readonly string[]) => {
    const schema = contractSchema;
    const app = new Hono()
      .use(session({ schema, ...options, ...(binding && { binding }) }))
      .get(
        "/user",
        async (c) => c.text((await c.var.session()).data.user ?? "nobody"),
      );
    const headers = { cookie: cookies.join("; ") };
    return async () => {
      const response = await app.request("https://localhost/user", { headers });
      if (await response.text() !== "Jay") throw new Error("Nobody");
    };
  };
  const [without, bound] = [
    asking(undefined, ordinary),
    asking(deviceBinding(), all),
  ];
  const pairs: [number, number][] = [];
  for (let i = 0; i < ROUNDS; i++) {
    pairs.push([
      median(await times(without, REQUESTS)),
      median(await times(bound, REQUESTS)),
    ]);
  }
  const more = median(pairs.map(([without, bound]) => bound - without));
  const ratio = median(pairs.map(([without, bound]) => bound / without));
  const bytes = all.join("; ").length - ordinary.join("; ").length;
  console.log(
    `a request, ${kind} store: ${more.toFixed(1)} µs more, ${
      ratio.toFixed(2)
    } times, and ${bytes} bytes of cookie`,
  );
}

/** Microseconds each. */
async function times(
  run: () => Promise<void>,
  runs: number,
): Promise<number[]> {
  const taken: number[] = [];
  for (let i = 0; i < runs; i++) {
    const start = performance.now();
    await run();
    taken.push((performance.now() - start) * 1000);
  }
  return taken;
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}
