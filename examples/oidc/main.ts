// deno task example:oidc: sign in with somebody else, on http://localhost:5002
import type { SessionStore } from "@baton/session";
import { redisStore } from "@baton/session/redis";
import { sqliteStore } from "@baton/session/sqlite";
import { Buffer } from "node:buffer";
import { createApp } from "./app.tsx";
import { connect } from "./client.ts";

const SECRET_FILE = ".data/oidc_secret";

/** Made at the first start. With more than one machine give all of them the same. */
function loadOrCreateSecret(): string {
  try {
    Deno.mkdirSync(".data", { recursive: true });
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    const fresh = Buffer.from(bytes).toString("base64");
    const options = { createNew: true, mode: 0o600 };
    Deno.writeTextFileSync(SECRET_FILE, fresh, options);
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  return Deno.readTextFileSync(SECRET_FILE);
}

/** The task's one argument: "cookie", or a Redis URL. */
function openStore(name: string | undefined): "cookie" | SessionStore {
  if (name === "cookie") return name;
  if (name === undefined) return sqliteStore(".data/oidc.db");
  return redisStore({ url: name });
}

const app = Promise.withResolvers<ReturnType<typeof createApp>>();
const server = Deno.serve({
  port: Number(Deno.env.get("PORT") ?? 5002),
  hostname: Deno.env.get("HOST") ?? "127.0.0.1",
  onListen: () => {}, // it says so when the provider is there too
}, async (request) => (await app.promise).fetch(request));

const here = `http://localhost:${server.addr.port}`;
const redirectUri = Deno.env.get("OIDC_REDIRECT_URI") ?? `${here}/callback`;
const issuer = Deno.env.get("OIDC_ISSUER");
const provider = issuer === undefined
  ? await (await import("./provider.ts")).startProvider({ redirectUri })
  : {
    issuer,
    id: Deno.env.get("OIDC_CLIENT_ID") ?? "",
    secret: Deno.env.get("OIDC_CLIENT_SECRET") ?? "",
  };
app.resolve(createApp({
  client: await connect({ ...provider, redirectUri }),
  store: openStore(Deno.args[0]),
  secrets: [loadOrCreateSecret()],
  redirectUri,
}));
console.log(`Listening on ${here}`);
console.log(`Its provider is ${provider.issuer}`);
