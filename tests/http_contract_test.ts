import { createApp } from "../app.ts";
import { cookieStore, serverStore } from "../middleware/session/mod.ts";
import {
  CONTRACT_SECRET,
  httpContract,
  type Served,
} from "./support/http_contract.ts";
import { memoryBackend } from "./support/memory_backend.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
import { cannotStart, startServer } from "./support/server.ts";

for (const origin of ["http://localhost", "https://baton.example"]) {
  for (const seal of ["sign", "encrypt"] as const) {
    for (const store of [cookieStore(), serverStore(memoryBackend())]) {
      httpContract(
        `app.request at ${origin}, ${seal}, ${store.kind} store`,
        () =>
          Promise.resolve({
            origin,
            store: store.kind,
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

for (const store of ["cookie", "sqlite:.data/sessions.db", "denokv:.data/kv"]) {
  httpContract(`a started server, ${store}`, () => started(store), {
    ignore: cannotStart,
  });
}

httpContract("a started server, redis", async () => {
  const redis = await startRedis();
  const served = await started(redis.url);
  return {
    ...served,
    async [Symbol.asyncDispose]() {
      await served[Symbol.asyncDispose]();
      await redis[Symbol.asyncDispose]();
    },
  };
}, { ignore: noRedis });

async function started(store: string): Promise<Served> {
  const server = await startServer({
    environment: { SESSION_SECRET: CONTRACT_SECRET, SESSION_STORE: store },
  });
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
