import type { MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";

const FORM =
  /^(?:application\/x-www-form-urlencoded|multipart\/form-data)\s*(?:;|$)/i;

/**
 * A POST carries a form or nothing: 415 otherwise. Other sites' scripts can
 * send nothing else without asking first, so hono/csrf looks at forms only.
 */
export const formsOnly: MiddlewareHandler = async function formsOnly(c, next) {
  const type = c.req.header("Content-Type");
  if (c.req.method === "POST" && type !== undefined && !FORM.test(type)) {
    throw new HTTPException(415);
  }
  await next();
};
