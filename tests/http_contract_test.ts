// Both contracts where this machine can serve them: worker_test.ts and npm_test.ts have the other
// platforms, operations_test.ts the other stores.
import { createApp } from "../app.ts";
import { memoryStore } from "../middleware/session/mod.ts";
import { contract, serverAt, untilReady } from "./support/contract.ts";
import { contractApp } from "./support/contract_app.ts";
import { APP_CASES, CONTRACT_SECRET } from "./support/http_contract.ts";
import { PACKAGE_CASES } from "./support/package_contract.ts";
import { cannotStart, startServer } from "./support/server.ts";

const secrets = [CONTRACT_SECRET];

/** Each two of seal, store and scheme meet. */
const HERE = [
  ["sign", "cookie", "http://localhost"],
  ["sign", "memory", "https://baton.example"],
  ["encrypt", "cookie", "https://baton.example"],
  ["encrypt", "memory", "http://localhost"],
] as const;

for (const [seal, kind, origin] of HERE) {
  const isCookie = kind === "cookie";
  const options = () => ({
    ...{ secrets, seal },
    store: isCookie ? kind : memoryStore(),
  });
  contract(
    `the HTTP contract, over app.request at ${origin}, ${seal}, ${kind} store`,
    APP_CASES,
    () => {
      const app = createApp({ ...options(), log: () => {} });
      return { app, origin, store: kind };
    },
  );
  if (origin !== "http://localhost") continue; // the package's app asks for both
  contract(
    `the package's contract, over app.request, ${seal}, ${kind} store`,
    PACKAGE_CASES,
    () => {
      const app = contractApp(options());
      return { app, secret: CONTRACT_SECRET, isCookie, seal };
    },
  );
}

for (const store of ["cookie", "sqlite:.data/sessions.db"]) {
  contract(
    `the HTTP contract, over a started server, ${store}`,
    APP_CASES,
    async () => {
      const environment = {
        ...{ SESSION_SECRET: CONTRACT_SECRET, SESSION_STORE: store },
        SESSION_COOKIE: "session",
      };
      const server = await startServer({ environment });
      await untilReady(server);
      const [kind = ""] = store.split(":");
      return {
        ...{ origin: server.url, store: kind, app: serverAt(server.url) },
        [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
      };
    },
    cannotStart,
  );
}
