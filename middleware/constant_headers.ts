import { type Context, Hono, type MiddlewareHandler } from "hono";
import type { Step } from "./steps.ts";

/**
 * Sets the headers that `middleware` would set, for a middleware that sets the
 * same ones on every response: it is asked once.
 */
export function constantHeaders(middleware: MiddlewareHandler): Step {
  let headers: readonly (readonly [name: string, value: string])[] = [];
  function set(c: Context): void {
    const { headers: own } = c.res;
    for (const [name, value] of headers) own.set(name, value);
  }
  async function askAndSet(c: Context): Promise<void> {
    headers = await headersOf(middleware);
    set(c);
  }
  return () => headers.length === 0 ? askAndSet : set;
}

async function headersOf(
  middleware: MiddlewareHandler,
): Promise<[string, string][]> {
  const app = new Hono().use(middleware).get("/", (c) => c.body(null));
  return [...(await app.request("/")).headers];
}
