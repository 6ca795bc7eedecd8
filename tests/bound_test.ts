// Sessions bound to the device: the protocol, with a browser that signs by WebCrypto.
import { memoryStore } from "../middleware/session/mod.ts";
import { boundApp } from "./support/bound_app.ts";
import { boundContract } from "./support/bound_contract.ts";
import { SECRET } from "./support/test_app.ts";

const REFRESH_SECONDS = 300;

for (const seal of ["sign", "encrypt"] as const) {
  for (const kind of ["cookie", "memory"] as const) {
    Deno.test(`bound sessions, ${kind} store, ${seal}`, async (t) => {
      const app = boundApp({
        ...{ secrets: [SECRET], seal, refreshSeconds: REFRESH_SECONDS },
        ...(kind === "memory" && { store: memoryStore() }),
      });
      const isCookie = kind === "cookie";
      await boundContract(t, {
        ...{ app, refreshSeconds: REFRESH_SECONDS, isCookie },
      });
    });
  }
}
