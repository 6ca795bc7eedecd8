import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { SessionEvent } from "./session/mod.ts";

export type Telemetry = Awaited<ReturnType<typeof telemetry>>;

/**
 * Names and counts for OpenTelemetry, which Deno exports. Loads its API, which
 * an app without OTEL_DENO=true does not need.
 */
export async function telemetry() {
  const { metrics, trace } = await import("npm:@opentelemetry/api@1.9.0");
  const meter = metrics.getMeter("baton");
  const events = meter.createCounter("baton.session.events");
  const outages = meter.createCounter("baton.store.outages");

  /**
   * Names the span that Deno begins for each request after its route, such as
   * `GET /show`, with the attribute `http.route`, because a path alone may be
   * anything that a visitor types. A request that no route takes keeps the
   * method as its name.
   * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
   */
  const nameSpan: MiddlewareHandler = async (c, next) => {
    const span = trace.getActiveSpan();
    await next();
    const route = routePath(c, -1);
    if (span === undefined || route.endsWith("*")) return;
    span.setAttribute("http.route", route);
    span.updateName(`${c.req.method} ${route}`);
  };

  return {
    nameSpan,
    /** For `onEvent`: counts `baton.session.events`, by `type` and, for a rejected cookie, by `reason`. */
    countEvent(event: SessionEvent): void {
      const { type } = event;
      const reason = type === "rejected" ? { reason: event.reason } : {};
      events.add(1, { type, ...reason });
    },
    /** Counts `baton.store.outages`, by `store`. */
    countOutage: (store: string) => outages.add(1, { store }),
  };
}
