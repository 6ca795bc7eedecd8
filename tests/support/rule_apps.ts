// Small apps that the tests of the rules share.
import assert from "node:assert/strict";
import { type Context, Hono } from "hono";
import type { HTTPException } from "hono/http-exception";
import {
  type Session,
  session,
  type SessionEnv,
  type Sessions,
} from "../../middleware/session/mod.ts";
import { sealFor } from "../../middleware/session/testing/mod.ts";
import {
  type Data,
  isCleared,
  options,
  type schema,
  type TestApp,
  type TestAppOptions,
} from "./test_app.ts";

/** The work of a route. It returns a Response, or what becomes JSON; after nothing, the answer is the session's id and data. */
export type Program = (
  session: Session<Data>,
  c: Context<SessionEnv<Data>>,
) => unknown;

interface World {
  readonly sessions: Sessions<typeof schema>;
  /** Without programs it has neither a middleware nor a route. */
  readonly app: TestApp;
  /** A session with this data: its Cookie header. */
  seal(data?: Partial<Data>): Promise<string>;
  /** The data that a cookie opens now, or null. */
  read(cookie: string): Promise<Data | null>;
  /** A request with this cookie. */
  ask(path: string, cookie?: string, init?: RequestInit): Promise<Response>;
}

/** Sessions, an app over them whose route `/NAME` runs the program of that name, and a look at what is stored. */
export function world(
  given: TestAppOptions = {},
  programs?: Record<string, Program>,
): World {
  const sessions = session(options(given));
  const reader = new Hono<SessionEnv<Data>>().use(sessions)
    .get("/", async (c) => {
      const { data, info } = await c.var.session({ touch: false });
      return c.json(info.isNew ? null : data);
    });
  const app = new Hono<SessionEnv<Data>>();
  app.onError((error, c) => {
    const { status = 500 } = error as Partial<HTTPException>;
    return c.text(error.name, status);
  });
  if (programs !== undefined) {
    app.use(sessions).all("/:program", async (c) => {
      const run = programs[c.req.param("program")] ?? assert.fail();
      const session = await c.var.session();
      const answer = await run(session, c);
      if (answer instanceof Response) return answer;
      return c.json(answer ?? [session.info.id, session.data]);
    });
  }
  const ask = async (path: string, cookie = "", init: RequestInit = {}) => {
    const headers = new Headers(init.headers);
    if (cookie !== "") headers.set("Cookie", cookie);
    return await app.request(path, { ...init, headers });
  };
  return {
    ...{ sessions, app, ask },
    seal: (data = {}) => sealFor(sessions, data),
    async read(cookie) {
      return await (await reader.request("/", { headers: { cookie } })).json();
    },
  };
}

export const add: Program = (session) =>
  session.update(({ count }) => ({ count: count + 1 }));

/** Programs that many tests need. */
export const PROGRAMS = {
  ...{ read() {}, add },
  regenerate: (session) => session.regenerate(),
  restart: (session) => session.restart(),
  destroy: (session) => session.destroy(),
} satisfies Record<string, Program>;

/** Asserts that no shared cache keeps the answer. */
export function isMarked({ headers }: Response, what?: string): void {
  assert.equal(headers.get("Cache-Control"), "private, no-store", what);
  assert.match(headers.get("Vary") ?? "", /\bCookie\b/, what);
}

/** `console.error` is where hono reports an error that no handler takes. */
export async function quietly<R>(task: () => Promise<R>): Promise<R> {
  const { error } = console;
  console.error = () => {};
  try {
    return await task();
  } finally {
    console.error = error;
  }
}

/** `/who` is whose session it is, or why there is none; `/write?NAME` and `/add` change it; `/end` is when it ends if no request comes. */
export function readApp(given: TestAppOptions): TestApp {
  return world(given, {
    who: ({ data, info }, c) => c.text(info.rejected ?? data.name ?? "nobody"),
    write(session, c) {
      session.update({ name: new URL(c.req.url).search.slice(1) || "Jay" });
    },
    end: ({ info }) => info.endsAt.idle,
    add,
  }).app;
}

/** The result of a Cookie header: the name or the reason, and "kept" or not. */
export function whoIs(
  given: TestAppOptions,
  origin = "http://localhost",
): (cookie: string) => Promise<[string, string]> {
  const app = readApp(given);
  return async (cookie) => {
    const response = await app.request(`${origin}/who`, {
      headers: { cookie },
    });
    assert.equal(response.status, 200);
    return [await response.text(), isCleared(response) ? "cleared" : "kept"];
  };
}
