import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { SessionEvent } from "./session/mod.ts";

/** Names and counts for OpenTelemetry, which Deno exports (OTEL_DENO=true). */
export interface Telemetry {
  /**
   * Names the span that Deno begins for each request after its route, such as
   * `GET /show`, with the attribute `http.route`, because a path alone may be
   * anything that a visitor types. A request that no route takes keeps the
   * method as its name.
   * https://opentelemetry.io/docs/specs/semconv/http/http-spans/
   */
  readonly nameSpan: MiddlewareHandler;
  /** For `onEvent`: counts `baton.session.events`, by `type` and, for a rejected cookie, by `reason`. */
  countEvent(event: SessionEvent): void;
  /** Counts `baton.store.outages`, by `store`. */
  countOutage(store: string): void;
}

/** Loads the API of OpenTelemetry, which an app without OTEL_DENO=true does not need. */
export async function telemetry(): Promise<Telemetry> {
  const { metrics, trace } = await import("npm:@opentelemetry/api@1.9.0");
  const meter = metrics.getMeter("baton");
  const events = meter.createCounter("baton.session.events");
  const outages = meter.createCounter("baton.store.outages");
  return {
    async nameSpan(c, next) {
      const span = trace.getActiveSpan();
      await next();
      const route = routePath(c, -1);
      if (span === undefined || route.endsWith("*")) return;
      span.setAttribute("http.route", route);
      span.updateName(`${c.req.method} ${route}`);
    },
    countEvent(event) {
      const { type } = event;
      events.add(
        1,
        type === "rejected" ? { type, reason: event.reason } : { type },
      );
    },
    countOutage: (store) => outages.add(1, { store }),
  };
}
