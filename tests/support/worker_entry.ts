// A Worker for tests: the Durable Object's SessionStore and a few routes over it, reached by HTTP.
// @ts-types="../../middleware/session/stores/durable_object/cloudflare_workers.d.ts"
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import {
  durableObjectStore,
  type SessionNamespace,
  SessionObject as StoredSession,
} from "../../middleware/session/stores/durable_object/mod.ts";
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

type TestStub = Pick<
  SessionObject,
  "alarmAt" | "loseAlarm" | "ring" | "names" | "age"
>;

const namespace = env["SESSIONS"] as SessionNamespace;
const backend = durableObjectStore(namespace);
const stub = (name: string) => namespace.getByName(name) as unknown as TestStub;

/** The questions of a test to the store. Bytes travel as numbers. */
export type Question =
  | { ask: "get" | "remove" | "owned"; key: string }
  | { ask: keyof TestStub; key: string; seconds?: number }
  | {
    ask: "swap";
    key: string;
    value: number[];
    expected: string | null;
    ttlSeconds: number;
    owner?: string;
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
            question.owner,
          ),
        );
      case "remove":
        await backend.remove(question.key);
        return c.json(null);
      case "owned":
        return c.json(await backend.owned?.(question.key));
      case "age":
        await stub(question.key).age(question.seconds ?? 0);
        return c.json(null);
      default:
        return c.json(await stub(question.key)[question.ask]() ?? null);
    }
  })
  .post("/failing/:ask", async (c) => {
    const { times, ...error } = await c.req.json();
    return c.json(await failing(c.req.param("ask"), times, error));
  })
  .route(
    "/",
    contractApp({
      secrets: [SECRET],
      store: durableObjectStore(namespace),
      trustProxy: true,
    }),
  );

/** A backend whose objects fail so many times after they did what was asked. */
async function failing(ask: string, times: number, properties: object) {
  let calls = 0;
  const unreliable: SessionNamespace = {
    getByName: (name) =>
      new Proxy(namespace.getByName(name), {
        get:
          (stub, method: keyof ReturnType<SessionNamespace["getByName"]>) =>
          async (...args: never[]) => {
            const answer =
              await (stub[method] as (...args: never[]) => unknown)(
                ...args,
              );
            if (++calls <= times) throw Object.assign(new Error(), properties);
            return answer;
          },
      }),
  };
  const backend = durableObjectStore(unreliable);
  const key = crypto.randomUUID();
  const value = new Uint8Array(1);
  const asks: Record<string, () => Promise<unknown>> = {
    get: () => backend.get(key),
    begin: () => backend.swap(key, value, null, 60),
    update: () => backend.swap(key, value, "x", 60),
    remove: () => backend.remove(key),
  };
  const answer = await asks[ask]?.().catch(() => "failed") ?? null;
  return { answer, calls };
}
