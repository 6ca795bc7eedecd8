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

/** A question to the store, or to one of its objects. */
export interface Question {
  readonly method: string;
  readonly args: readonly unknown[];
  /** The object's. */
  readonly name?: string;
  /** The store fails with this error, so many times, after the object did what was asked. */
  readonly lost?: { readonly times: number; readonly error: object };
}

async function answer({ method, args, name, lost }: Question) {
  let calls = 0;
  const getByName = (name: string) =>
    new Proxy(namespace.getByName(name), {
      get: (stub, method: string) => async (...args: unknown[]) => {
        const answer = await (stub as unknown as Methods)[method]?.(...args);
        if (++calls <= lost!.times) {
          throw Object.assign(new Error(), lost!.error);
        }
        return answer;
      },
    });
  const target = name !== undefined
    ? namespace.getByName(name)
    : lost === undefined
    ? store
    : durableObjectStore({ getByName });
  const found = (target as unknown as Methods)[method]!(...args);
  if (lost === undefined) return await found;
  return [await Promise.resolve(found).catch(() => "failed") ?? null, calls];
}

export default new Hono()
  .post(
    "/ask",
    async (c) => c.body(encode(await answer(decode(await c.req.text())))),
  )
  .route("/", contractApp({ secrets: [SECRET], store, trustProxy: true }));
