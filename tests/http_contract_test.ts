import { createApp } from "../app.ts";
import { cookieStore, serverStore } from "../middleware/session/mod.ts";
import { CONTRACT_SECRET, httpContract, type Served } from "./http_contract.ts";
import { memoryBackend } from "./memory_backend.ts";
import { cannotStart, startServer } from "./server.ts";

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

httpContract("a started server", () => started("cookie"), {
  ignore: cannotStart,
});

async function started(store: string): Promise<Served> {
  const server = await startServer({
    environment: { SESSION_SECRET: CONTRACT_SECRET, SESSION_STORE: store },
  });
  return {
    origin: server.url,
    store,
    seal: "sign",
    app: {
      request: (url: string, init?: RequestInit) =>
        fetch(url, { redirect: "manual", ...init }),
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
