import { createApp } from "../app.ts";
import {
  CONTRACT_SECRET,
  httpContract,
  type Served,
} from "./support/http_contract.ts";
import { controlledStore } from "./support/controlled_store.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { until } from "./support/redis_cluster.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { cannotStart, startServer } from "./support/server.ts";

for (const origin of ["http://localhost", "https://baton.example"]) {
  for (const seal of ["sign", "encrypt"] as const) {
    for (const store of ["cookie" as const, controlledStore()]) {
      const kind = store === "cookie" ? store : store.kind;
      httpContract(
        `app.request at ${origin}, ${seal}, ${kind} store`,
        () =>
          Promise.resolve({
            origin,
            store: kind,
            seal,
            app: createApp({
              secrets: [CONTRACT_SECRET],
              store,
              seal,
              log: () => {},
            }),
            [Symbol.asyncDispose]: () => Promise.resolve(),
          }),
      );
    }
  }
}

const LOCAL = [
  "cookie",
  "memory",
  "sqlite:.data/sessions.db",
  "denokv:.data/kv",
];

for (const store of LOCAL) {
  httpContract(`a started server, ${store}`, () => started(store), {
    ignore: cannotStart,
  });
}

const DATABASES = {
  redis: [startRedis, noRedis],
  postgres: [startPostgres, noPostgres],
} as const;

for (const [name, [start, ignore]] of Object.entries(DATABASES)) {
  httpContract(`a started server, ${name}`, async () => {
    const database = await start();
    const served = await started(database.url);
    return {
      ...served,
      async [Symbol.asyncDispose]() {
        await served[Symbol.asyncDispose]();
        await database[Symbol.asyncDispose]();
      },
    };
  }, { ignore });
}

async function started(store: string): Promise<Served> {
  const server = await startServer({
    environment: { SESSION_SECRET: CONTRACT_SECRET, SESSION_STORE: store },
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
    seal: "sign",
    app: {
      request: (url: string, init?: RequestInit) =>
        fetch(url, { redirect: "manual", ...init }),
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
