// What the tests' sessions hold; small apps over them, and a look at their cookies.
import { type Context, Hono } from "hono";
import type { HTTPException } from "hono/http-exception";
import { z } from "zod";
import {
  type Session,
  session,
  type SessionEnv,
  type SessionOptions,
  type Sessions,
} from "../../middleware/session/mod.ts";
import { sealFor } from "../../middleware/session/testing/mod.ts";
import { controlledStore } from "./controlled_store.ts";

export const SECRET = "a secret of the tests: 32 bytes or more";
export const OTHER_SECRET = "another secret: also with 32 bytes or more";

/** The data of the tests' sessions: a counter, a name, a list, a flash message. */
export const schema = z.object({
  count: z.number().default(0),
  name: z.string().optional(),
  list: z.array(z.string()).default([]),
  flash: z.string().optional(),
});

export type Data = z.output<typeof schema>;
export type TestApp = Hono<SessionEnv<Data>>;
export type Options = SessionOptions<typeof schema>;

/** A clock that stands still until a test moves it. Seconds since the epoch. */
export class Clock {
  seconds = 1_800_000_000;
  readonly now = (): number => this.seconds;
}

export interface TestAppOptions extends Partial<Options> {
  readonly clock?: Clock;
}

/** The options of a test app: everything as usual, but for what is given. */
export function options(
  { clock = new Clock(), ...given }: TestAppOptions = {},
): Options {
  return { schema, secrets: [SECRET], now: clock.now, ...given };
}

/** A session is the name's that it holds. */
export const byName = (data: { readonly name?: string | undefined }) =>
  data.name;

/** Both kinds of store, for what must hold with either. */
export const STORES = {
  cookie: () => ({}),
  server: () => ({ store: controlledStore() }),
} as const;

/** The parts of the session's Set-Cookie line; undefined when there is none, an error when there are two. */
export function setCookie(response: Response): string | undefined {
  const lines = response.headers.getSetCookie().filter((line) =>
    /^(?:__Host-)?session=/.test(line)
  );
  if (lines.length > 1) throw new Error(`${lines.length} session cookies`);
  return lines[0];
}

/** The Cookie header that a Set-Cookie line leads to; without a line the browser has the one from before. */
export function cookieOf(response: Response, before?: string): string {
  const pair = setCookie(response)?.split(";")[0] ?? before;
  if (pair === undefined) throw new Error("No session cookie was set");
  return pair;
}

export function isCleared(response: Response): boolean {
  return /^(?:__Host-)?session=;.*Max-Age=0/.test(setCookie(response) ?? "");
}

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
      const session = await c.var.session();
      const answer = await programs[c.req.param("program")]!(session, c);
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

/** `/who` is whose session it is, or why there is none; `/write?NAME` and `/add` change it; `/end` is when it ends if no request comes. */
export function readApp(given: TestAppOptions): TestApp {
  return world(given, {
    who: ({ data, info }, c) =>
      c.text(info.rejected ?? data.name ?? "stranger"),
    write(session, c) {
      session.update({ name: new URL(c.req.url).search.slice(1) || "Jay" });
    },
    end: ({ info }) => info.endsAt.idle,
    add,
  }).app;
}

/** Whom a Cookie header opens: the name, or the reason why not; "cleared" when the answer clears it. */
export function whoIs(
  given: TestAppOptions,
  origin = "http://localhost",
): (cookie: string) => Promise<string> {
  const app = readApp(given);
  return async (cookie) => {
    const headers = { cookie };
    const response = await app.request(`${origin}/who`, { headers });
    return isCleared(response) ? "cleared" : await response.text();
  };
}
