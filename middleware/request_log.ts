import type { MiddlewareHandler } from "hono";

/**
 * A line a request: method, path, status, milliseconds, request id. No query,
 * no address, no header: nothing that tells who the visitor is.
 */
export function requestLog(
  log: (line: string) => void,
): MiddlewareHandler<{ Variables: { requestId: string } }> {
  return async function requestLog(c, next) {
    const start = performance.now();
    await next();
    const ms = (performance.now() - start).toFixed(1);
    const path = printable(c.req.path, 100);
    log(
      `${printable(c.req.method, 16)} ${path} ${c.res.status} ${ms} ms ${
        c.get("requestId")
      }`,
    );
  };
}

/** The client's text: escaped, so that it cannot forge a line, and cut. */
function printable(text: string, length: number): string {
  const escaped = text.slice(0, length + 1).replace(
    /[^!-~]/g,
    (character) => encodeURIComponent(character.toWellFormed()),
  );
  return escaped.length > length ? `${escaped.slice(0, length)}…` : escaped;
}
