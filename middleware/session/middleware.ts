import type { Context, MiddlewareHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import type { z } from "zod";
import { SessionClosedError } from "./errors.ts";
import { tell } from "./events.ts";
import {
  resolveOptions,
  type SessionOptions,
  type Settings,
} from "./options.ts";
import { type OwnedSessions, ownedSessions } from "./owned.ts";
import { finishBinding, viewOf } from "./request/info.ts";
import { admitted, load, type Visit } from "./request/load.ts";
import { answerForBinding, Opened } from "./request/opened.ts";
import {
  answerOf,
  discardResponse,
  markAnswer,
  markFromNowOn,
  sendCookie,
} from "./request/response.ts";
import type { Session } from "./session.ts";

/**
 * `c.var.session()`. Not calling it means no read, no verification, no cookie,
 * no cache header. `touch: false` opens without moving the idle end: for polling.
 */
export type SessionEnv<T, V extends string = "session"> = {
  Variables: {
    [K in V]: (options?: { readonly touch?: boolean }) => Promise<Session<T>>;
  };
};

/** The Env of an app that mounts `m`, for route modules: `new Hono<SessionEnvOf<typeof m>>()`. */
export type SessionEnvOf<M> = M extends MiddlewareHandler<infer E> ? E : never;

/** The middleware of an app, `app.use(sessions)`, and the questions about all of its sessions. */
export interface Sessions<
  S extends z.ZodObject = z.ZodObject,
  V extends string = "session",
> extends MiddlewareHandler<SessionEnv<z.output<S>, V>> {
  /**
   * All sessions of one owner.
   *
   * @throws {TypeError} without the option `owner`, or for an empty owner
   */
  of(owner: string): OwnedSessions<z.output<S>>;
  /**
   * For readiness: resolves when sessions can be read and written.
   *
   * @throws {SessionStoreError} when they cannot
   */
  ping(): Promise<void>;
}

/**
 * Sessions for a Hono app. A route opens the session when it wants it; its
 * changes are saved once, when the route is done. The module's page has an example.
 *
 * @throws {TypeError} that lists every wrong option
 */
export function session<S extends z.ZodObject, V extends string = "session">(
  options: SessionOptions<S, V>,
): Sessions<S, V> {
  const settings = resolveOptions(options);
  const handler: MiddlewareHandler<SessionEnv<z.output<S>, V>> =
    async function session(c, next) {
      const exchange = new Exchange(c, settings);
      if (!mount(c, settings, exchange.open)) return await next(); // it is mounted already
      const answer = answerForBinding(c, settings);
      if (answer !== undefined) return await answer;
      try {
        await next();
      } catch (error) {
        await exchange.end(() => statusOf(error) >= 500);
        throw error;
      }
      await exchange.end(() => isFailure(c));
    };
  const sessions = Object.assign(handler, {
    of: (owner: string) => ownedSessions(settings, owner),
    ping: () => settings.records.ping(),
  });
  known.set(sessions, settings);
  return sessions;
}

const known = new WeakMap<object, unknown>();

/** The settings of a `session()`, for tests. */
export function settingsOf<S extends z.ZodObject>(
  sessions: Sessions<S, string>,
): Settings<z.output<S>> {
  const settings = known.get(sessions);
  if (settings === undefined) {
    throw new TypeError("Give the middleware that session() returned");
  }
  return settings as Settings<z.output<S>>;
}

/** One request, from the moment that it reaches the middleware. */
class Exchange<T> {
  readonly #c: Context;
  readonly #settings: Settings<T>;
  #opening: Promise<Session<T>> | undefined;
  #opened: Opened<T> | undefined;
  #isTouching = false;
  #isClosed = false;

  constructor(c: Context, settings: Settings<T>) {
    this.#c = c;
    this.#settings = settings;
  }

  /** `c.var.session()`. */
  readonly open = (
    { touch = true }: { readonly touch?: boolean } = {},
  ): Promise<Session<T>> => {
    this.#isTouching ||= touch;
    if (this.#opened) this.#opened.isTouching = this.#isTouching;
    if (this.#opening !== undefined) return this.#opening;
    if (this.#opened) return Promise.resolve(this.#opened.session); // onEvent asks
    if (this.#isClosed) {
      const message =
        "The response is already made: open the session before the route returns";
      return Promise.reject(new SessionClosedError(message));
    }
    markFromNowOn(this.#c);
    const visit = load(this.#c, this.#settings);
    this.#opening = visit instanceof Promise
      ? visit.then((loaded) => this.#begin(loaded))
      : Promise.resolve(this.#begin(visit));
    // A route that does something else first has its error when it asks.
    this.#opening.catch(() => {});
    return this.#opening;
  };

  #begin(loaded: Visit<T>): Session<T> {
    const { binding, https, onEvent } = this.#settings;
    const visit = binding && loaded.base && loaded.cookie === https
      ? admitted(
        loaded,
        binding.admit(this.#c, viewOf(loaded.base, loaded.now, this.#settings)),
      )
      : loaded;
    const opened = new Opened(visit, this.#settings);
    opened.isTouching = this.#isTouching;
    this.#opened = opened;
    if (visit.rejected !== undefined) {
      tell(this.#c, onEvent, { type: "rejected", reason: visit.rejected });
    }
    return opened.session;
  }

  /** The route is done, or an error passes through and the answer is made elsewhere: saves, and sends the cookie. */
  async end(isFailed: () => boolean): Promise<void> {
    this.#isClosed = true;
    if (this.#opening === undefined) return;
    // If the opening failed, the route has the error, and there is nothing to save.
    if (this.#opened === undefined) await this.#opening.catch(() => {});
    const opened = this.#opened;
    opened?.session.close();
    markAnswer(this.#c);
    if (opened === undefined) return;
    try {
      if (opened.isNothingToDo) return;
      await opened.finish(isFailed());
    } catch (error) {
      // The route's own `commit()` stays, and its cookie goes out with the error answer.
      if (this.#c.finalized) discardResponse(this.#c);
      sendCookie(this.#c, opened.line);
      opened.tell(this.#c);
      throw error;
    }
    sendCookie(this.#c, opened.line);
    finishBinding(this.#c, opened.saved, opened.visit, this.#settings);
    opened.tell(this.#c);
  }
}

/** A failure is an answer of 500 or above, or an error other than an HTTPException below 500. */
function isFailure(c: Context): boolean {
  return (answerOf(c)?.status ?? 0) >= 500 ||
    c.error !== undefined && statusOf(c.error) >= 500;
}

/** The status of the answer to a thrown value. */
function statusOf(thrown: unknown): number {
  if (thrown instanceof Response) return thrown.status;
  // Or the HTTPException of another copy of hono.
  const isHttp = thrown instanceof HTTPException ||
    thrown instanceof Error && "getResponse" in thrown;
  return isHttp ? (thrown as HTTPException).status ?? 500 : 500;
}

/** Where a context keeps the sessions that are mounted on it. */
const MOUNTED = Symbol("session()");

/**
 * Puts `open` on the context under the session's variable; false when this very
 * `session()` is there already, as when a sub-app mounts it again.
 *
 * @throws when another session has the variable or the cookie, or something else has the variable
 */
function mount<T>(
  c: Context,
  settings: Settings<T>,
  open: Exchange<T>["open"],
): boolean {
  const { variable, cookieName } = settings;
  const context: Context & { [MOUNTED]?: readonly Settings<T>[] } = c;
  const mounted = context[MOUNTED] ?? [];
  if (mounted.includes(settings)) return false;
  for (const other of mounted) {
    if (other.variable === variable) {
      throw new Error(
        `session() was called twice for c.var.${variable}: call it once, and mount what it returned in both places. A second kind of session needs its own \`variable\` and \`cookieName\``,
      );
    }
    if (other.cookieName === cookieName) {
      throw new Error(
        `Two sessions would write the cookie "${cookieName}": give c.var.${variable} its own \`cookieName\``,
      );
    }
  }
  if (c.get(variable) !== undefined) {
    throw new Error(
      `c.var.${variable} is already set by other middleware; give session() another \`variable\``,
    );
  }
  context[MOUNTED] = [...mounted, settings];
  c.set(variable, open);
  return true;
}
