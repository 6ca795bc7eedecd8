import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";

/**
 * Names the span that Deno begins for each request (OTEL_DENO=true) after its
 * route, such as `GET /show`, with the attribute `http.route`: a path alone may
 * be anything that a visitor types. A request that no route takes keeps the
 * method as its name.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function routeSpan(): MiddlewareHandler {
  // Loaded only where it is asked for: nobody else downloads it.
  const loading = import("npm:@opentelemetry/api@1.9.0");
  return async function routeSpan(c, next) {
    const { trace } = await loading;
    const span = trace.getActiveSpan();
    await next();
    const route = routePath(c, -1);
    if (span === undefined || route.endsWith("*")) return;
    span.setAttribute("http.route", route);
    span.updateName(`${c.req.method} ${route}`);
  };
}
