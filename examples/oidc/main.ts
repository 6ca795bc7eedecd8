// deno task example:oidc: sign in with somebody else, on http://localhost:5002
import { sqliteStore } from "@baton/session/sqlite";
import { createApp } from "./app.ts";
import { connect } from "./client.ts";

const env = (name: string) => Deno.env.get(name) ?? "";
const app = Promise.withResolvers<ReturnType<typeof createApp>>();
const server = Deno.serve({
  port: Number(env("PORT") || 5002),
  hostname: env("HOST") || "127.0.0.1",
  onListen: () => {}, // said below, when the provider is there too
}, async (request) => (await app.promise).fetch(request));

const here = `http://localhost:${server.addr.port}`;
const redirectUri = env("OIDC_REDIRECT_URI") || `${here}/callback`;
const issuer = env("OIDC_ISSUER");
const provider = issuer === ""
  ? await (await import("./provider.ts")).startProvider({ redirectUri })
  : { issuer, id: env("OIDC_CLIENT_ID"), secret: env("OIDC_CLIENT_SECRET") };
const client = await connect(provider, redirectUri);
app.resolve(createApp(client, redirectUri, {
  store: sqliteStore(".data/oidc.db"),
  // Without it a restart signs everybody out.
  secrets: [env("SESSION_SECRET") || crypto.randomUUID()],
}));
console.log(`Listening on ${here}`);
console.log(`Its provider is ${provider.issuer}`);
