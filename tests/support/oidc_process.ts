// One process of examples/oidc: deno run -A oidc_process.ts STORE PORT REDIRECT_URI PROVIDER
import { createApp } from "../../examples/oidc/app.ts";
import { connect } from "../../examples/oidc/client.ts";
import { redisStore } from "../../middleware/session/stores/redis/mod.ts";
import { sqliteStore } from "../../middleware/session/stores/sqlite/mod.ts";
import { SECRET } from "./test_app.ts";

const [place = "", port, redirectUri = "", provider = ""] = Deno.args;
const client = await connect(JSON.parse(provider), redirectUri);
const store = place.startsWith("redis:")
  ? redisStore({ url: place })
  : sqliteStore(place);
const app = createApp(client, redirectUri, { store, secrets: [SECRET] });
Deno.serve({
  ...{ port: Number(port), hostname: "127.0.0.1" },
  onListen: ({ port }) => console.log(`Listening on http://localhost:${port}`),
}, app.fetch);
