// Serves a bundled Worker by workerd: miniflare_process.ts MINIFLARE OPTIONS
// Its specifier is an argument, so that it stays out of the lock file.
import type { Readable } from "node:stream";
import { stderr } from "node:process";

const [specifier = "", options = ""] = Deno.args;
const { Miniflare } = await import(specifier);
const { script, variables, isBound, state } = JSON.parse(options);

const settings = await Deno.readTextFile(
  new URL("../../wrangler.jsonc", import.meta.url),
);
let isReady = false;
const server = new Miniflare({
  ...{ host: "127.0.0.1", port: 0 },
  modules: [{ type: "ESModule", path: script }],
  modulesRoot: "/",
  compatibilityDate: /"compatibility_date": "([\d-]+)"/.exec(settings)?.[1],
  bindings: variables,
  durableObjects: isBound
    ? { SESSIONS: { className: "SessionObject", useSQLite: true } }
    : {},
  durableObjectsPersist: state,
  handleRuntimeStdio(log: Readable, errors: Readable) {
    log.resume();
    // A test that reads nothing may not be disturbed: later ones go nowhere.
    errors.on("data", (bytes) => isReady || stderr.write(bytes));
  },
  cf: false, // it asks no server where on earth this is
});
const { origin } = await server.ready;
isReady = true;
console.log(origin);
Deno.addSignalListener("SIGTERM", async () => {
  await server.dispose();
  Deno.exit(0);
});
