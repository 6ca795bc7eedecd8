// deno task example: an app with accounts, on http://localhost:5001
import { getConnInfo } from "hono/deno";
import { randomBytes } from "node:crypto";
import { sqliteStore } from "@baton/session/sqlite";
import { createApp } from "./app.tsx";
import { openUsers } from "./users.ts";

const FILE = ".data/accounts.db";
const SECRET_FILE = ".data/accounts_secret";

/** Made at the first start. With more than one machine give all of them the same. */
function secret(): string {
  try {
    const fresh = randomBytes(32).toString("base64");
    Deno.writeTextFileSync(SECRET_FILE, fresh, {
      createNew: true,
      mode: 0o600,
    });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) throw error;
  }
  return Deno.readTextFileSync(SECRET_FILE);
}

const store = sqliteStore(FILE); // makes the folder, and the file for its owner alone
const users = openUsers(FILE);
const app = createApp({
  ...{ store, users, secrets: [secret()] },
  // Behind a proxy: the header in which it names the address, and `trustProxy` for the session.
  address: (c) => getConnInfo(c).remote.address ?? "",
  log: console.log,
});

Deno.serve({
  port: Number(Deno.env.get("PORT") ?? 5001),
  hostname: Deno.env.get("HOST") ?? "127.0.0.1",
  onListen: ({ port }) => console.log(`Listening on http://localhost:${port}`),
}, app.fetch);
