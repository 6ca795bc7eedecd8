import type {
  Context,
  ErrorHandler,
  MiddlewareHandler,
  NotFoundHandler,
} from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { Problem, type ProblemProps } from "../components/problem.tsx";
import type { FailureLog } from "../middleware/failure_log.ts";
import {
  SessionLifetimeError,
  SessionStoreError,
} from "../middleware/session/mod.ts";
import { type Page, PAGE_NAMES, PAGES } from "../pages.ts";
import type { AppEnv } from "../visitor.ts";
import { languageOf, sendPage } from "./page.ts";

/** Error answers are pages too. */
async function problem(
  c: Context<AppEnv>,
  status: ContentfulStatusCode,
  details: Pick<ProblemProps, "method" | "allowed" | "next" | "described"> = {},
): Promise<Response> {
  const requestId = c.get("requestId");
  const knownAs = await visitorName(c, status);
  c.header("Cache-Control", "private, no-store"); // it depends on the language
  return sendPage(
    c,
    <Problem
      status={status}
      requestId={requestId}
      language={languageOf(c)}
      knownAs={knownAs}
      {...details}
    />,
    status,
  );
}

/**
 * The name in the session; null: there is none. Undefined where the session
 * cannot be asked: before it is mounted, and when it or its store has failed.
 */
async function visitorName(
  c: Context<AppEnv>,
  status: ContentfulStatusCode,
): Promise<string | null | undefined> {
  const open: AppEnv["Variables"]["session"] | undefined = c.get("session");
  if (open === undefined || status >= 500 || status === 409) return undefined;
  try {
    return (await open()).data.name ?? null;
  } catch (error) {
    if (error instanceof SessionStoreError) return undefined;
    throw error;
  }
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

/** Characters. A client may make up a method of any length. */
const LONGEST_METHOD = 20;

export function wrongMethod(
  c: Context<AppEnv>,
  methods: string[],
): Promise<Response> {
  const allowed = methods.join(", ");
  c.header("Allow", allowed);
  const method = c.req.method.slice(0, LONGEST_METHOD);
  return problem(c, 405, { method, allowed, next: pageAbove(c.req.path) });
}

/** The page that an address belongs to: `/session` for `/session/renew`. */
function pageAbove(path: string): Page {
  return PAGE_NAMES.find((page) => `${path}/`.startsWith(`${PAGES[page]}/`)) ??
    "home";
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
    return problem(c, status as ContentfulStatusCode, {
      ...(error instanceof SessionLifetimeError && { described: "over" }),
    });
  };
}
