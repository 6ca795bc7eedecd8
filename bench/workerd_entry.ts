// The app as worker.ts has it, without its log, and its pages without a session.
// @ts-types="../middleware/session/stores/durable_object/cloudflare_workers.d.ts"
import { env } from "cloudflare:workers";
import { createApp } from "../app.ts";
import {
  durableObjectStore,
  type SessionNamespace,
} from "../middleware/session/stores/durable_object/mod.ts";
import { secrets, withoutSession } from "./without_session.ts";

export { SessionObject } from "../middleware/session/stores/durable_object/mod.ts";

const store = env["SESSION_STORE"] === "cookie"
  ? "cookie"
  : durableObjectStore(env["SESSIONS"] as SessionNamespace);

export default createApp({ secrets, store, log() {} })
  .route("/without", withoutSession());
