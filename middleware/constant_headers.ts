import { Hono, type MiddlewareHandler } from "hono";

/**
 * Sets the headers that `middleware` would set, for a middleware that sets the
 * same ones on every response: it is asked once.
 */
export function constantHeaders(
  middleware: MiddlewareHandler,
): MiddlewareHandler {
  let headers: readonly (readonly [name: string, value: string])[] | undefined;
  return async function constantHeaders(c, next) {
    headers ??= await headersOf(middleware);
    await next();
    const { headers: own } = c.res;
    for (const [name, value] of headers) own.set(name, value);
  };
}

async function headersOf(
  middleware: MiddlewareHandler,
): Promise<[string, string][]> {
  const app = new Hono().use(middleware).get("/", (c) => c.body(null));
  return [...(await app.request("/")).headers];
}
