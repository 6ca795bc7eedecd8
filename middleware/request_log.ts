import type { Log } from "../log.ts";
import type { Step } from "./steps.ts";

/**
 * A line a request: method, path, status, milliseconds, request id. No query,
 * address or header, so that the log does not identify visitors.
 */
export function requestLog(log: Log): Step {
  return () => {
    const start = performance.now();
    return (c) => {
      const ms = performance.now() - start;
      const method = printable(c.req.method, 16);
      const path = printable(c.req.path, 100);
      const { status } = c.res;
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
  };
}

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
