// deno task example: an app with accounts, on http://localhost:5001
import { getConnInfo } from "hono/deno";
import { sqliteStore } from "@baton/session/sqlite";
import { createApp } from "./app.ts";
import { openUsers } from "./users.ts";

const FILE = ".data/accounts.db";

const app = createApp({
  store: sqliteStore(FILE), // makes the folder, and the file for its owner alone
  users: openUsers(FILE),
  // Without it a restart signs everybody out. Several machines need the same one.
  secrets: [Deno.env.get("SESSION_SECRET") || crypto.randomUUID()],
  // Behind a proxy: the header in which it names the address, and `trustProxy` for the session.
  address: (c) => getConnInfo(c).remote.address ?? "",
  log: console.log,
});

Deno.serve({
  port: Number(Deno.env.get("PORT") ?? 5001),
  hostname: Deno.env.get("HOST") ?? "127.0.0.1",
  onListen: ({ port }) => console.log(`Listening on http://localhost:${port}`),
}, app.fetch);
