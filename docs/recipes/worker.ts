// On Cloudflare Workers, with Durable Objects. wrangler.jsonc needs:
//
//   "durable_objects": { "bindings": [{ "name": "SESSIONS", "class_name": "SessionObject" }] },
//   "migrations": [{ "tag": "v1", "new_sqlite_classes": ["SessionObject"] }]
//
// `new_sqlite_classes` cannot be changed later. The secret: npx wrangler secret put SESSION_SECRET
// @ts-types="../../middleware/session/stores/durable_object/cloudflare_workers.d.ts"
import { env } from "cloudflare:workers";
import { session } from "@baton/session";
import {
  durableObjectStore,
  type SessionNamespace,
} from "@baton/session/durable-object";
import { Hono } from "hono";
import { z } from "zod";

export { SessionObject } from "@baton/session/durable-object";

export default new Hono()
  .use(session({
    schema: z.object({ visits: z.number().default(0) }),
    secrets: [String(env["SESSION_SECRET"])],
    store: durableObjectStore(env["SESSIONS"] as SessionNamespace),
  }))
  .get("/", async (c) => {
    const session = await c.var.session();
    session.update(({ visits }) => ({ visits: visits + 1 }));
    return c.text(`Visit ${session.data.visits}`);
  });
