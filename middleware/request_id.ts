import type { MiddlewareHandler } from "hono";

/** The characters of usual ids, so that no id can forge a log line, or fill it. */
const PLAIN_ID = /^[\w\-=]{1,64}$/;

/**
 * The request's id, in the log and in the answer's X-Request-Id: the client's
 * own when it is short and plain, otherwise a new one. Like hono/request-id, but
 * the header is set on the finished response. Setting it before makes hono copy
 * all headers, which costs more than the id.
 */
export const requestId: MiddlewareHandler = async (c, next) => {
  const given = c.req.header("X-Request-Id");
  const id = given !== undefined && PLAIN_ID.test(given)
    ? given
    : crypto.randomUUID();
  c.set("requestId", id);
  await next();
  c.res.headers.set("x-request-id", id);
};
