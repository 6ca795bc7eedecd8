// Both contracts where this machine can serve them: worker_test.ts and npm_test.ts have the other platforms.
import { createApp } from "../app.ts";
import { memoryStore } from "../middleware/session/mod.ts";
import { contract, serverAt } from "./support/contract.ts";
import { contractApp } from "./support/contract_app.ts";
import {
  APP_CASES,
  CONTRACT_SECRET,
  type ServedApp,
} from "./support/http_contract.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { PACKAGE_CASES, servedPackage } from "./support/package_contract.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { until } from "./support/redis_cluster.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { cannotStart, startServer } from "./support/server.ts";

const secrets = [CONTRACT_SECRET];

for (const seal of ["sign", "encrypt"] as const) {
  for (const store of ["cookie" as const, controlledStore()]) {
    const kind = store === "cookie" ? store : store.kind;
    for (const origin of ["http://localhost", "https://baton.example"]) {
      contract(
        `the HTTP contract, over app.request at ${origin}, ${seal}, ${kind} store`,
        APP_CASES,
        () => ({
          origin,
          store: kind,
          seal,
          app: createApp({ secrets, store, seal, log: () => {} }),
        }),
      );
    }
  }
  for (const store of ["cookie" as const, memoryStore()]) {
    const isCookie = store === "cookie";
    contract(
      `the package's contract, over app.request, ${seal}, ${
        isCookie ? "cookie" : "memory"
      } store`,
      PACKAGE_CASES,
      () =>
        servedPackage({
          app: contractApp({ secrets, seal, store }),
          secret: CONTRACT_SECRET,
          isCookie,
          seal,
        }),
    );
  }
}

const LOCAL = [
  "cookie",
  "memory",
  "sqlite:.data/sessions.db",
  "denokv:.data/kv",
];

for (const store of LOCAL) {
  contract(
    `the HTTP contract, over a started server, ${store}`,
    APP_CASES,
    () => started(store),
    cannotStart,
  );
}

const DATABASES = {
  redis: [startRedis, noRedis],
  postgres: [startPostgres, noPostgres],
} as const;

for (const [name, [start, ignore]] of Object.entries(DATABASES)) {
  contract(
    `the HTTP contract, over a started server, ${name}`,
    APP_CASES,
    async () => {
      const database = await start();
      const served = await started(database.url);
      return {
        ...served,
        async [Symbol.asyncDispose]() {
          await served[Symbol.asyncDispose]?.();
          await database[Symbol.asyncDispose]();
        },
      };
    },
    ignore,
  );
}

async function started(store: string): Promise<ServedApp> {
  const server = await startServer({
    environment: {
      SESSION_SECRET: CONTRACT_SECRET,
      SESSION_STORE: store,
      SESSION_COOKIE: "session",
    },
  });
  // On a busy machine the first question may take longer than a store is given.
  await until(async () => {
    const { ok, body } = await fetch(`${server.url}/healthz`);
    await body?.cancel();
    return ok;
  }, 30);
  return {
    origin: server.url,
    store: store.split(":")[0] ?? store,
    app: serverAt(server.url),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
