import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import { randomId } from "./cookie/base64url.ts";
import { SessionClosedError, SessionConflictError } from "./errors.ts";
import { tell } from "./events.ts";
import { infoOf } from "./request/info.ts";
import { load, type Visit } from "./request/load.ts";
import { mount } from "./request/mount.ts";
import {
  resolveOptions,
  type SessionOptions,
  type Settings,
} from "./options.ts";
import {
  cookieLine,
  decide,
  discardResponse,
  eventOf,
  finish,
} from "./request/response.ts";
import { isTouchDue, save, type Saved, UNCHANGED } from "./request/save.ts";
import { OpenSession, type Session } from "./session.ts";

/** `c.var.session()`. Not calling it means no read, no verification, no cookie, no cache header. */
export type SessionEnv<T, V extends string = "session"> = {
  Variables: { [K in V]: () => Promise<Session<T>> };
};

/** The Env of an app that mounts `m`, for route modules: `new Hono<SessionEnvOf<typeof m>>()`. */
export type SessionEnvOf<M> = M extends MiddlewareHandler<infer E> ? E : never;

/**
 * Sessions for a Hono app. A route opens the session when it wants it; what it
 * changes is saved once, when the route is done.
 *
 * ```ts
 * import { session } from "@baton/session";
 * import { Hono } from "hono";
 * import { z } from "zod";
 *
 * const schema = z.object({ name: z.string().optional() });
 * const secrets = ["32 bytes or more, from `openssl rand -base64 32`"];
 * const app = new Hono().use(session({ schema, secrets }));
 *
 * app.get("/hello", async (c) => {
 *   const { data } = await c.var.session();
 *   return c.text(`Hello, ${data.name ?? "stranger"}`);
 * });
 * ```
 *
 * @throws {TypeError} when an option is wrong: at once, naming all that are
 */
export function session<S extends z.ZodObject, V extends string = "session">(
  options: SessionOptions<S, V>,
): MiddlewareHandler<SessionEnv<z.output<S>, V>> {
  type T = z.output<S>;
  const settings = resolveOptions(options);
  const { binding } = settings;

  return async function session(c, next) {
    let opening: Promise<Session<T>> | undefined;
    let opened: Opened<T> | undefined;
    let isCommitted = false;

    function begin(loaded: Visit<T>): Session<T> {
      const visit = binding?.admit(c, loaded) ?? loaded;
      opened = openedBy(visit, settings);
      if (visit.rejected !== undefined) {
        tell(c, settings.onEvent, { type: "rejected", reason: visit.rejected });
      }
      return opened.session;
    }
    function open(): Promise<Session<T>> {
      if (opening !== undefined) return opening;
      if (isCommitted) {
        const message =
          "The response is already made: open the session before the route returns";
        return Promise.reject(new SessionClosedError(message));
      }
      const visit = load(c, settings);
      return opening = visit instanceof Promise
        ? visit.then(begin)
        : Promise.resolve(begin(visit));
    }

    if (!mount(c, settings, open)) return await next(); // it is mounted already
    const answer = binding?.respond(c);
    if (answer !== undefined) return await answer;
    await next();
    isCommitted = true;
    if (opening === undefined) return;
    // A session that could not be opened is the route's to answer for: there is nothing to save.
    if (opened === undefined) await opening.catch(() => {});
    opened?.session.close();
    if (opened === undefined || isNothingToDo(opened, settings)) finish(c);
    else await commit(c, opened, settings);
  };
}

/** A session that a route holds, and the visit that it came from. */
export interface Opened<T> {
  readonly session: OpenSession<T>;
  readonly visit: Visit<T>;
}

/** What a route gets, given what the request brought. */
export function openedBy<T>(visit: Visit<T>, settings: Settings<T>): Opened<T> {
  const { schema } = settings;
  const session = new OpenSession<T>({
    schema,
    data: visit.base?.data ?? schema.empty(),
    now: visit.now,
    newId: randomId,
    info: (outcome) => infoOf(visit, outcome, settings),
  });
  return { session, visit };
}

/** Whether all is as it was: then the answer does not wait. */
function isNothingToDo<T>(
  { session, visit }: Opened<T>,
  settings: Settings<T>,
): boolean {
  return session.isUntouched &&
    decide(UNCHANGED, visit).kind === "nothing" &&
    visit.bindTo === undefined && visit.unproven === undefined &&
    !isTouchDue(visit.base, visit, settings);
}

/** After the route: saves what changed, and tells the browser. */
async function commit<T>(
  c: Context,
  { session, visit }: Opened<T>,
  settings: Settings<T>,
): Promise<void> {
  let saved: Saved;
  let line: string | undefined;
  try {
    saved = isFailure(c) && session.outcome.kind !== "destroy"
      ? UNCHANGED
      : await save(session, visit, settings);
    line = cookieLine(decide(saved, visit), visit, settings);
  } catch (error) {
    discardResponse(c);
    if (error instanceof SessionConflictError) {
      tell(c, settings.onEvent, { type: "conflict", id: session.info.id });
    }
    throw error;
  }
  finish(c, line);
  settings.binding?.finish(c, saved, visit);
  const event = eventOf(saved, visit);
  if (event !== undefined) tell(c, settings.onEvent, event);
}

/** A thrown HTTPException below 500 is an answer like any other; what else was thrown, and a 5xx, is a failure. */
function isFailure(c: Context): boolean {
  const { error } = c;
  if (error === undefined) return c.res.status >= 500;
  return !isHttpException(error) || error.status >= 500 ||
    c.res.status >= 500;
}

/** Also one of another copy of hono. */
function isHttpException(error: Error): error is HTTPException {
  return error instanceof HTTPException || "getResponse" in error;
}
