// What the tests' sessions hold, and how; and a look at their cookies.
import type { Hono } from "hono";
import { z } from "zod";
import type {
  SessionEnv,
  SessionOptions,
} from "../../middleware/session/mod.ts";
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
