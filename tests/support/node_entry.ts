// The package in plain Node: node_entry.js SECRET [REDIS URL]
import process from "node:process";
import { serve } from "npm:@hono/node-server@2.1.9";
import { contractApp } from "./contract_app.ts";

const [secret = "", url] = process.argv.slice(2);
const store = !url
  ? "cookie"
  : (await import("@baton/session/redis")).redisStore({ url });
const app = contractApp({ secrets: [secret], store, trustProxy: true });
const server = serve(
  { fetch: app.fetch, hostname: "127.0.0.1", port: 0 },
  ({ port }) => console.log(`Listening on http://127.0.0.1:${port}`),
);
process.on("SIGTERM", () => {
  server.close();
  if (store !== "cookie") store[Symbol.asyncDispose]?.();
});
