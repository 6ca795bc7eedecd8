// A Worker for tests: the Durable Object's SessionStore and a few routes over it, reached by HTTP.
// @ts-types="../../middleware/session/stores/durable_object/cloudflare_workers.d.ts"
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import {
  durableObjectStore,
  type SessionNamespace,
  SessionObject as StoredSession,
} from "../../middleware/session/stores/durable_object/mod.ts";
import { decode, encode } from "./bytes_json.ts";
import { contractApp } from "./contract_app.ts";
import { SECRET } from "./test_app.ts";

/** A test's own doings with an object, beside the store's. */
export class SessionObject extends StoredSession {
  /** When it will be woken; null: never. */
  async alarmAt(): Promise<number | null> {
    return await this.ctx.storage.getAlarm();
  }

  /** As Cloudflare does with an alarm that failed six times. */
  async loseAlarm(): Promise<void> {
    await this.ctx.storage.deleteAlarm();
  }

  /** Its alarm rings now. */
  async ring(): Promise<void> {
    await this.alarm();
  }

  /** The stored entries. */
  names(): string[] {
    return [...this.ctx.storage.kv.list({ prefix: "" })].map(([name]) => name);
  }

  /** As if everything had been written so many seconds earlier. */
  age(seconds: number): void {
    const { kv } = this.ctx.storage;
    const list = [...kv.list<Record<string, unknown>>({ prefix: "" })];
    for (const [name, entry] of list) {
      const times = ["endsAt", "addedAt"].flatMap((key) =>
        typeof entry[key] === "number"
          ? [[key, entry[key] - seconds * 1000]]
          : []
      );
      kv.put(name, { ...entry, ...Object.fromEntries(times) });
    }
  }
}

// deno-lint-ignore no-explicit-any
type Methods = Record<string, (...args: any[]) => unknown>;

const namespace = env["SESSIONS"] as SessionNamespace;
const store = durableObjectStore(namespace);

/** The objects, of which the first `times` answers are lost: they did what was asked. */
function losing(times: number, error: object) {
  const lost = { calls: 0 };
  const getByName = (name: string) =>
    new Proxy(namespace.getByName(name), {
      get: (stub, method: string) => async (...args: unknown[]) => {
        const answer = await (stub as unknown as Methods)[method]?.(...args);
        if (++lost.calls <= times) throw Object.assign(new Error(), error);
        return answer;
      },
    });
  return Object.assign(lost, { store: durableObjectStore({ getByName }) });
}

async function call(target: object, method: string, args: unknown[]) {
  return await (target as Methods)[method]?.(...args);
}

export default new Hono()
  .post("/store/:method", async (c) => {
    const args = decode(await c.req.text());
    return c.body(encode(await call(store, c.req.param("method"), args)));
  })
  .post("/object/:name/:method", async (c) => {
    const { name, method } = c.req.param();
    const args = decode(await c.req.text());
    return c.body(encode(await call(namespace.getByName(name), method, args)));
  })
  .post("/losing/:method", async (c) => {
    const { times, error, args } = decode(await c.req.text());
    const lossy = losing(times, error);
    const answer = await call(lossy.store, c.req.param("method"), args)
      .catch(() => "failed");
    return c.body(encode([answer ?? null, lossy.calls]));
  })
  .route(
    "/",
    contractApp({
      secrets: [SECRET],
      store,
      trustProxy: true,
    }),
  );
