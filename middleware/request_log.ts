import type { MiddlewareHandler } from "hono";
import type { Log } from "./log.ts";

/**
 * A line a request: method, path, status, milliseconds, request id. No query,
 * no address, no header: nothing that tells who the visitor is. No line for
 * health checks that went well: load balancers ask several times a second.
 */
export function requestLog(log: Log): MiddlewareHandler {
  return async function requestLog(c, next) {
    const start = performance.now();
    await next();
    const ms = performance.now() - start;
    const method = printable(c.req.method, 16);
    const path = printable(c.req.path, 100);
    const { status } = c.res;
    if (status === 200 && HEALTH.has(path)) return;
    const requestId: string = c.get("requestId");
    log(`${method} ${path} ${status} ${ms.toFixed(1)} ms ${requestId}`, {
      level: status >= 500 ? "error" : "info",
      event: "request",
      method,
      path,
      status,
      requestId,
      ms: Math.round(ms * 1000) / 1000,
    });
  };
}

const HEALTH = new Set(["/healthz", "/livez"]);

const UNPRINTABLE = /[^!-~]/;

/** The client's text, escaped so that it cannot forge a line, and cut. */
function printable(text: string, length: number): string {
  if (text.length <= length && !UNPRINTABLE.test(text)) return text;
  const escaped = text.slice(0, length + 1).replace(
    /[^!-~]/g,
    (character) => encodeURIComponent(character.toWellFormed()),
  );
  return escaped.length > length ? `${escaped.slice(0, length)}…` : escaped;
}
