// Serves a bundled Worker by workerd: miniflare_process.ts MINIFLARE SCRIPT PORT STATE VARIABLES [BINDING]
// Its specifier is an argument, so that it stays out of the lock file.
const [specifier = "", script, port, state, variables = "{}", binding] = Deno
  .args;
const { Miniflare } = await import(specifier);

const settings = await Deno.readTextFile(
  new URL("../../wrangler.jsonc", import.meta.url),
);
const server = new Miniflare({
  host: "127.0.0.1",
  port: Number(port),
  modules: [{ type: "ESModule", path: script }],
  modulesRoot: "/",
  compatibilityDate: /"compatibility_date": "([\d-]+)"/.exec(settings)?.[1],
  bindings: JSON.parse(variables),
  durableObjects: binding
    ? { [binding]: { className: "SessionObject", useSQLite: true } }
    : {},
  durableObjectsPersist: state,
  cf: false, // it asks no server where on earth this is
});
try {
  await server.ready;
} catch (error) {
  console.error(String(error));
  Deno.exit(1);
}
console.log("Ready");
Deno.addSignalListener("SIGTERM", async () => {
  await server.dispose();
  Deno.exit(0);
});
