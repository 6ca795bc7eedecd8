// Cloudflare's entry. Everything that needs no request is made once for each isolate.
// @ts-types="./middleware/session/stores/durable_object/cloudflare_workers.d.ts"
import { env } from "cloudflare:workers";
import { createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { logEntry } from "./middleware/log.ts";
import {
  durableObjectStore,
  type SessionNamespace,
} from "./middleware/session/stores/durable_object/mod.ts";

export { SessionObject } from "./middleware/session/stores/durable_object/mod.ts";

const config = readConfig((name) => env[name], "workers");

const { cookieName, seal, lifetime, trustProxy, hsts } = config;

export default createApp({
  ...{ cookieName, seal, lifetime, trustProxy, hsts },
  // Observability indexes the fields of an object.
  log: (line, fields) =>
    console.log(config.logFormat === "json" ? logEntry(line, fields) : line),
  secrets: config.secrets ?? [],
  store: config.store.kind === "durable_object"
    ? durableObjectStore(env["SESSIONS"] as SessionNamespace)
    : "cookie",
});
