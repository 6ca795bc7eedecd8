import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";

/**
 * Names the span that Deno begins for each request (OTEL_DENO=true) after its
 * route, such as `GET /show`, with the attribute `http.route`. A path could be
 * anything that a visitor types. A request without a route keeps its method as the
 * name.
 * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
 */
export function routeSpan(): MiddlewareHandler {
  // Imported only here, so that it is downloaded only when traces are on.
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
