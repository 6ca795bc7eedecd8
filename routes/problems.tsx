import type {
  Context,
  ErrorHandler,
  MiddlewareHandler,
  NotFoundHandler,
} from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Problem } from "../components/problem.tsx";
import type { FailureLog } from "../middleware/failure_log.ts";
import { SessionLifetimeError } from "../middleware/session/mod.ts";
import type { AppEnv } from "../visitor.ts";
import { languageOf } from "./language_of.ts";
import { sendPage } from "./send_page.ts";

/** Error answers are pages too. They never open a session. */
function problem(
  c: Context<AppEnv>,
  status: ContentfulStatusCode,
  isOver = false,
): Response | Promise<Response> {
  const requestId = c.get("requestId");
  c.header("Cache-Control", "private, no-store"); // it depends on the language
  return sendPage(
    c,
    <Problem
      status={status}
      requestId={requestId}
      language={languageOf(c)}
      isOver={isOver}
    />,
    status,
  );
}

/** `wrongMethod` turns the answer into a 405 where another method has a route. */
export function notFound(
  wrongMethod: MiddlewareHandler,
): NotFoundHandler<AppEnv> {
  return async (c) => {
    c.res = await problem(c, 404);
    await wrongMethod(c, () => Promise.resolve());
    return c.res;
  };
}

export function wrongMethod(
  c: Context<AppEnv>,
  methods: string[],
): Response | Promise<Response> {
  c.header("Allow", methods.join(", "));
  return problem(c, 405);
}

/** An answer for whatever was thrown; what only the operator may know goes to the log. */
export function onError(failures: FailureLog): ErrorHandler<AppEnv> {
  return (error, c) => {
    const status = error instanceof HTTPException ? error.status : 500;
    if (status >= 500) failures.failed(error, c.get("requestId"));
    const retryAfter = error instanceof HTTPException &&
      error.res?.headers.get("Retry-After");
    if (retryAfter) c.header("Retry-After", retryAfter);
    if (status === 408) c.header("Connection", "close"); // what is late may still come (RFC 9110, 15.5.9)
    const isOver = error instanceof SessionLifetimeError;
    return problem(c, status as ContentfulStatusCode, isOver);
  };
}
