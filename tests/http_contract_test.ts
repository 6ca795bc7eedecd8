// Both contracts where this machine can serve them: worker_test.ts and npm_test.ts have the other platforms.
import { createApp } from "../app.ts";
import { memoryStore } from "../middleware/session/mod.ts";
import { contract, serverAt, untilReady } from "./support/contract.ts";
import { contractApp } from "./support/contract_app.ts";
import { APP_CASES, CONTRACT_SECRET } from "./support/http_contract.ts";
import { PACKAGE_CASES, servedPackage } from "./support/package_contract.ts";
import { noPostgres, startPostgres } from "./support/postgres_server.ts";
import { noRedis, startRedis } from "./support/redis_server.ts";
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
      return { app, origin, seal, store: kind };
    },
  );
  if (origin !== "http://localhost") continue; // the package's app asks for both
  contract(
    `the package's contract, over app.request, ${seal}, ${kind} store`,
    PACKAGE_CASES,
    () => {
      const app = contractApp(options());
      return servedPackage({ app, secret: CONTRACT_SECRET, isCookie });
    },
  );
}

const local = (url: string) =>
  Promise.resolve({ url, async [Symbol.asyncDispose]() {} });

const STARTED = [
  ["cookie", () => local("cookie"), cannotStart],
  ["sqlite", () => local("sqlite:.data/sessions.db"), cannotStart],
  ["denokv", () => local("denokv:.data/kv"), cannotStart],
  ["redis", startRedis, noRedis],
  ["postgres", startPostgres, noPostgres],
] as const;

for (const [store, start, ignore] of STARTED) {
  contract(
    `the HTTP contract, over a started server, ${store}`,
    APP_CASES,
    async () => {
      const stack = new AsyncDisposableStack();
      const database = stack.use(await start());
      const server = stack.use(
        await startServer({
          environment: {
            SESSION_SECRET: CONTRACT_SECRET,
            SESSION_STORE: database.url,
            SESSION_COOKIE: "session",
          },
        }),
      );
      await untilReady(server);
      return {
        ...{ origin: server.url, store, app: serverAt(server.url) },
        [Symbol.asyncDispose]: () => stack.disposeAsync(),
      };
    },
    ignore,
  );
}
