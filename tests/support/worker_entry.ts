// A Worker for tests: the Durable Object's Backend and a few routes over it, reached by HTTP.
// @ts-types="../../middleware/session/stores/cloudflare_workers.d.ts"
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import {
  durableObjectBackend,
  durableObjectStore,
  type SessionNamespace,
} from "../../middleware/session/stores/durable_object.ts";
import { plainPage, proofApp } from "./proof_app.ts";

export { SessionObject } from "../../middleware/session/stores/durable_object.ts";

const namespace = env["SESSIONS"] as SessionNamespace;
const backend = durableObjectBackend(namespace);
const now = () => Date.now() / 1000;

/** What a test asks of the backend. Bytes travel as numbers. */
export type Question =
  | { ask: "get" | "remove"; key: string }
  | {
    ask: "swap";
    key: string;
    value: number[];
    expected: string | null;
    ttlSeconds: number;
  };

export default new Hono()
  .post("/backend", async (c) => {
    const question: Question = await c.req.json();
    switch (question.ask) {
      case "get": {
        const found = await backend.get(question.key);
        return c.json(found && { ...found, value: [...found.value] });
      }
      case "swap":
        return c.json(
          await backend.swap(
            question.key,
            Uint8Array.from(question.value),
            question.expected,
            question.ttlSeconds,
          ),
        );
      case "remove":
        await backend.remove(question.key);
        return c.json(null);
    }
  })
  .route("/plain", plainPage())
  .route("/proof", proofApp(durableObjectStore(namespace), { now }));
