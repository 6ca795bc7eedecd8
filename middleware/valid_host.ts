import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";

/** A Host header that is none, such as `a b` or `localhost:99999`, is 400 (RFC 9112, 3.2). */
export const validHost: MiddlewareHandler = async function validHost(c, next) {
  if (!URL.canParse(c.req.url)) throw new HTTPException(400);
  await next();
};
