// The package in plain Node: node_entry.js SECRET [REDIS URL | bound]
import process from "node:process";
import { serve } from "npm:@hono/node-server@2.1.9";
import { boundApp } from "./bound_app.ts";
import { cookieApp } from "./cookie_app.ts";

const [secret = "", url] = process.argv.slice(2);
const store = url === undefined || url === "bound"
  ? undefined
  : (await import("@baton/session/redis")).redisStore({ url });
const options = {
  ...{ secrets: [secret], trustProxy: true },
  ...(store && { store }),
};
const app = url === "bound"
  ? boundApp({ ...options, refreshSeconds: 300 })
  : cookieApp(options);
const server = serve(
  { fetch: app.fetch, hostname: "127.0.0.1", port: 0 },
  ({ port }) => console.log(`Listening on http://127.0.0.1:${port}`),
);
process.on("SIGTERM", () => {
  server.close();
  store?.[Symbol.asyncDispose]?.();
});
